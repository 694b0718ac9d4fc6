import { describe, expect, it } from 'vitest'
import { crisis } from '../../../src/detectors/crisis/crisis.ts'
import { loadModel } from '../../../src/detectors/crisis/model-file.ts'

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
