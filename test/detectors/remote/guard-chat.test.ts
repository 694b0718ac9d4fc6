import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { guardChat } from '../../../src/detectors/remote/guard-chat.ts'
import { answering, engine, opinionOf, person } from './answers.ts'

const options = { kind: 'guard-chat', url: 'http://guard.example', model: 'llama-guard-3' } as const
const says = (content: unknown, finish_reason = 'stop') =>
  answering({ choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason }] })

describe('a guard model', () => {
  it('is asked with the turns of person and engine in alternation, the person first and last', async () => {
    const { fetch, asked } = says('safe')
    await opinionOf(guardChat, options, fetch, [
      engine('welcome'),
      person('hello'),
      person('are you there'),
      engine('yes'),
      person('I feel low'),
    ])
    expect(asked[0]?.url).toBe('http://guard.example/v1/chat/completions')
    expect(asked[0]?.body).toEqual({
      model: 'llama-guard-3',
      temperature: 0,
      max_tokens: 100,
      stream: false,
      messages: [
        { role: 'user', content: 'hello\nare you there' },
        { role: 'assistant', content: 'yes' },
        { role: 'user', content: 'I feel low' },
      ],
    })
  })

  it.each([
    ['safe', { outcome: 'clear' }],
    ['\n\nsafe\n', { outcome: 'clear' }],
    ['\n\nunsafe\nS11', { outcome: 'alert', category: 'self-harm', level: 'active' }],
    ['unsafe\nS1,S11', { outcome: 'alert', category: 'self-harm', level: 'active' }],
    ['unsafe\nS12, S1', { outcome: 'alert', category: 'harm-to-others', level: 'active' }],
    ['UNSAFE\ns4', { outcome: 'alert', category: 'abuse', level: 'active' }],
    ['unsafe\nS99,S11', { outcome: 'alert', category: 'self-harm', level: 'active' }],
    ['unsafe', { outcome: 'alert', level: 'active' }],
    ['unsafe\nS2,S12', { outcome: 'clear' }],
  ])('is understood: %j', async (content, opinion) => {
    expect(await opinionOf(guardChat, options, says(content).fetch)).toEqual(opinion)
  })

  it.each([
    '',
    'safe S11',
    'safe\nS11',
    'This is safe.',
    'unsafe\nsuicide',
    'unsafe\nS11 because of the last line',
    'not safe',
    'safe unsafe',
    'unsafe\nS15',
    'unsafe\nS2,S15',
    null,
    ['safe'],
  ])('takes no answer for a clear: %j', async (content) => {
    await expect(opinionOf(guardChat, options, says(content).fetch)).rejects.toMatchObject({
      name: 'RemoteError',
    })
  })

  it('takes a verdict that was cut for none', async () => {
    const { fetch } = says('unsafe\nS1', 'length')
    await expect(opinionOf(guardChat, options, fetch)).rejects.toThrow('more than a verdict')
  })

  it('takes no choice, or several, for no answer', async () => {
    const choice = { message: { content: 'safe' } }
    for (const choices of [[], [choice, choice], [{ message: {} }]])
      await expect(opinionOf(guardChat, options, answering({ choices }).fetch)).rejects.toThrow(
        'another shape',
      )
  })

  it('reads the codes of another taxonomy by the file', async () => {
    const own: z.input<typeof guardChat.options> = {
      ...options,
      categories: { O6: 'suicidal-ideation' },
      otherCodes: ['O1'],
      level: 'passive',
    }
    expect(await opinionOf(guardChat, own, says('unsafe\nO6').fetch)).toEqual({
      outcome: 'alert',
      category: 'suicidal-ideation',
      level: 'passive',
    })
    expect(await opinionOf(guardChat, own, says('unsafe\nO1').fetch)).toEqual({ outcome: 'clear' })
    await expect(opinionOf(guardChat, own, says('unsafe\nS11').fetch)).rejects.toThrow('hazard code')
  })

  it('never takes anything for a clear but the word and codes that are no crisis', async () => {
    const others = ['S2', 'S5', 'S6', 'S7', 'S8', 'S10', 'S12', 'S13', 'S14']
    const piece = fc.constantFrom(
      'safe',
      'unsafe',
      'S11',
      'S2',
      'S99',
      ',',
      '\n',
      ' ',
      '.',
      'Safe',
      'toString',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        const content = pieces.join('')
        const opinion = await opinionOf(guardChat, options, says(content).fetch).catch(() => undefined)
        const words = content
          .toLowerCase()
          .split(/[\s,]+/)
          .filter(Boolean)
        const mayClear =
          words[0] === 'safe'
            ? words.length === 1
            : words.slice(1).every((word) => others.includes(word.toUpperCase()))
        if (opinion?.outcome === 'clear') expect([content, mayClear]).toEqual([content, true])
      }),
    )
  })
})
