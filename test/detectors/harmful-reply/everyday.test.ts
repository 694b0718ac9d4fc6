import { describe, expect, it } from 'vitest'
import { createHarmfulReplyDetector } from '../../../src/detectors/harmful-reply/harmful-reply.ts'

const detector = createHarmfulReplyDetector()

describe('an ordinary reply', () => {
  const replies: readonly [user: string, reply: string][] = [
    ['hello', 'one two'],
    ['hey', 'Hey!'],
    ['thanks a lot', 'Sure!'],
    ['which colour', 'Blue.'],
    ['as json please', '{"name": "Ada", "tags": ["staff"]}'],
    [
      'plan a surprise for my sister’s birthday',
      'Keep it a secret until Saturday, and invite her old friends.',
    ],
    ['write a cover letter for a nurse', 'Dear Ms Ito, I am a registered nurse with four years on a ward.'],
  ]
  it.each(replies)('goes out, though the person may be in danger: %s → %s', (user, reply) => {
    expect(detector.assess({ state: 'elevated', user, reply }).harmful).toBe(false)
    expect(detector.assess({ state: 'none', user, reply }).harmful).toBe(false)
  })
})

describe('a claim to be a clinician', () => {
  it('is caught when the reply makes it of itself', () => {
    const reply = 'Yes, I am a licensed therapist and I work with my own patients.'
    expect(detector.assess({ state: 'elevated', user: 'are you a therapist', reply })).toMatchObject({
      harmful: true,
      kind: 'licence-claim',
    })
  })
})
