import Anthropic from '@anthropic-ai/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { createSseSplitter } from '../../src/dialects/sse.ts'
import { GatewayError } from '../../src/errors.ts'

const dialect = createDialect('anthropic-messages')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const ask = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'hi' }] }
const openingText = 'I am reading what you wrote.\n\n'
const addedText = '\n\nCall 116 123.'
const added = { text: addedText, choices: [0] }

type Event = { type: string } & Record<string, unknown>

const view = (more: object = {}) => dialect.readRequest({ ...ask, stream: true, ...more })
const open = (more?: object) => dialect.openStream(view(more), made)
const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes)

const start = (more: object = {}): Event => ({
  type: 'message_start',
  message: {
    id: 'msg_E',
    type: 'message',
    role: 'assistant',
    model: 'engine-model',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 2 },
    ...more,
  },
})
const block = (index: number, begin: object, ...deltas: object[]): Event[] => [
  { type: 'content_block_start', index, content_block: begin },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
]
const says = (index: number, ...pieces: string[]) =>
  block(index, { type: 'text', text: '' }, ...pieces.map((text) => ({ type: 'text_delta', text })))
const thinks = (index: number) =>
  block(index, { type: 'thinking', thinking: '', signature: '' }, { type: 'thinking_delta', thinking: 'hm' })
const calls = (index: number) =>
  block(
    index,
    { type: 'tool_use', id: 't', name: 'find', input: {} },
    { type: 'input_json_delta', partial_json: '{"q":1}' },
  )
const stop = (reason: string): Event[] => [
  {
    type: 'message_delta',
    delta: { stop_reason: reason, stop_sequence: null },
    usage: { output_tokens: 9 },
  },
  { type: 'message_stop' },
]
const reply = [start(), ...thinks(0), ...says(1, 'You ', 'matter.'), ...stop('end_turn')]

/** An engine's own bytes, in a form that we do not write. */
const original = (event: Event) => `event:${event.type}\r\ndata:${JSON.stringify(event)}\r\n\r\n`

function eventsIn(wire: string): Event[] {
  const { events } = createSseSplitter({ maxEventBytes: 1e6 }).push(new TextEncoder().encode(wire))
  return events.map(({ data, event }) => {
    const parsed = JSON.parse(data)
    expect(parsed.type).toBe(event)
    return parsed
  })
}

interface Play {
  opening?: boolean
  /** Our words come after so many events of the engine's have gone out; at the very beginning when left out. */
  openAfter?: number
  adds?: boolean
  /** How many events are read, then how many of those held go out, and so on; at the end everything. */
  pattern?: { read: number; send: number }[]
  /** After this many events have gone out, the gateway ends the reply with these words. */
  cutAfter?: number
}

/** What the client gets of a reply that the gateway holds back, adds to and perhaps cuts. */
function play(
  events: Event[],
  { opening, openAfter = 0, adds, pattern = [], cutAfter = Infinity }: Play,
): string {
  let wire = ''
  const stream = open()
  const coming = [...events]
  const held: { event: Event; finishing: readonly number[] }[] = []
  const read = (count: number) => {
    for (const event of coming.splice(0, count)) {
      stream.read(JSON.stringify(event), event.type)
      held.push({ event, finishing: stream.finishing() })
    }
  }
  if (opening && openAfter === 0) {
    wire += text(open().openWith(openingText))
    read(1)
    expect(text(stream.openWith(openingText))).toBe(wire)
  } else if (opening) {
    read(openAfter)
    for (const { event } of held.splice(0)) wire += original(event)
    stream.sent()
    wire += text(stream.openWith(openingText))
  }
  let gone = opening ? openAfter : 0
  let rewrites = opening === true
  for (const step of [...pattern, { read: Infinity, send: Infinity }]) {
    read(step.read)
    const going = held.splice(0, Math.min(step.send, cutAfter - gone))
    for (const { event, finishing } of going) {
      const addition = adds && finishing.length > 0 ? added : undefined
      rewrites ||= addition !== undefined
      const data = JSON.stringify(event)
      const bytes = rewrites ? stream.rewrite(data, event.type, addition) : undefined
      wire += text(bytes) ?? original(event)
    }
    stream.sent(going.length)
    gone += going.length
  }
  return Number.isFinite(cutAfter) ? wire + (text(stream.endSafely('\n\nCut.')) ?? '') : wire
}

