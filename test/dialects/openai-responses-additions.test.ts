import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { createSseSplitter } from '../../src/dialects/sse.ts'
import { GatewayError } from '../../src/errors.ts'

const dialect = createDialect('openai-responses')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const ask = { model: 'm', input: 'hi', store: false }
const openingText = 'I am reading what you wrote.\n\n'
const addedText = '\n\nCall 116 123.'
const added = { text: addedText, choices: [0] }

type Event = { type: string } & Record<string, unknown>
type Item = { type: string; id: string } & Record<string, unknown>

const view = (more: object = {}) => dialect.readRequest({ ...ask, stream: true, ...more })
const open = (more?: object) => dialect.openStream(view(more), made)
const utf8 = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes)

const response = (status: string, output: unknown[], more: object = {}) => ({
  id: 'resp_E',
  object: 'response',
  created_at: 1_700_000_000,
  model: 'engine-model',
  status,
  error: null,
  incomplete_details: null,
  metadata: { theirs: 'kept' },
  output,
  ...more,
})
const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })
const message = (id: string, ...parts: object[]): Item => ({
  type: 'message',
  id,
  role: 'assistant',
  status: 'completed',
  content: parts,
})

/** An item and the events that stream it as output item `at`. */
type Streamed = { item: Item; events: Event[] }
const says = (at: number, ...pieces: string[]): Streamed => {
  const item = message(`msg_${at}`, part(pieces.join('')))
  const where = { item_id: item.id, output_index: at, content_index: 0 }
  const whole = part(pieces.join(''))
  return {
    item,
    events: [
      {
        type: 'response.output_item.added',
        output_index: at,
        item: { ...item, status: 'in_progress', content: [] },
      },
      { type: 'response.content_part.added', ...where, part: part('') },
      ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...where, delta, logprobs: [] })),
      { type: 'response.output_text.done', ...where, text: whole.text, logprobs: [] },
      { type: 'response.content_part.done', ...where, part: whole },
      { type: 'response.output_item.done', output_index: at, item },
    ],
  }
}
const silent = (item: Item, at: number): Streamed => ({
  item,
  events: [
    { type: 'response.output_item.added', output_index: at, item },
    { type: 'response.output_item.done', output_index: at, item },
  ],
})
const thinks = (at: number) => silent({ type: 'reasoning', id: `rs_${at}`, summary: [] }, at)
const searches = (at: number) => silent({ type: 'web_search_call', id: `ws_${at}`, status: 'completed' }, at)
const calls = (at: number) =>
  silent(
    {
      type: 'function_call',
      id: `fc_${at}`,
      call_id: 'c',
      name: 'find',
      arguments: '{}',
      status: 'completed',
    },
    at,
  )

/** A whole stream of these items, numbered as an engine does. */
function streamOf(
  items: Streamed[],
  { type = 'completed', more = {} }: { type?: string; more?: object } = {},
) {
  const begun = response('in_progress', [])
  const events: Event[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...items.flatMap(({ events }) => events),
    {
      type: `response.${type}`,
      response: response(
        type,
        items.map(({ item }) => item),
        more,
      ),
    },
  ]
  return events.map((event, number): Event => ({ ...event, sequence_number: number }))
}
const reply = streamOf([thinks(0), says(1, 'You ', 'matter.')])

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
    wire += utf8(open().openWith(openingText))
    read(1)
    expect(utf8(stream.openWith(openingText))).toBe(wire)
  } else if (opening) {
    read(openAfter)
    for (const { event } of held.splice(0)) wire += original(event)
    stream.sent()
    wire += utf8(stream.openWith(openingText))
  }
  let gone = opening ? openAfter : 0
  let rewrites = opening === true
  for (const step of [...pattern, { read: Infinity, send: Infinity }]) {
    read(step.read)
    const going = held.splice(0, Math.min(step.send, cutAfter - gone))
    for (const { event, finishing } of going) {
      const addition = adds && finishing.length > 0 ? added : undefined
      rewrites ||= addition !== undefined
      const bytes = rewrites ? stream.rewrite(JSON.stringify(event), event.type, addition) : undefined
      wire += utf8(bytes) ?? original(event)
    }
    stream.sent(going.length)
    gone += going.length
  }
  return Number.isFinite(cutAfter) ? wire + (utf8(stream.endSafely('\n\nCut.')) ?? '') : wire
}

