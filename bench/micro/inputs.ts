/** Inputs made beforehand, gone through in turn; `at` counts on without end. */
export interface Inputs<Input> {
  at(at: number): Input
}

/**
 * So many different inputs. Throws `Error` for a count that is not a power of two: with any other, finding the next one
 * would cost more than some of what is measured.
 */
export function manyOf<Input>(count: number, make: (number: number) => Input): Inputs<Input> {
  const made = Array.from({ length: count }, (_, number) => make(number))
  const [first] = made
  const mask = count - 1
  if (first === undefined || (count & mask) !== 0)
    throw new Error(`expected a power of two as the count of inputs, got ${count}`)
  return { at: (at) => made[at & mask] ?? first }
}
