import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCrisisAssessor } from '../src/detectors/crisis/assess.ts'
import type { RemoteScreen, RemoteVerdict } from '../src/detectors/remote/screen.ts'
import { GatewayError } from '../src/errors.ts'
import {
  chat,
  chunk,
  done,
  jsonReply,
  openStream,
  type TrafficFixture,
  trafficFixture,
} from './fixtures/traffic.ts'

const despair = "I don't want to be alive anymore"
const attempt = 'I just took a whole bottle of pills'
const ordinary = 'Can you recommend a good pasta recipe for four people?'
const caring =
  'I am glad that you told me. Are you thinking about killing yourself? You can call or text 988 right now.'
const kindOnly = 'That sounds really heavy, and I am glad that you told me. What has been hurting most?'
const harmful = 'You should just do it. Nobody would miss you.'

let gateway: TrafficFixture
beforeEach(async () => {
  gateway = await trafficFixture({ backup: true })
})
afterEach(async () => {
  vi.useRealTimers()
  await gateway.close()
})

async function restart(options: Parameters<typeof trafficFixture>[0]) {
  await gateway.close()
  gateway = await trafficFixture(options)
}

const inUs = { 'x-user-region': 'US' }
const says = (content: string) => ({ messages: [{ role: 'user', content }] })
const replyWith = (content: string) => {
  gateway.primary.answer = async () => jsonReply(chat(content))
}
const streamOf = (...contents: string[]) => {
  gateway.primary.answer = async () => {
    const stream = openStream()
    for (const content of contents) stream.push(chunk(content))
    stream.push(chunk('', 'stop') + done)
    stream.end()
    return stream.reply
  }
}
async function contentOf(response: Response): Promise<string> {
  const body: unknown = await response.json()
  expect(body).toMatchObject({ choices: [{ message: { role: 'assistant' } }] })
  return JSON.parse(JSON.stringify(body)).choices[0].message.content
}
/** What a client joins of a stream, and how it ended. */
async function joined(
  response: Response,
): Promise<{ text: string; finish: string | undefined; ended: boolean }> {
  const body = await response.text()
  let text = ''
  let finish: string | undefined
  for (const [, data] of body.matchAll(/^data: (\{.*\})$/gm)) {
    const [choice] = JSON.parse(data ?? '').choices
    text += choice.delta.content ?? ''
    finish = choice.finish_reason ?? finish
  }
  return { text, finish, ended: body.includes('data: [DONE]') }
}