/**
 * A strict client: numbers go up by one, items are numbered from 0 without a gap, the response keeps its id, and its
 * output in the end is what was streamed. Returns the text.
 */
function heard(wire: string): string {
  const events = eventsIn(wire)
  const items: { added: Item; text: string; done: Item | undefined }[] = []
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, number) => number))
  expect(events.filter(({ type }) => type === 'response.created')).toHaveLength(1)
  expect(new Set(events.flatMap(({ response }) => (response as Item)?.id ?? []))).toHaveProperty('size', 1)
  for (const { type, output_index, item, item_id, delta } of events) {
    if (type === 'response.output_item.added') {
      expect(output_index).toBe(items.length)
      items.push({ added: item as Item, text: '', done: undefined })
    } else if (output_index !== undefined) {
      const one = items[Number(output_index)]
      expect(one).toMatchObject({ done: undefined })
      if (one === undefined) continue
      expect(item_id ?? (item as Item).id).toBe(one.added.id)
      if (type === 'response.output_text.delta') one.text += delta
      if (type === 'response.output_item.done') one.done = item as Item
    }
  }
  const last = events.at(-1)?.response as { output: Item[] }
  expect(last.output).toEqual(items.map(({ done }) => done))
  expect(new Set(last.output.map(({ id }) => id)).size).toBe(items.length)
  return items.map(({ text }) => text).join('')
}

/** OpenAI's own client, for which the gateway answers with these bytes. */
const client = (wire: string) =>
  new OpenAI({
    apiKey: 'none',
    baseURL: 'http://gateway.test/v1',
    maxRetries: 0,
    fetch: async () => new Response(wire, { headers: { 'content-type': 'text/event-stream' } }),
  })

const lastResponse = (wire: string) => eventsIn(wire).at(-1)?.response

