import { describe, expect, it } from 'vitest'
import type { CrisisAssessor, TextAssessment } from '../../../src/detectors/crisis/assess.ts'
import {
  assessMessages,
  type ConversationRisk,
  calm,
  nextRisk,
  outcomeInConversation,
  readTogether,
  riskAt,
} from '../../../src/detectors/crisis/conversation.ts'
import { createCrisisDetector } from '../../../src/detectors/crisis/crisis.ts'
import type { UserDetector } from '../../../src/detectors/detector.ts'

const minute = 60_000
const hour = 60 * minute
const start = Date.UTC(2026, 10, 22, 3)
const thresholds = { alert: 0.5, escalate: 0.2 }

/** Says of each text what its words say, so that no trained weight has a part in these tests. */
const meanings: readonly [words: RegExp, found: Partial<TextAssessment>][] = [
  [/plan/, { outcome: 'alert', score: 0.95, level: 'plan', category: 'suicidal-ideation', isCritical: true }],
  [/intent/, { outcome: 'alert', score: 0.95, level: 'intent', category: 'suicidal-ideation' }],
  [/attempt/, { outcome: 'alert', score: 0.95, level: 'attempt', category: 'suicidal-ideation' }],
  [/wish/, { outcome: 'alert', score: 0.9, level: 'active', category: 'suicidal-ideation' }],
  [/numb/, { outcome: 'escalate', score: 0.3, level: 'passive', category: 'suicidal-ideation' }],
  [/farewell/, { score: 0.17 }],
  [/long ago/, { score: 0.1, level: 'history', category: 'suicidal-ideation' }],
  // Nothing in either half, but something in both together.
  [/half one\nhalf two/, { outcome: 'alert', score: 0.8, level: 'active', category: 'suicidal-ideation' }],
]

function assess(text: string): TextAssessment {
  const isJoined = text.includes('\n')
  const meaning = meanings.find(
    ([words]) => words.test(text) && isJoined === words.source.includes('\\n'),
  )?.[1]
  return {
    outcome: 'clear',
    score: 0.02,
    category: undefined,
    level: undefined,
    isCritical: false,
    bypass: undefined,
    evidence: [],
    reasons: [],
    scanned: 'whole',
    ...meaning,
  }
}

const assessor: CrisisAssessor = { version: 'scripted', thresholds, assess }
const riskAfter = (...texts: string[]): ConversationRisk =>
  texts.reduce((risk, text) => nextRisk(risk, assess(text), start), calm)

/** One person at the keyboard: what is said so far grows with each message. */
function talk(detector: UserDetector = createCrisisDetector(assessor), session: string | null = 's') {
  const messages: { role: 'user' | 'assistant'; text: string }[] = []
  return {
    messages,
    say(text: string, nowMs = start) {
      messages.push({ role: 'user', text })
      const report = detector.inspect({ messages, session: session ?? undefined, nowMs })
      messages.push({ role: 'assistant', text: 'I hear you.' })
      return report
    },
  }
}