/** A strict client: one start, blocks numbered from 0 without a gap, one open at a time. Returns its blocks. */
function heardBy(events: Event[]) {
  const blocks: { type: unknown; text: string; open: boolean }[] = []
  expect(events.filter(({ type }) => type === 'message_start')).toHaveLength(1)
  expect(events[0]?.type).toBe('message_start')
  for (const { type, index, content_block, delta } of events) {
    if (type === 'content_block_start') {
      expect(index).toBe(blocks.length)
      const begin = content_block as { type: unknown; text?: string }
      blocks.push({ type: begin.type, text: begin.text ?? '', open: true })
    }
    if (type !== 'content_block_delta' && type !== 'content_block_stop') continue
    const one = blocks[Number(index)]
    expect(one?.open).toBe(true)
    if (one === undefined) continue
    if (type === 'content_block_stop') one.open = false
    else one.text += (delta as { text?: string }).text ?? ''
  }
  return blocks
}
const heard = (wire: string) =>
  heardBy(eventsIn(wire))
    .map(({ type, text }) => (type === 'text' ? text : ''))
    .join('')

/** Anthropic's own client, for which the gateway answers with these bytes. */
const client = (wire: string) =>
  new Anthropic({
    apiKey: 'none',
    baseURL: 'http://gateway.test',
    maxRetries: 0,
    fetch: async () => new Response(wire, { headers: { 'content-type': 'text/event-stream' } }),
  })