describe('words of ours before a reply', () => {
  it('are a whole message of their own as item 0, and the engine’s items follow in one response', () => {
    const events = eventsIn(play(reply, { opening: true }))
    expect(events.map(({ type, output_index }) => `${type} ${output_index ?? ''}`.trim())).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added 0',
      'response.content_part.added 0',
      'response.output_text.delta 0',
      'response.output_text.done 0',
      'response.content_part.done 0',
      'response.output_item.done 0',
      'response.output_item.added 1',
      'response.output_item.done 1',
      'response.output_item.added 2',
      'response.content_part.added 2',
      'response.output_text.delta 2',
      'response.output_text.delta 2',
      'response.output_text.done 2',
      'response.content_part.done 2',
      'response.output_item.done 2',
      'response.completed',
    ])
    expect(events[0]).toMatchObject({ response: { id: 'resp_req-1', status: 'in_progress', output: [] } })
    expect(events[2]).toMatchObject({ item: { id: 'msg_haltgate-opening-req-1', status: 'in_progress' } })
    expect(events[4]).toMatchObject({ delta: openingText })
  })

  it('leave everything else of the final response the engine’s, but for the id that it began with', () => {
    expect(lastResponse(play(reply, { opening: true }))).toMatchObject({
      id: 'resp_req-1',
      model: 'engine-model',
      metadata: { theirs: 'kept' },
      output: [{ content: [{ text: openingText }] }, { id: 'rs_0' }, { id: 'msg_1' }],
    })
  })

  it('come under the engine’s own id once the engine has begun', () => {
    const wire = play(reply, { opening: true, openAfter: 1 })
    expect(heard(wire)).toBe(`${openingText}You matter.`)
    expect(lastResponse(wire)).toMatchObject({ id: 'resp_E' })
  })

  it('wait for the engine’s id where the caller may go on by it', () => {
    const stream = open({ store: true })
    expect(stream.openWith(openingText)).toBeUndefined()
    let wire = ''
    const [created, ...rest] = reply
    stream.read(JSON.stringify(created), 'response.created')
    wire += utf8(stream.openWith(openingText))
    for (const event of rest) stream.read(JSON.stringify(event), event.type)
    for (const event of reply)
      wire += utf8(stream.rewrite(JSON.stringify(event), event.type)) ?? original(event)
    expect(heard(wire)).toBe(`${openingText}You matter.`)
    expect(lastResponse(wire)).toMatchObject({ id: 'resp_E' })
  })

  it('are refused where a program reads the reply, and in an earlier reply', () => {
    expect(open({ tool_choice: 'required' }).openWith(openingText)).toBeUndefined()
    const request = dialect.readRequest(undefined, {
      method: 'GET',
      pathAndQuery: '/v1/responses/resp_E?stream=true',
    })
    const stream = dialect.openStream(request, made)
    stream.read(JSON.stringify(reply[0]), 'response.created')
    expect(stream.openWith(openingText)).toBeUndefined()
  })

  it('are refused once an item of the engine’s has begun', () => {
    const stream = open()
    for (const event of reply.slice(0, 3)) stream.read(JSON.stringify(event), event.type)
    stream.sent()
    expect(stream.openWith(openingText)).toBeUndefined()
  })

  it('can be followed at once by a safe end or by an error', () => {
    const stream = open()
    const first = utf8(stream.openWith(openingText)) ?? ''
    expect(heard(first + utf8(stream.endSafely('Call.')))).toBe(`${openingText}Call.`)
    const error = stream.endWithError(new GatewayError('engine_closed', 'it broke'), 'req-1')
    expect(eventsIn(utf8(error) ?? '')).toMatchObject([{ type: 'error', sequence_number: 8 }])
  })

  it('and a mark of the engine’s own at the end, which passes as it is', () => {
    const stream = open()
    stream.openWith(openingText)
    stream.read('[DONE]', undefined)
    expect(stream.rewrite('[DONE]', undefined)).toBeUndefined()
  })
})

