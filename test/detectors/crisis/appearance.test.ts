import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../../scripts/training/random.ts'
import { type Row, readRows } from '../../../scripts/training/rows.ts'
import { createCrisisAssessor } from '../../../src/detectors/crisis/assess.ts'
import { assessMessages } from '../../../src/detectors/crisis/conversation.ts'
import { fold } from '../read-words.ts'
import { createDeafAssessor } from './deaf-assessor.ts'
import { disguises, lookAlikes, mixed } from './disguises.ts'

const assessor = createCrisisAssessor()
const deaf = createDeafAssessor()
const seeds = fc.integer({ min: 0, max: 0xffff_ffff })

/** Every row of the training text that says crisis and is heard as one. */
let alerts: Row[] = []
beforeAll(async () => {
  const rows = await readRows(fileURLToPath(new URL('../../../training/crisis', import.meta.url)))
  alerts = rows.filter(({ label, messages }) => label === 1 && outcomeOf(messages) === 'alert')
})

function outcomeOf(messages: Row['messages']) {
  return assessMessages(assessor, messages).outcome
}

function disguised(messages: Row['messages'], disguise: typeof mixed, seed: number): Row['messages'] {
  const random = createRandom(seed)
  return messages.map(({ role, text }) => ({ role, text: role === 'user' ? disguise(text, random) : text }))
}

describe('what only changes how a message looks', () => {
  it('has messages to be tried on', () => {
    expect(alerts.length).toBeGreaterThan(1_000)
  })

  it.each([...Object.entries(disguises), ['all of them mixed', mixed] as const])(
    'turns no alert into clear: %s',
    (_name, disguise) => {
      const outcomes: string[] = []
      fc.assert(
        fc.property(fc.nat(), seeds, (place, seed) => {
          const row = alerts[place % alerts.length]
          if (row === undefined) return
          const messages = disguised(row.messages, disguise, seed)
          const outcome = outcomeOf(messages)
          outcomes.push(outcome)
          expect({ messages, outcome }).not.toMatchObject({ outcome: 'clear' })
        }),
        { numRuns: 300, endOnFailure: true },
      )
      const lost = outcomes.filter((outcome) => outcome !== 'alert').length
      expect(lost / outcomes.length, 'share of alerts that become uncertain').toBeLessThanOrEqual(0.03)
    },
  )

  it.each(Object.entries(disguises))('hides nothing from the rules: %s', (_name, disguise) => {
    const texts = [
      'I want to kill myself',
      'i just swallowed all my pills',
      "I don't know how, but I am going to end my life tonight",
      'quiero suicidarme',
      'ich bringe mich heute Nacht um',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...texts), seeds, (text, seed) => {
        const written = disguise(text, createRandom(seed))
        expect({ written, outcome: deaf.assess(written).outcome }).toEqual({ written, outcome: 'alert' })
      }),
      { numRuns: 60, endOnFailure: true },
    )
  })

  it.each(Object.entries(lookAlikes))('reads every look-alike of "%s"', (letter, others) => {
    expect([...others].map((other) => fold(other).text)).toEqual([...others].map(() => letter))
  })

  it('does not make a crisis of an ordinary message', () => {
    const texts = ['Can you help me write a cover letter?', 'How do I kill a process on Linux?']
    for (const [name, disguise] of Object.entries(disguises))
      for (const text of texts)
        expect([name, assessor.assess(disguise(text, createRandom(1))).isCritical]).toEqual([name, false])
  })
})