describe('the risk of a conversation', () => {
  it('halves every two hours in which nothing is said', () => {
    const risk = riskAfter('wish')
    expect(riskAt(risk, start)).toBeCloseTo(0.9)
    expect(riskAt(risk, start + 2 * hour)).toBeCloseTo(0.45)
    expect(riskAt(risk, start + 4 * hour)).toBeCloseTo(0.225)
  })

  it('falls by a fifth with each calm message', () => {
    expect(riskAfter('wish', 'tea').risk).toBeCloseTo(0.72)
    expect(riskAfter('wish', 'tea', 'cake').risk).toBeCloseTo(0.576)
  })

  it('is as high as the worst that is left, not the sum', () => {
    expect(riskAfter('wish', 'numb').risk).toBeCloseTo(0.9)
    expect(riskAfter('numb', 'wish').risk).toBeCloseTo(0.9)
  })

  it('never grows because a clock went back', () => {
    expect(riskAt(riskAfter('wish'), start - hour)).toBeCloseTo(0.9)
    expect(nextRisk(riskAfter('wish'), assess('tea'), start - hour).lastMs).toBe(start)
  })

  it.each(['plan', 'intent', 'attempt'])('does not fall for 24 hours after: %s', (text) => {
    const risk = riskAfter(text)
    expect(riskAt(risk, start + 24 * hour - 1)).toBeCloseTo(0.95)
    expect(riskAt(risk, start + 26 * hour)).toBeCloseTo(0.475)
    expect(outcomeInConversation(risk, assess('tea'), thresholds, start + 24 * hour - 1)).toBe('alert')
    expect(outcomeInConversation(risk, assess('tea'), thresholds, start + 48 * hour)).toBe('clear')
  })

  it('does not fall by calm words while it is held', () => {
    let risk = riskAfter('plan')
    for (let at = 1; at <= 20; at++) risk = nextRisk(risk, assess('tea'), start + at * hour)
    expect(risk.risk).toBeCloseTo(0.95)
    expect(riskAt(risk, start + 24 * hour)).toBeCloseTo(0.95)
    expect(nextRisk(risk, assess('tea'), start + 24 * hour).risk).toBeCloseTo(0.76)
  })

  it('is held from the last of several plans', () => {
    const risk = nextRisk(riskAfter('plan'), assess('plan'), start + 10 * hour)
    expect(riskAt(risk, start + 34 * hour - 1)).toBeCloseTo(0.95)
  })

  it('is not held by a wish', () => {
    expect(riskAfter('wish').heldUntilMs).toBe(0)
    expect(outcomeInConversation(riskAfter('wish'), assess('tea'), thresholds, start + 24 * hour - 1)).toBe(
      'clear',
    )
  })

  it('is raised a little by what is long over, without an alert', () => {
    const risk = riskAfter('long ago')
    expect(risk).toMatchObject({ risk: 0.3, heldUntilMs: 0 })
    expect(outcomeInConversation(calm, assess('long ago'), thresholds, start)).toBe('clear')
  })
})

describe('what came before weighs on the outcome', () => {
  it('a farewell without a crisis is clear, after a wish it is not', () => {
    expect(outcomeInConversation(calm, assess('farewell'), thresholds, start)).toBe('clear')
    const risk = riskAfter('wish', 'tea', 'tea', 'tea', 'tea')
    expect(risk.risk).toBeLessThan(thresholds.alert)
    expect(outcomeInConversation(risk, assess('farewell'), thresholds, start)).toBe('escalate')
    expect(outcomeInConversation(risk, assess('tea'), thresholds, start)).toBe('clear')
  })

  it('a wish is still an alert one calm message later, then uncertain, and in the end over', () => {
    const person = talk()
    const outcomes = ['wish', ...Array.from({ length: 14 }, (_, at) => `tea ${at}`)].map(
      (text) => person.say(text).outcome,
    )
    expect(outcomes.slice(0, 2)).toEqual(['alert', 'alert'])
    expect([...new Set(outcomes)]).toEqual(['alert', 'escalate', 'clear'])
  })

  it('after a plan the whole day is an alert, however calm it sounds', () => {
    const person = talk()
    person.say('plan')
    for (let at = 1; at <= 20; at++) expect(person.say(`tea ${at}`, start + at * hour).outcome).toBe('alert')
    expect(person.say('tea', start + 48 * hour).outcome).toBe('clear')
  })

  it('the risk of a session without any name is that of its messages alone', () => {
    const detector = createCrisisDetector(assessor)
    talk(detector, null).say('wish')
    expect(talk(detector, null).say('tea')).toMatchObject({ outcome: 'clear', risk: 0 })
  })

  it('is read from the messages when the gateway has not met the conversation', () => {
    const messages = ['plan', 'tea'].map((text) => ({ role: 'user' as const, text }))
    const report = createCrisisDetector(assessor).inspect({ messages, session: 'new', nowMs: start })
    expect(report).toMatchObject({ outcome: 'alert', findings: [], isCritical: false })
  })

  it('what an assistant or a tool says is not the person', () => {
    const messages = [
      { role: 'assistant' as const, text: 'plan' },
      { role: 'tool' as const, text: 'attempt' },
      { role: 'user' as const, text: 'tea' },
    ]
    expect(createCrisisDetector(assessor).inspect({ messages, session: 's', nowMs: start })).toMatchObject({
      outcome: 'clear',
      risk: 0,
    })
  })

  it('without a message of the person there is nothing to judge, and that is said', () => {
    expect(
      createCrisisDetector(assessor).inspect({ messages: [], session: 's', nowMs: start }),
    ).toMatchObject({ outcome: 'clear', bypass: 'empty' })
  })
})