describe('lines of ours behind a reply', () => {
  it('are a message of their own before the last event, and all before it is the engine’s byte for byte', () => {
    const before = reply.slice(0, -1).map(original).join('')
    const wire = play(reply, { adds: true })
    expect(wire.slice(0, before.length)).toBe(before)
    expect(heard(wire)).toBe(`You matter.${addedText}`)
    expect(lastResponse(wire)).toMatchObject({
      id: 'resp_E',
      output: [
        { id: 'rs_0' },
        { id: 'msg_1' },
        { id: 'msg_haltgate-added-req-1', content: [part(addedText)] },
      ],
    })
  })

  it('stand in the text that some engines put together, too', () => {
    const more = { output_text: 'You matter.' }
    const wire = play(streamOf([says(0, 'You matter.')], { more }), { opening: true, adds: true })
    expect(lastResponse(wire)).toMatchObject({ output_text: `${openingText}You matter.${addedText}` })
  })

  it.each([[[]], [null], [undefined]])(
    'leave no item out where the engine ends with the output %j',
    (output) => {
      for (const opening of [true, false]) {
        const list = streamOf([thinks(0), says(1, 'You.')], { more: { output } })
        expect(heard(play(list, { opening, adds: true }))).toBe(
          `${opening ? openingText : ''}You.${addedText}`,
        )
      }
    },
  )

  it('are numbered from 0 where the engine does not number', () => {
    const unnumbered = reply.map(({ sequence_number: _, ...event }): Event => event)
    const wire = play(unnumbered, { adds: true })
    const numbers = eventsIn(wire).flatMap(({ sequence_number }) => sequence_number ?? [])
    expect(numbers).toEqual([0, 1, 2, 3, 4, 5])
  })

  const filtered = { incomplete_details: { reason: 'content_filter' } }
  const refuses = (at: number) => silent(message(`msg_${at}`, { type: 'refusal', refusal: 'I cannot.' }), at)
  const json = { text: { format: { type: 'json_schema' } } }
  const ends: [string, Streamed[], object, readonly number[]][] = [
    ['completed', [says(0, 'a')], {}, [0]],
    ['completed', [], {}, [0]],
    ['completed', [says(0, 'a'), searches(1)], {}, [0]],
    ['completed', [refuses(0)], {}, [0]],
    ['incomplete', [says(0, 'a')], { incomplete_details: { reason: 'max_output_tokens' } }, [0]],
    ['incomplete', [says(0, 'a')], filtered, [0]],
    ['incomplete', [thinks(0)], filtered, []],
    ['completed', [says(0, 'a'), calls(1)], {}, []],
    ['completed', [calls(0)], { output: null }, []],
    ['completed', [silent({ type: 'mcp_approval_request', id: 'a' }, 0)], {}, []],
    ['completed', [silent({ type: 'a_later_call', id: 'a' }, 0)], {}, []],
    ['completed', [says(0, '{}')], json, []],
    ['cancelled', [says(0, 'a')], {}, []],
  ]
  it.each(ends)('are taken by texts alone: %s, no. %#', (type, items, more, expected) => {
    const stream = open()
    const seen = streamOf(items, { type, more }).map((event) => {
      stream.read(JSON.stringify(event), event.type)
      return stream.finishing()
    })
    expect(seen.slice(0, -1).flat()).toEqual([])
    expect(seen.at(-1)).toEqual(expected)
    stream.read('[DONE]', undefined)
    expect(stream.finishing()).toEqual([])
  })

  it('never stand in JSON', () => {
    const stream = open({ text: { format: { type: 'json_object' } } })
    for (const event of reply) {
      stream.read(JSON.stringify(event), event.type)
      expect(stream.finishing()).toEqual([])
      expect(stream.rewrite(JSON.stringify(event), event.type, added)).toBeUndefined()
    }
  })

  it('that were not sent before a cut are not taken for said', () => {
    const stream = open()
    for (const event of reply) stream.read(JSON.stringify(event), event.type)
    stream.sent(reply.length - 1)
    expect(utf8(stream.rewrite(JSON.stringify(reply.at(-1)), undefined, added))).toContain('116 123')
    const wire = reply.slice(0, -1).map(original).join('') + utf8(stream.endSafely('\n\nCut.'))
    expect(heard(wire)).toBe('You matter.\n\nCut.')
    stream.sent(1)
    expect(utf8(stream.endSafely('\n\nCut.'))).toBe('')
  })
})

