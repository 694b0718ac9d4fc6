import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRecentMap } from '../src/recent-map.ts'

describe('a bounded map', () => {
  it('keeps as many as it is to keep, those that were used last, where reading is using', () => {
    const uses = fc.array(fc.record({ key: fc.constantFrom(...'abcdefgh'), reads: fc.boolean() }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), uses, (limit, steps) => {
        const map = createRecentMap<string>(limit)
        let used: string[] = []
        for (const { key, reads } of steps) {
          if (reads && map.get(key) === undefined) continue
          if (!reads) map.set(key, key)
          used = [...used.filter((other) => other !== key), key]
        }
        for (const key of used.slice(-limit)) expect(map.get(key)).toBe(key)
      }),
    )
  })

  it('never holds more than twice as many', () => {
    const map = createRecentMap<number>(10)
    for (let number = 0; number < 1_000; number++) map.set(`${number}`, number)
    const kept = Array.from({ length: 1_000 }, (_, number) => map.get(`${number}`)).filter(
      (value) => value !== undefined,
    )
    expect(kept.length).toBeLessThanOrEqual(20)
  })

  it('makes a value once', () => {
    const map = createRecentMap<number>(2)
    let made = 0
    for (let round = 0; round < 3; round++) expect(map.getOrMake('a', () => ++made)).toBe(1)
  })

  it('replaces a value', () => {
    const map = createRecentMap<number>(2)
    map.set('a', 1)
    map.set('a', 2)
    expect(map.get('a')).toBe(2)
  })
})