describe('what is said in pieces', () => {
  it('is heard when the last messages are read as one', () => {
    const person = talk()
    expect(person.say('half one').outcome).toBe('clear')
    expect(person.say('half two')).toMatchObject({ outcome: 'alert', isRepeat: false })
  })

  it('reads three messages together, and no essay', () => {
    expect(readTogether(['tea'])).toBeUndefined()
    expect(readTogether(['a', 'b', 'c', 'd'])).toBe('b\nc\nd')
    expect(readTogether(['a', 'b'.repeat(600)])).toBeUndefined()
    expect(readTogether(['b'.repeat(600), 'i want to', 'die'])).toBe('i want to\ndie')
  })

  it('a conversation read at once keeps a plan from its beginning', () => {
    const calmly = Array.from({ length: 60 }, (_, at) => ({ role: 'user', text: `tea ${at}` }))
    expect(assessMessages(assessor, [{ role: 'user', text: 'plan' }, ...calmly])).toMatchObject({
      outcome: 'alert',
      level: 'plan',
    })
    expect(assessMessages(assessor, [{ role: 'user', text: 'wish' }, ...calmly]).outcome).toBe('clear')
  })
})

describe('one disclosure is one event', () => {
  it('says of the same message sent again within ten minutes that it is a repeat', () => {
    const detector = createCrisisDetector(assessor)
    const messages = [{ role: 'user' as const, text: 'wish' }]
    const at = (nowMs: number) => detector.inspect({ messages, session: 's', nowMs }).isRepeat
    expect(at(start)).toBe(false)
    expect(at(start + 9 * minute)).toBe(true)
    expect(at(start + 9 * minute + 11 * minute)).toBe(false)
  })

  it.each(['plan', 'wish', 'tea'])('%s sent again counts once: same outcome, same risk', (text) => {
    const detector = createCrisisDetector(assessor)
    const messages = ['wish', text].map((each) => ({ role: 'user' as const, text: each }))
    detector.inspect({ messages: messages.slice(0, 1), session: 's', nowMs: start })
    const first = detector.inspect({ messages, session: 's', nowMs: start })
    for (let at = 0; at < 5; at++)
      expect(detector.inspect({ messages, session: 's', nowMs: start })).toEqual({ ...first, isRepeat: true })
  })

  it('a plan sent again holds no longer', () => {
    const detector = createCrisisDetector(assessor)
    const messages = [{ role: 'user' as const, text: 'plan' }]
    for (const at of [0, 4, 8]) detector.inspect({ messages, session: 's', nowMs: start + at * minute })
    const next = [
      ...messages,
      { role: 'user' as const, text: 'tea' },
      { role: 'user' as const, text: 'b'.repeat(600) },
    ]
    const at = (nowMs: number) => detector.inspect({ messages: next, session: 's', nowMs }).risk
    expect(at(start + 24 * hour + minute)).toBeLessThan(0.95)
  })

  it('what others found is kept when the message is sent again', () => {
    const detector = createCrisisDetector(assessor)
    const messages = [{ role: 'user' as const, text: 'tea' }]
    detector.inspect({ messages, session: 's', nowMs: start })
    detector.note('s', { level: 'plan', score: 0.9 }, start)
    expect(detector.inspect({ messages, session: 's', nowMs: start + minute })).toMatchObject({
      outcome: 'alert',
      risk: 0.9,
    })
  })

  it('a history that the caller cuts short does not count again', () => {
    const detector = createCrisisDetector(assessor)
    const person = talk(detector)
    person.say('wish')
    for (const text of ['tea 1', 'tea 2', 'tea 3', 'tea 4']) person.say(text)
    const messages = ['tea 2', 'tea 3', 'tea 4', 'tea 5'].map((text) => ({ role: 'user' as const, text }))
    const { risk } = detector.inspect({ messages, session: 's', nowMs: start })
    expect(risk).toBeCloseTo(0.9 * 0.8 ** 5)
  })

  it('says of the same words as a new message that they are new', () => {
    const person = talk()
    expect(person.say('wish').isRepeat).toBe(false)
    expect(person.say('wish', start + minute).isRepeat).toBe(false)
  })

  it('does not count an earlier message again because it is read together with the next', () => {
    const detector = createCrisisDetector({
      ...assessor,
      assess: (text) => ({
        ...assess(text),
        ...(text.includes('\n') && /wish/.test(text) ? { score: 0.99 } : {}),
      }),
    })
    const person = talk(detector)
    expect(person.say('wish')).toMatchObject({ outcome: 'alert', isRepeat: false })
    expect(person.say('tea')).toMatchObject({ outcome: 'alert', isRepeat: true })
  })

  it('a history that is sent again does not bring its risk back', () => {
    const person = talk()
    person.say('wish')
    const risks = Array.from({ length: 8 }, (_, at) => person.say(`tea ${at}`).risk)
    expect(risks.at(-1)).toBeCloseTo(0.9 * 0.8 ** 8)
  })

  it('reads each message of a history once', () => {
    const texts: string[] = []
    const detector = createCrisisDetector({
      ...assessor,
      assess: (text) => {
        texts.push(text)
        return assess(text)
      },
    })
    const person = talk(detector)
    for (let at = 0; at < 12; at++) person.say(`tea ${at}`)
    expect(new Set(texts).size).toBe(texts.length)
  })
})

