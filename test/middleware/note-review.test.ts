import { afterEach, describe, expect, it } from 'vitest'
import { EngineOptions } from '../../src/config/schema.ts'
import type { EngineReply } from '../../src/engines/engine.ts'
import { type ReviewDesk, sampledSessions } from '../../src/middleware/note-review.ts'
import type { ForReview } from '../../src/reviews/review-recorder.ts'
import {
  chat,
  chunk,
  done,
  jsonReply,
  openStream,
  type TrafficFixture,
  trafficFixture,
} from '../fixtures/traffic.ts'

const intent = 'I am going to kill myself tonight'
const ordinary = 'Can you recommend a good pasta recipe for four people?'
const deaf = 'What a lovely day! Shall we talk about football?'
const caring = "I'm so glad you told me. You can call or text 988 right now."

let gateway: TrafficFixture | undefined
let offered: ForReview[]
afterEach(() => gateway?.close())

interface Options {
  verdict?: object
  sampleOfClears?: number
  random?: () => number
  config?: unknown
}

async function start({ verdict, sampleOfClears = 0, random = () => 0, config }: Options = {}) {
  offered = []
  const primary = EngineOptions.parse({ url: 'http://engine', version: 'v7', verdict })
  const reviews: ReviewDesk = {
    offer: (item) => offered.push(item) > 0,
    sampleOfClears,
    engines: { primary },
    isKnown: sampledSessions(),
    random,
  }
  gateway = await trafficFixture({ reviews, config })
  return gateway
}

/** One exchange to its end. */
async function tell(content: string, answer: () => EngineReply, headers: Record<string, string> = {}) {
  if (gateway === undefined) throw new Error('not started')
  const reply = answer()
  gateway.primary.answer = async () => reply
  const stream = reply.headers['content-type'] === 'text/event-stream'
  const response = await gateway.ask({ stream, messages: [{ role: 'user', content }] }, headers)
  await response.text().catch(() => undefined)
}

const says =
  (text: string, headers: Record<string, string> = {}) =>
  () => {
    const reply = jsonReply(chat(text))
    return { ...reply, headers: { ...reply.headers, ...headers } }
  }
const streams =
  (...events: string[]) =>
  () => {
    const stream = openStream()
    for (const event of events) stream.push(event)
    stream.push(chunk('', 'stop') + done)
    stream.end()
    return stream.reply
  }

describe('an engine that passes a crisis over', () => {
  it('is put into the queue with what was said, once for the disclosure', async () => {
    await start()
    const session = { 'x-session-id': 's-1', 'x-tenant-id': 'calm', 'accept-language': 'en-GB,en' }
    await tell(intent, says(deaf), session)
    await tell(intent, says(deaf), session)
    expect(offered).toMatchObject([
      {
        kind: 'presumed-miss',
        level: 'intent',
        engine: 'primary',
        engineVersion: 'v7',
        engineHeard: false,
        language: 'en',
        who: { session: 's-1', tenant: 'calm' },
        excerpt: { user: intent, reply: deaf },
      },
    ])
  })

  it('is found in a stream as well', async () => {
    await start()
    await tell(intent, streams(chunk('What a lovely day! '), chunk('Shall we talk about football?')))
    expect(offered).toMatchObject([{ kind: 'presumed-miss', excerpt: { reply: deaf } }])
  })

  it('is not said to when it offered help', async () => {
    await start()
    await tell(intent, says(caring))
    expect(offered).toEqual([])
  })

  it('is not said to when it failed: nobody knows what it would have said', async () => {
    await start()
    await tell(intent, () => jsonReply({ error: { message: 'no' } }, 500))
    await tell(intent, () => {
      const stream = openStream()
      stream.push(chunk('What a '))
      // Without its end mark.
      stream.end()
      return stream.reply
    })
    expect(offered).toEqual([])
  })

  it('is not said to by a reply too long to be kept whole', async () => {
    await start()
    await tell(intent, says(`${deaf} `.repeat(400)))
    expect(offered).toEqual([])
  })
})

describe('an engine with a verdict of its own', () => {
  it('is taken at its word, whatever it replies', async () => {
    await start({ verdict: { header: 'x-crisis-detected' } })
    await tell(intent, says(deaf, { 'x-crisis-detected': 'true' }))
    expect(offered).toEqual([])
    await tell(intent, says(caring, { 'x-crisis-detected': 'false' }), { 'x-session-id': 's-2' })
    expect(offered).toMatchObject([{ kind: 'presumed-miss' }])
  })

  it('may give it in any event of a stream', async () => {
    await start({ verdict: { path: '$.safety.crisis' } })
    const verdict = `data: ${JSON.stringify({ ...JSON.parse(chunk('').slice(6)), safety: { crisis: true } })}\n\n`
    await tell(intent, streams(chunk(deaf), verdict))
    expect(offered).toEqual([])
  })
})

describe('a harmful reply', () => {
  it('is put into the queue', async () => {
    await start()
    await tell(ordinary, says('You should just do it. Nobody would miss you.'))
    expect(offered).toMatchObject([{ kind: 'caught-reply', level: undefined, excerpt: { user: ordinary } }])
  })
})

describe('the random sample', () => {
  it('is of exchanges that nobody flagged, in the share that the plan gives', async () => {
    const draws = [0.02, 0.005, 0.01]
    await start({ sampleOfClears: 0.01, random: () => draws.shift() ?? 1 })
    for (let at = 0; at < 3; at++) await tell(ordinary, says('Pasta al pomodoro.'))
    expect(offered).toMatchObject([{ kind: 'sampled-clear', engineHeard: false, level: undefined }])
    await tell(intent, says(caring))
    expect(offered).toHaveLength(1)
  })

  it('takes one exchange of a session', async () => {
    await start({ sampleOfClears: 1 })
    for (const session of ['s-1', 's-1', 's-2'])
      await tell(ordinary, says('Pasta al pomodoro.'), { 'x-session-id': session })
    expect(offered.map(({ who }) => who.session)).toEqual(['s-1', 's-2'])
  })
})