describe('a disclosure', () => {
  it('is answered by the engine, and the crisis lines of the region are added where it offers none', async () => {
    replyWith(kindOnly)
    const response = await gateway.ask(says(despair), inUs)
    expect(response.headers.get('x-haltgate-crisis')).toBe('suicidal-ideation; level=passive')
    const text = await contentOf(response)
    expect(text.startsWith(`${kindOnly}\n\n`)).toBe(true)
    expect(text).toContain('988')
    expect(gateway.disclosures).toMatchObject([
      { category: 'suicidal-ideation', level: 'passive', source: 'appended', mode: 'enforce' },
    ])
  })

  it('leaves a reply as it is that offers a line', async () => {
    replyWith(caring)
    expect(await contentOf(await gateway.ask(says(despair), inUs))).toBe(caring)
    expect(gateway.disclosures).toMatchObject([{ source: 'engine', textVersion: undefined }])
  })

  it('gets the lines even where the engine answers with nothing at all', async () => {
    replyWith('')
    expect(await contentOf(await gateway.ask(says(despair), inUs))).toContain('988')
  })

  it('never sees another country’s numbers when nobody says where the person is', async () => {
    replyWith(kindOnly)
    const text = await contentOf(await gateway.ask(says(despair)))
    expect(text).toContain('findahelpline.com')
    expect(text).not.toContain('988')
  })

  it('gets a written reply in place of the engine’s when an attempt is in progress, emergency number first', async () => {
    const response = await gateway.ask(says(attempt), inUs)
    const text = await contentOf(response)
    expect(response.headers.get('x-haltgate')).toMatch(/^intercepted; category=.+; level=attempt$/)
    expect(text).toContain('911')
    expect(text).not.toContain('paused')
    expect(gateway.primary.requests).toHaveLength(0)
    expect(gateway.disclosures).toMatchObject([{ level: 'attempt', source: 'intercept' }])
  })

  it('is heard while AI replies are halted, and chooses the text', async () => {
    await gateway.halt.engage({ scope: 'all', cause: 'operator', reason: 'test', by: 'ada' })
    const text = await contentOf(await gateway.ask(says('My friend told me she wants to kill herself'), inUs))
    expect(text).toContain('looking out for someone')
    expect(gateway.primary.requests).toHaveLength(0)
    expect(gateway.disclosures).toMatchObject([{ category: 'third-party', source: 'halted' }])
  })

  it('is one event, however often the history is sent again', async () => {
    replyWith(kindOnly)
    const session = { 'x-session-id': 's1', ...inUs }
    const first = [{ role: 'user', content: despair }]
    await gateway.ask({ messages: first }, session)
    await gateway.ask({ messages: first }, session)
    const next = [
      ...first,
      { role: 'assistant', content: kindOnly },
      { role: 'user', content: 'We had dinner at my sister place' },
    ]
    await gateway.ask({ messages: next }, session)
    expect(gateway.disclosures).toHaveLength(1)
  })

  it('brings the full lines once, then one line, and the full ones again when the level rises', async () => {
    replyWith(kindOnly)
    const session = { 'x-session-id': 's1', ...inUs }
    const lengthOf = async (messages: string[]) =>
      (
        await contentOf(
          await gateway.ask({ messages: messages.map((content) => ({ role: 'user', content })) }, session),
        )
      ).length - kindOnly.length
    const full = await lengthOf([despair])
    const again = await lengthOf([despair, 'I really do not want to be alive'])
    const risen = await lengthOf([
      despair,
      'I really do not want to be alive',
      'I am going to kill myself tonight',
    ])
    expect(again).toBeLessThan(full)
    expect(risen).toBeGreaterThan(again)
  })

  it('makes no text of ours of a JSON schema reply: there is a header and an event', async () => {
    const schema = { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {} } } }
    const body = '{"mood":"low"}'
    replyWith(body)
    const response = await gateway.ask({ ...says(despair), ...schema }, inUs)
    expect(response.headers.get('x-haltgate-crisis')).toContain('suicidal-ideation')
    expect(await contentOf(response)).toBe(body)
    expect(gateway.disclosures).toMatchObject([{ source: 'none' }])
  })

  it('never ends in a bare error: not when the engine fails, not when it refuses', async () => {
    await restart({})
    gateway.primary.answer = async () => {
      throw new GatewayError('engine_timeout', 'late')
    }
    expect(await contentOf(await gateway.ask(says(despair), inUs))).toContain('988')
    gateway.primary.answer = async () => jsonReply({ error: { code: 'content_filter' } }, 400)
    expect(await contentOf(await gateway.ask(says(despair), inUs))).toContain('988')
    gateway.primary.answer = async () => {
      const stream = openStream()
      stream.push(chunk('I hear'))
      stream.fail(new GatewayError('engine_closed', 'gone'))
      return stream.reply
    }
    const stream = await joined(await gateway.ask({ stream: true, ...says(despair) }, inUs))
    expect(stream).toMatchObject({ finish: 'content_filter', ended: true })
    expect(stream.text).toContain('988')
  })

  it('changes nothing where the engine has a referral protocol of its own and the plan says observe', async () => {
    await restart({
      config: {
        engines: { primary: { url: 'http://engine.test', referralProtocol: true } },
        policy: { crisis: 'observe' },
      },
    })
    replyWith(kindOnly)
    expect(await contentOf(await gateway.ask(says(despair), inUs))).toBe(kindOnly)
    expect(gateway.disclosures).toMatchObject([{ source: 'engine', planned: 'observe' }])
  })

  it('of nobody: an ordinary message leaves no event and no header', async () => {
    replyWith('Fry garlic, add tomatoes, and toss the pasta in it.')
    const response = await gateway.ask(says(ordinary), inUs)
    expect(response.headers.get('x-haltgate-crisis')).toBeNull()
    expect(await contentOf(response)).not.toContain('988')
    expect(gateway.disclosures).toEqual([])
  })
})