describe('what others find', () => {
  it('is remembered for the session', () => {
    const detector = createCrisisDetector(assessor)
    const person = talk(detector)
    person.say('tea')
    detector.note('s', { level: 'plan', score: 0.9 }, start)
    expect(person.say('cake', start + 20 * hour)).toMatchObject({ outcome: 'alert', findings: [] })
  })

  it('never lowers what is known', () => {
    const detector = createCrisisDetector(assessor)
    const person = talk(detector)
    person.say('plan')
    detector.note('s', { level: 'passive', score: 0.1 }, start)
    expect(person.say('tea', start + 20 * hour).outcome).toBe('alert')
  })

  it('does not make up a session that was never seen', () => {
    const detector = createCrisisDetector(assessor)
    detector.note('unseen', { level: 'plan', score: 0.9 }, start)
    expect(talk(detector, 'unseen').say('tea')).toMatchObject({ outcome: 'clear', risk: 0 })
  })
})

describe('memory', () => {
  it('keeps sessions apart, of one tenant and of two', () => {
    const detector = createCrisisDetector(assessor)
    talk(detector, 'one\nanna').say('plan')
    for (const session of ['one\nben', 'two\nanna', 'one', '\nanna', 'one anna'])
      expect([session, talk(detector, session).say('tea')]).toMatchObject([
        session,
        { outcome: 'clear', risk: 0, isRepeat: false },
      ])
  })

  it('does not take the message of one session for a retry in another', () => {
    const detector = createCrisisDetector(assessor)
    talk(detector, 'a').say('wish')
    expect(talk(detector, 'b').say('wish').isRepeat).toBe(false)
  })

  it('is bounded: the session unused for longest goes first', () => {
    const detector = createCrisisDetector(assessor, 2)
    const [one, two] = [talk(detector, 'one'), talk(detector, 'two')]
    one.say('plan')
    two.say('plan')
    one.say('tea')
    talk(detector, 'three').say('tea')
    const remembered = (session: string) =>
      detector.inspect({ messages: [{ role: 'user', text: 'cake' }], session, nowMs: start }).outcome
    expect(remembered('one')).toBe('alert')
    expect(remembered('two')).toBe('clear')
  })

  it('keeps the risk of a session whose history the caller cuts short', () => {
    const detector = createCrisisDetector(assessor)
    const person = talk(detector)
    person.say('tea')
    person.say('plan')
    const report = detector.inspect({
      messages: [{ role: 'user', text: 'cake' }],
      session: 's',
      nowMs: start + minute,
    })
    expect(report.outcome).toBe('alert')
  })

  it('gives the same findings when it can remember no earlier message', () => {
    const person = talk(createCrisisDetector(assessor, 10, 1))
    expect(person.say('wish')).toMatchObject({ outcome: 'alert', isRepeat: false })
    expect(person.say('tea').findings).toEqual([])
    expect(person.say('plan').findings).toMatchObject([
      { detector: 'crisis', version: 'scripted', level: 'plan' },
    ])
  })
})
