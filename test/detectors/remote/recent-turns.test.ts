import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recentTurns } from '../../../src/detectors/remote/recent-turns.ts'
import { engine, person } from './answers.ts'

const limits = { maxMessages: 10, maxCharacters: 1_000 }

describe('what a remote gets to see', () => {
  it('is what person and engine said, up to the last word of the person', () => {
    const messages = [
      { role: 'system', text: 'secret instructions' },
      { role: 'developer', text: 'more of them' },
      person('one'),
      { role: 'bot', text: 'two' },
      { role: 'tool', text: 'a record of the person' },
      person(' three '),
      engine('Sure, here'),
    ]
    expect(recentTurns(messages, limits)).toEqual({
      messages: [person('one'), engine('two'), person('three')],
      isWhole: true,
    })
  })

  it('is nothing where the person said nothing', () => {
    for (const messages of [[], [engine('hello')], [person('one'), person(' \n ')]])
      expect(recentTurns(messages, limits)).toBeUndefined()
  })

  it('leaves out the oldest turns first', () => {
    const messages = [person('one'), engine('two'), person('three')]
    expect(recentTurns(messages, { ...limits, maxMessages: 2 })?.messages).toEqual(messages.slice(1))
    expect(recentTurns([person('a'.repeat(996)), person('three')], limits)?.messages).toEqual([
      person('three'),
    ])
  })

  it('shortens the replies of the engine so that the person is still heard', () => {
    const messages = [person('one'), engine('b'.repeat(50_000)), person('three')]
    const seen = recentTurns(messages, { maxMessages: 10, maxCharacters: 2_000 })?.messages
    expect(seen?.map(({ text }) => text.length)).toEqual([3, 1_000, 5])
  })

  it('keeps head and tail of a message that is too long, and says so', () => {
    const seen = recentTurns([person(`head${'x'.repeat(5_000)}tail`)], limits)
    expect(seen?.isWhole).toBe(false)
    expect(seen?.messages[0]?.text).toMatch(/^headx+\n…\nx+tail$/)
  })

  it('is bounded, well-formed and ends with the person, whatever comes', () => {
    const message = fc.record({
      role: fc.constantFrom('user', 'assistant', 'system', 'model', 'other'),
      text: fc.string({
        unit: fc.constantFrom('a', ' ', '\ud83d', '\ude00', 'some words of somebody '),
        maxLength: 30,
      }),
    })
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        (messages, maxMessages) => {
          const seen = recentTurns(messages, { maxMessages, maxCharacters: 120 })
          if (seen === undefined) return
          expect(seen.messages.length).toBeLessThanOrEqual(maxMessages)
          expect(seen.messages.map(({ text }) => text).join('').length).toBeLessThanOrEqual(120)
          expect(seen.messages.every(({ text }) => text.isWellFormed())).toBe(true)
          expect(seen.messages.at(-1)?.role).toBe('user')
        },
      ),
    )
  })
})