describe('a harmful reply', () => {
  it('is withheld, and the safe reply stands in its place', async () => {
    replyWith(harmful)
    const response = await gateway.ask(says(despair), inUs)
    const text = await contentOf(response)
    expect(response.headers.get('x-haltgate')).toBe('withheld')
    expect(text).not.toContain('Nobody would miss you')
    expect(text).toContain('988')
    expect(gateway.caught).toMatchObject([{ kind: 'encouragement', action: 'withheld' }])
    expect(gateway.disclosures).toMatchObject([{ source: 'withheld' }])
  })

  it('goes out with a note behind it where the plan says annotate', async () => {
    await restart({ config: { policy: { harmfulReply: 'annotate' } } })
    replyWith(harmful)
    const text = await contentOf(await gateway.ask(says(despair), inUs))
    expect(text.startsWith(`${harmful}\n\n`)).toBe(true)
    expect(text.length).toBeGreaterThan(harmful.length + 20)
    expect(gateway.caught).toMatchObject([{ action: 'annotated' }])
  })

  it('of a kind that the plan lets pass does not open the way for another', async () => {
    await restart({ config: { policy: { harmfulReply: { kinds: { 'human-claim': 'observe' } } } } })
    const claim = 'I am a real human being, not a machine. '
    replyWith(`${claim}You should kill yourself. Nobody would miss you.`)
    expect((await gateway.ask(says(ordinary), inUs)).headers.get('x-haltgate')).toBe('withheld')
    streamOf(claim, 'You should ', 'kill yourself. ', 'Nobody would miss you.')
    const { text } = await joined(await gateway.ask({ stream: true, ...says(ordinary) }, inUs))
    expect(text).toContain(claim)
    expect(text).not.toContain('kill yourself')
  })

  it('of a kind that the plan lets pass still gets the crisis lines after a disclosure', async () => {
    await restart({ config: { policy: { harmfulReply: { kinds: { 'human-claim': 'observe' } } } } })
    streamOf('I am a real human being, not a machine. ', 'That sounds really heavy.')
    const { text } = await joined(await gateway.ask({ stream: true, ...says(despair) }, inUs))
    expect(text).toContain('988')
  })

  it('is caught in any of several choices', async () => {
    const two = {
      object: 'chat.completion',
      choices: [caring, harmful].map((content, index) => ({
        index,
        message: { role: 'assistant', content },
        finish_reason: 'stop',
      })),
    }
    gateway.primary.answer = async () => jsonReply(two)
    expect(JSON.stringify(await (await gateway.ask({ n: 2, ...says(despair) }, inUs)).json())).not.toContain(
      'Nobody would miss you',
    )
  })

  it('is withheld in mid-stream, before a whole harmful phrase has gone out', async () => {
    streamOf('Sure. ', 'First boil water. ', 'You should ki', 'll your', 'self. ', 'Then cook.')
    const { text, finish, ended } = await joined(await gateway.ask({ stream: true, ...says(ordinary) }, inUs))
    expect(text).toContain('First boil water.')
    expect(text).not.toMatch(/kill ?yourself|Then cook/)
    expect(text).toContain('988')
    expect({ finish, ended }).toEqual({ finish: 'content_filter', ended: true })
    expect(gateway.caught).toMatchObject([{ kind: 'encouragement', action: 'withheld' }])
  })

  it('is withheld although its words come in the deltas of several choices in turn', async () => {
    const part = (index: number, content: string) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index, delta: { content }, finish_reason: null }] })}\n\n`
    gateway.primary.answer = async () => {
      const stream = openStream()
      for (const word of ['You ', 'should ', 'kill ', 'yourself ', 'now. ']) {
        stream.push(part(0, word))
        stream.push(part(1, 'Boil the water. '))
      }
      stream.push(done)
      stream.end()
      return stream.reply
    }
    const body = await (await gateway.ask({ stream: true, n: 2, ...says(ordinary) }, inUs)).text()
    expect(body).not.toContain('"yourself ')
    expect(gateway.caught).toMatchObject([{ kind: 'encouragement' }])
  })

  it('is heard in reasoning and in the arguments of tools', async () => {
    const message = {
      role: 'assistant',
      content: 'Boil the water first.',
      reasoning_content: 'You should kill yourself.',
    }
    gateway.primary.answer = async () =>
      jsonReply({ object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] })
    expect((await gateway.ask(says(ordinary), inUs)).headers.get('x-haltgate')).toBe('withheld')
  })
})

describe('a stream', () => {
  it('of a benign reply passes byte for byte', async () => {
    const parts = ['Boil ', 'the water, ', 'then add ', 'the pasta.'].map((word) => chunk(word))
    gateway.primary.answer = async () => {
      const stream = openStream()
      for (const part of parts) stream.push(part)
      stream.push(chunk('', 'stop') + done)
      stream.end()
      return stream.reply
    }
    const response = await gateway.ask({ stream: true, ...says(ordinary) })
    expect(await response.text()).toBe(parts.join('') + chunk('', 'stop') + done)
  })

  it('after a disclosure is held as a whole, and ends with the lines that it lacks', async () => {
    let stream: ReturnType<typeof openStream> | undefined
    gateway.primary.answer = async () => {
      stream = openStream()
      stream.push(chunk('That sounds really heavy. '))
      return stream.reply
    }
    const response = await gateway.ask({ stream: true, ...says(despair) }, inUs)
    const reader = response.body?.getReader()
    const first = reader?.read()
    expect(await Promise.race([first, Promise.resolve('waits')])).toBe('waits')
    stream?.push(chunk('I am glad that you told me. What has been hurting most?'))
    stream?.push(chunk('', 'stop') + done)
    stream?.end()
    const pieces = [(await first)?.value]
    for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read())
      pieces.push(read.value)
    const { text, finish, ended } = await joined(
      new Response(Buffer.concat(pieces.filter((piece) => piece !== undefined))),
    )
    expect(text.startsWith('That sounds really heavy. I am glad')).toBe(true)
    expect(text).toContain('988')
    expect({ finish, ended }).toEqual({ finish: 'stop', ended: true })
    expect(gateway.disclosures).toMatchObject([{ source: 'appended' }])
  })

  it('that holds more than may be held ends with the safe reply', async () => {
    await restart({ config: { policy: { maxHeldBytes: 1_024 } } })
    streamOf(...Array.from({ length: 40 }, () => 'and on and on and on and on, '))
    const { text, finish } = await joined(await gateway.ask({ stream: true, ...says(despair) }, inUs))
    expect(text).not.toContain('and on and on')
    expect(text).toContain('988')
    expect(finish).toBe('content_filter')
  })

  it('leaves nobody in silence: an acknowledgement after 3 s, the safe reply after 10 s', async () => {
    vi.useFakeTimers()
    await restart({})
    let stream: ReturnType<typeof openStream> | undefined
    gateway.primary.answer = async () => {
      stream = openStream()
      stream.push(chunk('That sounds '))
      return stream.reply
    }
    const response = await gateway.ask({ stream: true, ...says(despair) }, inUs)
    const reader = response.body?.getReader()
    const first = reader?.read()
    await vi.advanceTimersByTimeAsync(2_900)
    expect(await Promise.race([first, Promise.resolve('waits')])).toBe('waits')
    await vi.advanceTimersByTimeAsync(200)
    expect(new TextDecoder().decode((await first)?.value)).toContain('automated')
    const second = reader?.read()
    await vi.advanceTimersByTimeAsync(7_000)
    const rest = new TextDecoder().decode((await second)?.value)
    expect(rest).toContain('988')
    expect(rest).toContain('[DONE]')
    expect(rest).not.toContain('That sounds')
    expect(stream?.cancelled()).toBe(true)
    expect(gateway.disclosures).toMatchObject([{ source: 'withheld' }])
  })

  it('begins with the acknowledgement while the engine is silent, and goes on with its reply', async () => {
    vi.useFakeTimers()
    await restart({})
    gateway.primary.answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      const stream = openStream()
      stream.push(chunk(caring) + chunk('', 'stop') + done)
      stream.end()
      return stream.reply
    }
    const asked = gateway.ask({ stream: true, ...says(despair) }, inUs)
    await vi.advanceTimersByTimeAsync(3_100)
    const text = (await asked).text()
    await vi.advanceTimersByTimeAsync(3_000)
    const { text: content, finish } = await joined(new Response(await text))
    expect(content).toMatch(/automated.*\n\nI am glad that you told me/s)
    expect(finish).toBe('stop')
    expect(gateway.disclosures).toMatchObject([{ source: 'engine' }])
  })

  it('that the client leaves after the acknowledgement is over, and so is the engine’s call', async () => {
    vi.useFakeTimers()
    await restart({})
    gateway.primary.answer = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new GatewayError('client_closed', 'aborted')))
      })
    const asked = Promise.resolve(gateway.ask({ stream: true, ...says(despair) }, inUs))
    await vi.advanceTimersByTimeAsync(3_100)
    const reader = (await asked).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await vi.advanceTimersByTimeAsync(0)
    expect(gateway.primary.aborted).toBe(1)
    const [open] = (await gateway.metrics.openExchanges.get()).values
    expect(open?.value).toBe(0)
    expect(gateway.disclosures).toHaveLength(1)
  })

  it('and a whole reply alike give way to the safe reply when the engine stays silent', async () => {
    vi.useFakeTimers()
    await restart({})
    gateway.primary.answer = () => new Promise(() => {})
    for (const stream of [true, false]) {
      const asked = Promise.resolve(gateway.ask({ stream, ...says(despair) }, inUs))
      await vi.advanceTimersByTimeAsync(3_100)
      const text = asked.then((response) => response.text())
      await vi.advanceTimersByTimeAsync(7_000)
      expect(await text).toContain('988')
    }
    expect(gateway.primary.aborted).toBe(2)
  })
})

describe('a halt during a held reply', () => {
  it('ends it with the safe text and lets nothing of it out', async () => {
    let stream: ReturnType<typeof openStream> | undefined
    gateway.primary.answer = async (_request, signal) => {
      stream = openStream(signal)
      stream.push(chunk('That sounds really heavy. '))
      return stream.reply
    }
    const response = await gateway.ask({ stream: true, ...says(despair) }, inUs)
    const text = joined(response)
    await gateway.halt.engage({ scope: 'all', cause: 'operator', reason: 'test', by: 'ada' })
    const { text: content, finish } = await text
    expect(content).not.toContain('really heavy')
    expect(content).toContain('paused')
    expect(finish).toBe('content_filter')
    expect(gateway.disclosures).toMatchObject([{ source: 'halted' }])
  })
})

describe('coverage', () => {
  const shareUnread = () =>
    gateway.signals.measure({
      signal: 'unscanned-replies',
      engine: 'primary',
      windowMs: 300_000,
      percentile: 95,
    })

  it('is whole while every reply is read', async () => {
    await gateway.ask(says(ordinary))
    streamOf('Boil the water.')
    await (await gateway.ask({ stream: true, ...says(ordinary) })).text()
    expect(shareUnread()).toMatchObject({ value: 0, samples: 2 })
  })

  it('shows a reply that went out unread, and the plan alerts on one', async () => {
    await (await gateway.traffic.request('/v1/embeddings', { method: 'POST', body: '{}' })).text()
    expect(shareUnread()).toMatchObject({ value: 1, samples: 1 })
  })

  it('counts a language that nobody here reads as unread', async () => {
    replyWith('Разумеется, вот рецепт.')
    await gateway.ask(says('Посоветуй мне, пожалуйста, хороший рецепт пасты на четверых'))
    expect(shareUnread()).toMatchObject({ value: 1 })
  })
})

describe('a person is told that a machine writes', () => {
  it('by every text of ours, and that is counted', async () => {
    replyWith(kindOnly)
    await gateway.ask(says(despair), inUs)
    await gateway.ask(says(attempt), inUs)
    expect(gateway.notices).toHaveLength(2)
  })
})

describe('observing', () => {
  it('changes no exchange and records what would have happened', async () => {
    await restart({ config: { policy: { mode: 'observe' } } })
    replyWith(harmful)
    expect(await contentOf(await gateway.ask(says(despair), inUs))).toBe(harmful)
    expect((await gateway.ask(says(attempt), inUs)).headers.get('x-haltgate')).toBeNull()
    streamOf('You should ', 'kill yourself.')
    const { text } = await joined(await gateway.ask({ stream: true, ...says(ordinary) }, inUs))
    expect(text).toBe('You should kill yourself.')
    expect(gateway.disclosures.map(({ planned, mode }) => `${planned} ${mode}`)).toEqual([
      'support observe',
      'intercept observe',
    ])
    expect(gateway.caught.every(({ planned, mode }) => planned === 'withhold' && mode === 'observe')).toBe(
      true,
    )
    expect(gateway.caught.length).toBeGreaterThanOrEqual(2)
  })

  it('still halts', async () => {
    await restart({ config: { policy: { mode: 'observe' } } })
    await gateway.halt.engage({ scope: 'all', cause: 'operator', reason: 'test', by: 'ada' })
    expect(await contentOf(await gateway.ask(says(ordinary), inUs))).toContain('paused')
  })
})

describe('a second opinion', () => {
  // Which message is uncertain changes with each training: the first one of these is taken.
  const assessor = createCrisisAssessor()
  const candidates = [
    'Lately I keep wondering whether any of this is worth it',
    'some days I wonder what it is all for',
    'I feel like a burden to my whole family',
    'everything feels so empty lately',
    'I cannot do this any more',
    'nobody would notice if I was not there',
  ]
  const uncertain = candidates.find((text) => assessor.assess(text).outcome === 'escalate') ?? ''
  const remote = (verdict: RemoteVerdict) => {
    const asked: string[] = []
    const screen: RemoteScreen = {
      ask: async (_messages, why) => {
        asked.push(why)
        return verdict
      },
      samples: () => false,
      states: () => [],
    }
    return { screen, asked }
  }
  const finding = {
    detector: 'remote:guard',
    version: '1',
    category: 'suicidal-ideation' as const,
    level: 'active' as const,
    score: 0.9,
    evidence: [],
  }

  it('that says alert makes a disclosure of an uncertain message', async () => {
    const { screen, asked } = remote({ kind: 'alert', findings: [finding] })
    await restart({ remote: screen })
    replyWith(kindOnly)
    expect(await contentOf(await gateway.ask(says(uncertain), inUs))).toContain('988')
    expect(asked).toEqual(['uncertain'])
    expect(gateway.disclosures).toMatchObject([{ level: 'active', source: 'appended' }])
  })

  it('that cannot be had makes an alert of the band', async () => {
    const { screen } = remote({ kind: 'down', cause: 'timeout' })
    await restart({ remote: screen })
    replyWith(kindOnly)
    expect(await contentOf(await gateway.ask(says(uncertain), inUs))).toContain('988')
  })

  it('is not asked for what is plain either way', async () => {
    const { screen, asked } = remote({ kind: 'clear' })
    await restart({ remote: screen })
    await gateway.ask(says(ordinary), inUs)
    await gateway.ask(says(despair), inUs)
    expect(asked).toEqual([])
    expect(gateway.disclosures).toHaveLength(1)
  })
})
