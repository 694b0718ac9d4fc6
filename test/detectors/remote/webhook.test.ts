import { describe, expect, it } from 'vitest'
import { webhook } from '../../../src/detectors/remote/webhook.ts'
import { answering, engine, opinionOf, person } from './answers.ts'

const options = { kind: 'webhook', url: 'https://own.example/crisis?v=2' } as const

describe('a service of your own', () => {
  it('gets the turns and whose words are in question, and nothing else', async () => {
    const { fetch, asked } = answering({ outcome: 'clear' })
    const credential = { header: 'X-Api-Key', value: 'secret' }
    await opinionOf(webhook, { ...options, credential }, fetch, [
      person('one'),
      engine('two'),
      person('three'),
    ])
    expect(asked).toEqual([
      {
        url: 'https://own.example/crisis?v=2',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'user-agent': 'haltgate',
          'x-api-key': 'secret',
        },
        body: {
          ask: 'user',
          messages: [
            { role: 'user', content: 'one' },
            { role: 'assistant', content: 'two' },
            { role: 'user', content: 'three' },
          ],
        },
      },
    ])
  })

  it.each([
    [{ outcome: 'clear' }, { outcome: 'clear' }],
    [
      { outcome: 'clear', score: 0.2, note: 'ours' },
      { outcome: 'clear', score: 0.2 },
    ],
    [{ outcome: 'alert', category: null, level: null, score: null }, { outcome: 'alert' }],
    [
      { outcome: 'alert', category: 'abuse', level: 'attempt', score: 0.9 },
      { outcome: 'alert', category: 'abuse', level: 'attempt', score: 0.9 },
    ],
  ])('is understood: %j', async (answer, opinion) => {
    expect(await opinionOf(webhook, options, answering(answer).fetch)).toEqual(opinion)
  })

  it.each([
    {},
    { outcome: 'escalate' },
    { outcome: 'Clear' },
    { outcome: true },
    { outcome: 'alert', category: 'sadness' },
    { outcome: 'alert', level: 'high' },
    { outcome: 'clear', score: 1.5 },
    { outcome: 'clear', score: '0' },
    [{ outcome: 'clear' }],
    'clear',
    null,
  ])('takes no answer for a clear: %j', async (answer) => {
    await expect(opinionOf(webhook, options, answering(answer).fetch)).rejects.toMatchObject({
      name: 'RemoteError',
    })
  })
})
