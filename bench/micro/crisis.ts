import { createCrisisAssessor } from '../../src/detectors/crisis/assess.ts'
import { createCrisisDetector } from '../../src/detectors/crisis/crisis.ts'
import { everydayText } from '../texts.ts'
import type { Operation } from './harness.ts'
import { manyOf } from './inputs.ts'

/** What a person writes, heard by the crisis detector. */
export const crisisOperations: Operation[] = [
  newMessage(100),
  newMessage(1_000),
  {
    what: 'Crisis detector, a conversation of three messages of 1,000 characters that it knows',
    prepare() {
      const { inspect } = createCrisisDetector(createCrisisAssessor())
      const sides = manyOf(64, (number) => ({
        messages: [0, 1, 2].map((back) => messageOf(3 * number + back, 1_000)),
        session: `session-${number}`,
        nowMs: 0,
      }))
      return { once: (at) => inspect(sides.at(at)) }
    },
  },
]

function newMessage(units: number): Operation {
  return {
    what: `Crisis detector, a new message of ${units.toLocaleString('en')} characters`,
    prepare() {
      const texts = manyOf(4_096, (number) => messageOf(number, units))
      // So few findings are kept that a message is forgotten long before it comes again.
      const { inspect } = createCrisisDetector(createCrisisAssessor(), 10, 10)
      return { once: (at) => inspect({ messages: [texts.at(at)], session: undefined, nowMs: 0 }) }
    },
  }
}

const messageOf = (number: number, units: number) => ({
  role: 'user',
  text: everydayText(number, units).slice(0, units),
})