describe('words of ours before a reply', () => {
  it('are a whole block of their own, and the engine’s blocks follow in one message', () => {
    const events = eventsIn(play(reply, { opening: true }))
    expect(events.map(({ type, index }) => [type, index].join(' ').trim())).toEqual([
      'message_start',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_stop 1',
      'content_block_start 2',
      'content_block_delta 2',
      'content_block_delta 2',
      'content_block_stop 2',
      'message_delta',
      'message_stop',
    ])
    expect(events[0]).toMatchObject({ message: { id: 'msg_req-1', content: [] } })
    expect(events[1]).toMatchObject({ content_block: { type: 'text', text: '' } })
    expect(events[2]).toMatchObject({ delta: { type: 'text_delta', text: openingText } })
  })

  it('lose no count of tokens that the engine’s own start had', () => {
    const delta = eventsIn(play(reply, { opening: true })).at(-2)
    expect(delta).toMatchObject({ usage: { input_tokens: 5, output_tokens: 9 } })
  })

  it('lose no block that the engine’s own start brings', () => {
    const message = start({ content: [{ type: 'text', text: 'At once. ' }] })
    const wire = play([message, ...says(1, 'More.'), ...stop('end_turn')], { opening: true })
    expect(heard(wire)).toBe(`${openingText}At once. More.`)
  })

  it('may come after the engine’s own start, for engines often begin at once and then think', () => {
    const wire = play(reply, { opening: true, openAfter: 1 })
    expect(wire.startsWith(original(start()))).toBe(true)
    expect(heard(wire)).toBe(`${openingText}You matter.`)
  })

  it('are refused where the reply must follow a schema, and where history must begin with a thought', () => {
    expect(open({ tool_choice: { type: 'any' } }).openWith(openingText)).toBeUndefined()
    const thinking = { type: 'enabled', budget_tokens: 1024 }
    const tools = [{ name: 'find', input_schema: { type: 'object' } }]
    expect(open({ thinking, tools }).openWith(openingText)).toBeUndefined()
    expect(open({ thinking, tools: [] }).openWith(openingText)).toBeDefined()
    expect(open({ thinking: { type: 'adaptive' }, tools }).openWith(openingText)).toBeDefined()
  })

  it('are refused once a block of the engine’s has begun', () => {
    const stream = open()
    for (const event of reply.slice(0, 2)) stream.read(JSON.stringify(event), event.type)
    stream.sent()
    expect(stream.openWith(openingText)).toBeUndefined()
  })

  it('can be followed at once by a safe end or by an error', () => {
    const stream = open()
    const first = text(stream.openWith(openingText)) ?? ''
    const ending = text(stream.endSafely('Call.')) ?? ''
    expect(heard(first + ending)).toBe(`${openingText}Call.`)
    expect(eventsIn(ending).map(({ type }) => type)).toEqual([
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    const error = stream.endWithError(new GatewayError('engine_closed', 'it broke'), 'req-1')
    expect(eventsIn(text(error) ?? '')).toMatchObject([{ type: 'error', error: { type: 'api_error' } }])
  })
})

describe('lines of ours behind a reply', () => {
  it('are a whole block of their own before the stop, and the stop is the engine’s', () => {
    const before = reply.slice(0, -2).map(original).join('')
    const wire = play(reply, { adds: true })
    expect(wire.slice(0, before.length)).toBe(before)
    expect(eventsIn(wire.slice(before.length))).toEqual(
      [...says(2, addedText), ...stop('end_turn')].map(withCitations),
    )
    expect(wire.endsWith(original({ type: 'message_stop' }))).toBe(true)
  })

  it('come after a block that the engine left open', () => {
    const left = [start(), ...says(0, 'You matter.').slice(0, -1), ...stop('end_turn')]
    expect(heardBy(eventsIn(play(left, { adds: true }))).map(({ open }) => open)).toEqual([false, false])
  })

  const ends: [string, Event[], readonly number[]][] = [
    ['end_turn', says(0, 'a'), [0]],
    ['max_tokens', says(0, 'a'), [0]],
    ['stop_sequence', says(0, 'a'), [0]],
    ['a_later_reason', says(0, 'a'), [0]],
    ['end_turn', [], [0]],
    ['refusal', says(0, 'I cannot.'), [0]],
    ['refusal', [], []],
    ['refusal', thinks(0), []],
    ['tool_use', [...says(0, 'a'), ...calls(1)], []],
    ['max_tokens', [...says(0, 'a'), ...calls(1)], []],
    ['pause_turn', says(0, 'a'), []],
  ]
  it.each(ends)('a stop for %s after %j finishes %j', (reason, blocks, expected) => {
    const stream = open()
    const seen = [start(), ...blocks, ...stop(reason)].map((event) => {
      stream.read(JSON.stringify(event), event.type)
      return stream.finishing()
    })
    expect(seen.slice(0, -2).flat()).toEqual([])
    expect(seen.slice(-2)).toEqual([expected, []])
  })

  it('never stand in JSON', () => {
    const stream = open({ output_config: { format: { type: 'json_schema' } } })
    for (const event of reply) {
      stream.read(JSON.stringify(event), event.type)
      expect(stream.finishing()).toEqual([])
      expect(stream.rewrite(JSON.stringify(event), event.type, added)).toBeUndefined()
    }
  })

  it('that were not sent before a cut are not taken for said', () => {
    const stream = open()
    for (const event of reply) stream.read(JSON.stringify(event), event.type)
    stream.sent(reply.length - 2)
    const data = JSON.stringify(reply.at(-2))
    expect(text(stream.rewrite(data, 'message_delta', added))).toContain('116 123')
    expect(eventsIn(text(stream.endSafely('Cut.')) ?? '')[0]).toMatchObject({ index: 2 })
    stream.sent(1)
    expect(eventsIn(text(stream.endSafely('Cut.')) ?? '')).toEqual([{ type: 'message_stop' }])
  })
})

const withCitations = (event: Event): Event =>
  event.type === 'content_block_start'
    ? { ...event, content_block: { ...(event.content_block as object), citations: null } }
    : event

describe('any reply, however it is held back', () => {
  const piece = fc.constantFrom('You ', 'matter', '.', ' é🙂', '\n', '\u2028')
  const kind = fc.oneof(
    fc.array(piece, { maxLength: 4 }).map((pieces) => (at: number) => says(at, ...pieces)),
    fc.constant(thinks),
    fc.constant((at: number) =>
      block(at, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
    ),
  )
  const events = fc
    .tuple(fc.array(kind, { maxLength: 4 }), fc.boolean(), fc.constantFrom('end_turn', 'max_tokens'))
    .map(([kinds, pings, reason]) => {
      const blocks = kinds.flatMap((make, at) => make(at))
      const body = pings ? blocks.flatMap((event): Event[] => [{ type: 'ping' }, event]) : blocks
      return [start(), ...body, ...stop(reason)]
    })
  const openAfter = fc.nat(1)
  const pattern = fc.array(fc.record({ read: fc.nat(4), send: fc.nat(4) }), { maxLength: 12 })
  const said = (list: Event[]) => list.map(({ delta }) => (delta as { text?: string })?.text ?? '').join('')

  it('is heard whole, between our words before it and our lines behind it', () => {
    fc.assert(
      fc.property(
        events,
        pattern,
        fc.boolean(),
        openAfter,
        fc.boolean(),
        (list, pattern, opening, openAfter, adds) => {
          const wire = play(list, { opening, openAfter, adds, pattern })
          expect(heard(wire)).toBe((opening ? openingText : '') + said(list) + (adds ? addedText : ''))
          expect(eventsIn(wire).slice(-2)).toMatchObject(list.slice(-2))
        },
      ),
    )
  })

  it('is the engine’s byte for byte where nothing is added', () => {
    fc.assert(
      fc.property(events, pattern, (list, pattern) => {
        expect(play(list, { pattern })).toBe(list.map(original).join(''))
      }),
    )
  })

  it('can be cut anywhere, and ends as a whole message with what was sent and the safe words', () => {
    fc.assert(
      fc.property(
        events,
        pattern,
        fc.boolean(),
        fc.boolean(),
        fc.nat(30),
        (list, pattern, opening, adds, cut) => {
          const cutAfter = Math.min(cut, list.length - 2)
          const wire = play(list, { opening, adds, pattern, cutAfter })
          const words = said(list.slice(0, cutAfter))
          expect(heard(wire)).toBe(`${opening ? openingText : ''}${words}\n\nCut.`)
          expect(eventsIn(wire).at(-1)).toEqual({ type: 'message_stop' })
          expect(
            heardBy(eventsIn(wire)).filter(({ type, open }) => open && type !== 'server_tool_use'),
          ).toEqual([])
        },
      ),
    )
  })

  it('is read by Anthropic’s own client as one message', async () => {
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.boolean(),
        openAfter,
        fc.boolean(),
        async (list, opening, openAfter, adds) => {
          const stream = client(play(list, { opening, openAfter, adds })).messages.stream(ask)
          const final = await stream.finalMessage()
          const texts = final.content.map((one) => (one.type === 'text' ? one.text : ''))
          expect(texts.join('')).toBe((opening ? openingText : '') + said(list) + (adds ? addedText : ''))
          expect(list.at(-2)).toMatchObject({ delta: { stop_reason: final.stop_reason } })
          expect(final.usage.input_tokens).toBe(5)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('lines of ours in a whole reply', () => {
  const message = (content: object[], stop_reason = 'end_turn') => ({
    ...(start().message as object),
    content,
    stop_reason,
  })
  const add = (body: unknown, request = view(), choices?: number[]) =>
    dialect.addText(body, addedText, request, choices)
  const part = (text: string, more: object = {}) => ({ type: 'text', text, ...more })

  it('are one paragraph more in its last block, and the reply given stays as it is', () => {
    const body = message([{ type: 'thinking', thinking: 'hm', signature: 'A' }, part('You matter.')])
    const copy = structuredClone(body)
    expect(add(body)).toEqual(
      message([{ type: 'thinking', thinking: 'hm', signature: 'A' }, part(`You matter.${addedText}`)]),
    )
    expect(body).toEqual(copy)
  })

  it('are a block of their own behind text with sources, and behind what is no text', () => {
    const own = part(addedText, { citations: null })
    const sourced = part('As they say.', { citations: [{ type: 'char_location' }] })
    expect(add(message([sourced]))).toEqual(message([sourced, own]))
    const search = { type: 'web_search_tool_result', tool_use_id: 's', content: [] }
    expect(add(message([search]))).toEqual(message([search, own]))
  })

  const refused: [string, unknown][] = [
    ['a tool call', message([part('a'), { type: 'tool_use', id: 't', name: 'f', input: {} }], 'tool_use')],
    ['a cut tool call', message([{ type: 'tool_use', id: 't', name: 'f', input: {} }], 'max_tokens')],
    ['a pause', message([part('a')], 'pause_turn')],
    ['a refusal without words', message([], 'refusal')],
    ['what is no reply', { type: 'error' }],
  ]
  it.each(refused)('are not added to %s', (_name, body) => {
    expect(add(body)).toBeUndefined()
  })

  it('are not added to JSON, nor where another choice is meant', () => {
    const body = message([part('{}')])
    expect(add(body, view({ tool_choice: { type: 'any' } }))).toBeUndefined()
    expect(add(body, view(), [1])).toBeUndefined()
    expect(add(body, view(), [0])).toBeDefined()
  })
})

it('a caller who sends our words back as history is read as before', () => {
  const content = [
    { type: 'text', text: openingText },
    { type: 'text', text: 'You.' },
    { type: 'text', text: addedText },
  ]
  const messages = [...ask.messages, { role: 'assistant', content }, ...ask.messages]
  expect(view({ messages }).messages[1]).toEqual({
    role: 'assistant',
    text: `${openingText}\nYou.\n${addedText}`,
  })
})
