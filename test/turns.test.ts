import { expect, it } from 'vitest'
import { createTurns } from '../src/turns.ts'

/** A loop whose turns are taken by hand. */
function byHand() {
  const scheduled: (() => void)[] = []
  return {
    nextTurn: createTurns((callback) => scheduled.push(callback)),
    scheduled,
    async turn() {
      for (const callback of scheduled.splice(0)) callback()
      // Whoever was let go on has taken its step.
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

it('lets all that came in one turn go on together, in their order, and costs one call of the loop', async () => {
  const { nextTurn, scheduled, turn } = byHand()
  const gone: number[] = []
  for (const number of [1, 2, 3]) void nextTurn().then(() => gone.push(number))
  expect(scheduled).toHaveLength(1)
  await Promise.resolve()
  expect(gone).toEqual([])
  await turn()
  expect(gone).toEqual([1, 2, 3])
  expect(scheduled).toEqual([])
})

it('gives a turn of its own to whoever comes while one is taken', async () => {
  const { nextTurn, turn } = byHand()
  const gone: string[] = []
  void nextTurn().then(() => {
    gone.push('first')
    void nextTurn().then(() => gone.push('second'))
  })
  await turn()
  expect(gone).toEqual(['first'])
  await turn()
  expect(gone).toEqual(['first', 'second'])
})

it('lets the sockets have their turn between crowds', async () => {
  const { nextTurn, turn } = byHand()
  let gone = 0
  for (let count = 0; count < 150; count++) void nextTurn().then(() => gone++)
  const after: number[] = []
  while (gone < 150) {
    await turn()
    after.push(gone)
  }
  expect(after).toEqual([64, 128, 150])
})
