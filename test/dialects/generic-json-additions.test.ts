import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { sseFrame } from '../../src/dialects/sse.ts'
import { gatewayOf, type HeldEvent, sseEvents } from './held-stream.ts'

const made = { requestId: 'req-1', nowMs: 0 }
const plain = { paths: ['POST /chat'], userText: '$.message', replyText: '$.reply.text' }
const dialectOf = (options: object) => createDialect('generic-json', { ...plain, ...options })
const requestOf = (options: object) => dialectOf(options).readRequest({ message: 'hi', stream: true })
const open = (options: object) => dialectOf(options).openStream(requestOf(options), made)

const acknowledgement = 'I have read this.\n\n'
const lines = '\n\nCall 116 123.\nGrüße 🙂'
const event = (json: unknown): HeldEvent => ({ data: JSON.stringify(json) })
const done: HeldEvent = { data: '[DONE]' }
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const always = () => lines

/** What a client that joins the texts of each choice has in the end. */
function joined(bytes: Uint8Array, options: object): string[] {
  const reader = open(options)
  const texts: string[] = []
  for (const { data, event } of sseEvents(bytes))
    for (const { choice, text } of reader.read(data, event)) texts[choice] = (texts[choice] ?? '') + text
  return texts
}

describe('a paragraph at the end of a stream', () => {
  const delta = { streamDelta: '$.delta' }
  const every = { streamDelta: '$.parts[*].say' }

  it('stands before the end mark, whose bytes stay', () => {
    const events = [event({ delta: 'Hello.' }), event({ meta: 1 }), { data: ' [DONE] ', event: 'end' }]
    const { bytes, finishing } = gatewayOf(() => open(delta), undefined).send(events, always)
    expect(finishing).toEqual([[], [], [0]])
    expect(joined(bytes, delta)).toEqual([`Hello.${lines}`])
    expect(sseEvents(bytes).at(-1)).toMatchObject(events[2] ?? {})
  })

  it('is all there is where the engine says nothing', () => {
    const { bytes } = gatewayOf(() => open(delta), undefined).send([done], always)
    expect(joined(bytes, delta)).toEqual([lines])
  })

  it('is offered for the texts that have spoken, once', () => {
    const events = [
      event({ parts: [{ say: '' }, { say: 'b' }] }),
      event({ parts: [{}, { say: 'a' }] }),
      done,
      done,
    ]
    expect(gatewayOf(() => open(every), undefined).send(events).finishing).toEqual([[], [], [0, 1], []])
  })

  it('reaches the texts it is meant for and no other', () => {
    const events = [event({ parts: [{ say: 'a' }, { say: 'b' }, { say: 'c' }] }), done]
    const { bytes } = gatewayOf(() => open(every), undefined).send(events, (choice) =>
      choice === 1 ? lines : undefined,
    )
    expect(joined(bytes, every)).toEqual(['a', `b${lines}`, 'c'])
  })

  it('comes after the body where streams have no end mark', () => {
    const options = { ...every, streamDone: null }
    const gateway = gatewayOf(() => open(options), acknowledgement)
    const { bytes, finishing } = gateway.send([event({ parts: [{ say: 'a' }, { say: 'b' }] })], always)
    expect(finishing).toEqual([[]])
    expect(joined(bytes, options)).toEqual([`${acknowledgement}a`, 'b'])
    expect(text(gateway.stream.closeWith?.(lines))).toBe(
      sseFrame(JSON.stringify({ parts: [{ say: lines }, { say: lines }] })),
    )
    expect(text(gateway.stream.closeWith?.(lines, [1]))).toBe(
      sseFrame(JSON.stringify({ parts: [{ say: '' }, { say: lines }] })),
    )
    expect(text(gateway.stream.closeWith?.(lines, []))).toBe('')
    expect(text(open(options).closeWith?.(lines))).toBe(sseFrame(JSON.stringify({ parts: [{ say: lines }] })))
  })
})

