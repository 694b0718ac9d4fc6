import { expect, it, vi } from 'vitest'
import { remembered } from '../../../src/detectors/text/remembered.ts'

it('works a word out once, and each time one so long that it hardly comes again', () => {
  const work = vi.fn((word: string) => word.length)
  const get = remembered(work)
  const long = 'unforgettably'.repeat(2)
  for (const word of ['tree', 'tree', 'unforgettably', 'unforgettably', long, long])
    expect(get(word)).toBe(word.length)
  expect(work.mock.calls.map(([word]) => word)).toEqual(['tree', 'unforgettably', long, long])
})

it('keeps common words through a flood of made-up ones, whose number is bounded', () => {
  const work = vi.fn((word: string) => word.length)
  const get = remembered(work)
  for (let at = 0; at < 30_000; at++) {
    get('tree')
    get(`w${at}`)
  }
  expect(work.mock.calls.filter(([word]) => word === 'tree')).toHaveLength(1)
  work.mockClear()
  get('w0')
  expect(work).toHaveBeenCalledWith('w0')
})
