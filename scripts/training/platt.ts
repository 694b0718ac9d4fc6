/** Logistic regression on a few inputs by Newton's method, with a light pull towards zero (not on the constant). */
export function fitLogistic(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  weights: readonly number[],
  pull = 1,
): number[] {
  const size = rows[0]?.length ?? 0
  let solution = new Array<number>(size).fill(0)
  for (let round = 0; round < 30; round++) {
    const gradient = new Array<number>(size).fill(0)
    const hessian = Array.from({ length: size }, () => new Array<number>(size).fill(0))
    rows.forEach((row, index) => {
      const odds = row.reduce((sum, value, at) => sum + value * (solution[at] ?? 0), 0)
      const p = 1 / (1 + Math.exp(-odds))
      const weight = weights[index] ?? 1
      const error = weight * (p - (labels[index] ?? 0))
      const curve = weight * Math.max(p * (1 - p), 1e-6)
      for (let i = 0; i < size; i++) {
        gradient[i] = (gradient[i] ?? 0) + error * (row[i] ?? 0)
        const line = hessian[i] ?? []
        for (let j = 0; j < size; j++) line[j] = (line[j] ?? 0) + curve * (row[i] ?? 0) * (row[j] ?? 0)
      }
    })
    for (let i = 1; i < size; i++) {
      gradient[i] = (gradient[i] ?? 0) + pull * (solution[i] ?? 0)
      const line = hessian[i] ?? []
      line[i] = (line[i] ?? 0) + pull
    }
    const step = solve(hessian, gradient)
    solution = solution.map((value, at) => value - (step[at] ?? 0))
    if (Math.max(...step.map(Math.abs)) < 1e-6) break
  }
  return solution
}

/** What the fitted weights say of some inputs. */
export function probability(weights: readonly number[], inputs: readonly number[]): number {
  const logOdds = inputs.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0)
  return 1 / (1 + Math.exp(-logOdds))
}

/** Gaussian elimination with pivoting; `matrix` is small and symmetric. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((line, at) => [...line, right[at] ?? 0])
  const size = rows.length
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row
    }
    const top = rows[pivot] ?? []
    rows[pivot] = rows[column] ?? []
    rows[column] = top
    const divisor = (top[column] ?? 0) + 1e-9
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const line = rows[row] ?? []
      const factor = (line[column] ?? 0) / divisor
      for (let at = column; at <= size; at++) line[at] = (line[at] ?? 0) - factor * (top[at] ?? 0)
    }
  }
  return rows.map((line, at) => (line[size] ?? 0) / ((line[at] ?? 0) + 1e-9))
}