describe('an acknowledgement before the stream', () => {
  it('stands where the texts of the service do, and has the same bytes whenever it is asked for', () => {
    const expected = 'data: {"reply":{"text":"I have read this.\\n\\n"}}\n\n'
    expect(text(open({}).openWith(acknowledgement))).toBe(expected)
    const later = open({})
    later.read('{"reply":{"text":"a"}}', undefined)
    expect(text(later.openWith(acknowledgement))).toBe(expected)
    later.sent()
    expect(later.openWith(acknowledgement)).toBeUndefined()
  })

  it('may follow an engine that began at once and then thinks', () => {
    const stream = open({})
    stream.read('{"meta":1}', undefined)
    stream.sent()
    expect(text(stream.openWith(acknowledgement))).toContain('I have read this.')
    stream.read('[DONE]', undefined)
    stream.sent()
    expect(stream.openWith(acknowledgement)).toBeUndefined()
  })

  it('is followed by a safe end while the events of the engine are held', () => {
    const stream = open({})
    stream.openWith(acknowledgement)
    for (const { data } of [event({ reply: { text: 'a' } }), done]) stream.read(data, undefined)
    expect(text(stream.endSafely('Call.'))).toBe('data: {"reply":{"text":"Call."}}\n\ndata: [DONE]\n\n')
  })
})

describe('for any stream', () => {
  const options = { streamDelta: '$.parts[*].say' }
  const pieces = fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 3 }), {
    maxLength: 8,
  })
  const hold = fc.infiniteStream(fc.integer({ min: 1, max: 4 }))
  const eventsOf = (chunks: string[][]) => [
    ...chunks.map((texts) => event({ parts: texts.map((say) => ({ say })), meta: 1 })),
    done,
  ]

  it('each text is acknowledgement, words of the engine, added text', () => {
    const addTo = fc.uniqueArray(fc.nat(2))
    fc.assert(
      fc.property(pieces, fc.boolean(), addTo, hold, (chunks, acknowledged, addTo, hold) => {
        const gateway = gatewayOf(() => open(options), acknowledged ? acknowledgement : undefined, hold)
        const added = (choice: number) => (addTo.includes(choice) ? lines : undefined)
        const texts = joined(gateway.send(eventsOf(chunks), added).bytes, options)
        const said = [0, 1, 2].map((choice) => chunks.map((texts) => texts[choice] ?? '').join(''))
        const silent = said.every((text) => text === '')
        for (const [choice, own] of said.entries()) {
          const opening = acknowledged && choice === 0 ? acknowledgement : ''
          const speaks = own !== '' || (silent && choice === 0)
          expect(texts[choice] ?? '').toBe(opening + own + ((speaks && added(choice)) || ''))
        }
      }),
      { numRuns: 150 },
    )
  })

  it('a stream that nothing is added to goes out byte for byte', () => {
    fc.assert(
      fc.property(pieces, hold, fc.boolean(), (chunks, hold, acknowledged) => {
        const events = eventsOf(chunks)
        const opening = acknowledged ? acknowledgement : undefined
        const { bytes } = gatewayOf(() => open(options), opening, hold).send(events)
        const first = acknowledged ? text(open(options).openWith(acknowledgement)) : ''
        expect(text(bytes)).toBe(first + events.map(({ data }) => sseFrame(data)).join(''))
      }),
    )
  })
})

describe('a paragraph in a whole reply', () => {
  const add = (options: object, body: unknown, choices?: number[]) =>
    dialectOf(options).addText(body, lines, requestOf(options), choices)

  it('stands at the end of the text, and nothing else changes', () => {
    const body = { id: 7, reply: { text: 'Hello.', mood: 'calm' }, more: [null] }
    const before = structuredClone(body)
    expect(add({}, body)).toEqual({ ...body, reply: { text: `Hello.${lines}`, mood: 'calm' } })
    expect(body).toEqual(before)
  })

  it('knows several texts as they are read, and reaches those named', () => {
    const options = { replyText: '$[*].text' }
    const body = [{ image: 'x' }, { text: 'a' }, { text: null }, { text: 'b' }]
    expect(
      dialectOf(options)
        .readReply(body)
        .map(({ choice }) => choice),
    ).toEqual([0, 1])
    expect(add(options, body, [1])).toEqual([
      { image: 'x' },
      { text: 'a' },
      { text: null },
      { text: `b${lines}` },
    ])
    expect(add(options, body)).toEqual([
      { image: 'x' },
      { text: `a${lines}` },
      { text: null },
      { text: `b${lines}` },
    ])
  })

  it('is not added to a text that is not there', () => {
    expect(add({}, { reply: { text: 'a' } }, [1])).toBeUndefined()
    expect(add({}, { reply: { text: 'a' } }, [])).toBeUndefined()
    expect(add({}, { reply: {} })).toBeUndefined()
  })
})
