import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crisis } from '../../../src/detectors/crisis/crisis.ts'
import { loadModel } from '../../../src/detectors/crisis/model-file.ts'
import { createRecentMap } from '../../../src/detectors/crisis/recent-map.ts'

describe('the crisis detector as it is configured', () => {
  it('is bounded without being told', () => {
    expect(crisis.options.parse({})).toEqual({ maxSessions: 10_000, maxMessages: 50_000 })
  })

  it.each([{ maxSession: 5 }, { maxSessions: 0 }, { maxSessions: 1.5 }, { maxMessages: 10_000_000 }])(
    'refuses a setting that it does not have or cannot keep: %o',
    (options) => {
      expect(crisis.options.safeParse(options).success).toBe(false)
    },
  )

  it('names itself and its version in each finding', () => {
    const detector = crisis.create(crisis.options.parse({}))
    const { findings, outcome, isCritical } = detector.inspect({
      messages: [{ role: 'user', text: 'I want to kill myself' }],
      session: 'one',
      nowMs: 1_000,
    })
    expect({ outcome, isCritical }).toEqual({ outcome: 'alert', isCritical: true })
    expect(findings).toMatchObject([{ detector: 'crisis', version: loadModel().version, level: 'active' }])
    expect(detector).toMatchObject({ name: 'crisis', version: loadModel().version })
  })

  it('keeps to the number of sessions it was given', () => {
    const detector = crisis.create(crisis.options.parse({ maxSessions: 1 }))
    const say = (session: string, text: string) =>
      detector.inspect({ messages: [{ role: 'user', text }], session, nowMs: 0 }).outcome
    expect(say('one', 'I am going to kill myself tonight')).toBe('alert')
    expect(say('two', 'The soup needs more salt.')).toBe('clear')
    expect(say('one', 'The soup needs more salt.')).toBe('clear')
  })
})

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
