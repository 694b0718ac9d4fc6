import { fitLogistic } from './platt.ts'

/**
 * Logistic regression in which some inputs may never lower the result: one that would is left out and the rest fitted
 * again. More signs of harm then never make a reply look better, whatever a few rows would suggest.
 */
export function fitMonotone(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  weights: readonly number[],
  pull: number,
  mayNotLower: readonly boolean[],
): number[] {
  const left = new Set<number>()
  for (;;) {
    const kept = rows.map((row) => row.map((value, at) => (left.has(at) ? 0 : value)))
    const solution = fitLogistic(kept, labels, weights, pull)
    const lowering = solution.flatMap((weight, at) =>
      mayNotLower[at] === true && !left.has(at) && weight < 0 ? [at] : [],
    )
    if (lowering.length === 0) return solution.map((weight, at) => (left.has(at) ? 0 : weight))
    for (const at of lowering) left.add(at)
  }
}