describe('any reply, however it is held back', () => {
  const piece = fc.constantFrom('You ', 'matter', '.', ' é🙂', '\n', '\u2028')
  const kind = fc.oneof(
    fc.array(piece, { maxLength: 4 }).map((pieces) => (at: number) => says(at, ...pieces)),
    fc.constantFrom(thinks, searches),
  )
  const events = fc
    .tuple(fc.array(kind, { maxLength: 4 }), fc.constantFrom('completed', 'incomplete'))
    .map(([kinds, type]) =>
      streamOf(
        kinds.map((make, at) => make(at)),
        { type },
      ),
    )
  const openAfter = fc.nat(2)
  const pattern = fc.array(fc.record({ read: fc.nat(6), send: fc.nat(6) }), { maxLength: 12 })
  const said = (list: Event[]) => list.map(({ delta }) => delta ?? '').join('')

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
          expect(eventsIn(wire).at(-1)?.type).toBe(list.at(-1)?.type)
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

  it('can be cut anywhere, and ends as a whole response with what was sent and the safe words', () => {
    fc.assert(
      fc.property(
        events,
        pattern,
        fc.boolean(),
        fc.boolean(),
        fc.nat(30),
        (list, pattern, opening, adds, cut) => {
          // A call that the engine has begun and not ended stays open, and cannot stand in the output.
          const open = list.findIndex(
            ({ type, item }) => type.endsWith('added') && (item as Item)?.type === 'web_search_call',
          )
          const cutAfter = Math.min(cut, list.length - 1, open < 0 ? Infinity : open)
          const wire = play(list, { opening, adds, pattern, cutAfter })
          expect(heard(wire)).toBe(`${opening ? openingText : ''}${said(list.slice(0, cutAfter))}\n\nCut.`)
          expect(eventsIn(wire).at(-1)).toMatchObject({ type: 'response.completed' })
        },
      ),
    )
  })

  it('is read by OpenAI’s own client as one response', async () => {
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.boolean(),
        openAfter,
        fc.boolean(),
        async (list, opening, openAfter, adds) => {
          const stream = client(play(list, { opening, openAfter, adds })).responses.stream(ask)
          const final = await stream.finalResponse()
          expect(final.output_text).toBe((opening ? openingText : '') + said(list) + (adds ? addedText : ''))
          expect(`response.${final.status}`).toBe(list.at(-1)?.type)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('lines of ours in a whole reply', () => {
  const add = (body: unknown, request = view(), choices?: number[]) =>
    dialect.addText(body, addedText, request, choices)
  const said = message('msg_1', part('You '), part('matter.'))

  it('are one paragraph more in its last message, and the reply given stays as it is', () => {
    const body = response('completed', [thinks(0).item, said, searches(2).item], {
      output_text: 'You matter.',
    })
    const copy = structuredClone(body)
    expect(add(body)).toEqual({
      ...copy,
      output: [thinks(0).item, message('msg_1', part('You '), part(`matter.${addedText}`)), searches(2).item],
      output_text: `You matter.${addedText}`,
    })
    expect(body).toEqual(copy)
  })

  it('are a part of their own behind a refusal, and a message of their own where there is none', () => {
    const refusal = { type: 'refusal', refusal: 'I cannot.' }
    expect(add(response('completed', [message('msg_1', refusal)]))).toMatchObject({
      output: [message('msg_1', refusal, part(addedText))],
    })
    const [, own, ...more] = (add(response('completed', [searches(0).item])) as { output: Item[] }).output
    expect(own).toEqual(message('msg_haltgate-added-resp_E', part(addedText)))
    expect(more).toEqual([])
  })

  it('get an id that engines take back, however long the id of the reply', () => {
    const id = `resp_${'0123456789abcdef'.repeat(4)}`
    const { output } = add(response('completed', [], { id })) as { output: Item[] }
    expect(output[0]?.id).toMatch(/^msg_[\w-]{1,60}$/)
  })

  const refused: [string, unknown][] = [
    ['a tool call', response('completed', [said, calls(1).item])],
    ['JSON', response('completed', [said], { text: { format: { type: 'json_object' } } })],
    [
      'a filtered reply without words',
      response('incomplete', [], { incomplete_details: { reason: 'content_filter' } }),
    ],
    ['a reply that is still being made', response('in_progress', [])],
    ['a failed reply', response('failed', [])],
    ['what is no reply', { object: 'list' }],
  ]
  it.each(refused)('are not added to %s', (_name, body) => {
    expect(add(body)).toBeUndefined()
  })

  it('are not added where a program reads, nor where another choice is meant', () => {
    const body = response('completed', [said])
    expect(add(body, view({ tool_choice: 'required' }))).toBeUndefined()
    expect(add(body, view(), [1])).toBeUndefined()
    expect(add(body, view(), [0])).toBeDefined()
  })
})

it('a caller who sends our words back as history is read as before', () => {
  const { output } = lastResponse(play(reply, { opening: true, adds: true })) as { output: Item[] }
  expect(view({ input: [...output, { role: 'user', content: 'hi' }] }).messages).toMatchObject([
    { role: 'assistant', text: openingText },
    { role: 'assistant', text: '' },
    { role: 'assistant', text: 'You matter.' },
    { role: 'assistant', text: addedText },
    { role: 'user', text: 'hi' },
  ])
})
