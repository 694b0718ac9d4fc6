import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { GenericJsonOptions } from '../../src/dialects/generic-json.ts'
import { createDialect } from '../../src/dialects/index.ts'
import { GatewayError } from '../../src/errors.ts'

const made = { requestId: 'req-1', nowMs: 0 }
const plain = { paths: ['POST /chat'], userText: '$.message', replyText: '$.reply.text' }
const conversation = { ...plain, userText: { messages: '$.history' } }
const dialectOf = (options: object) => createDialect('generic-json', { ...plain, ...options })
const streamOf = (options: object) => {
  const dialect = dialectOf(options)
  return dialect.openStream(dialect.readRequest({ message: 'hi', stream: true }), made)
}
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

describe('the paths it reads', () => {
  const dialect = dialectOf({ paths: ['POST /chat', 'PUT /sessions/*/turns', 'POST /a.b'] })
  const table: [string, string, boolean][] = [
    ['POST', '/chat', true],
    ['POST', '/chat/', true],
    ['POST', '//Ch%61t', true],
    ['PUT', '/sessions/17/turns', true],
    ['PUT', '/sessions/1/7/turns', false],
    ['PUT', '/sessions//turns', false],
    ['POST', '/sessions/17/turns', false],
    ['GET', '/chat', false],
    ['POST', '/chat/more', false],
    ['POST', '/aXb', false],
  ]
  it.each(table)('%s %s: %s', (method, path, expected) => {
    expect(dialect.reads(method, path)).toBe(expected)
  })
})

describe('a request', () => {
  it('gives the text at a path as the message of the person', () => {
    expect(dialectOf({}).readRequest({ message: 'hello', other: 1 })).toEqual({
      stream: false,
      model: undefined,
      messages: [{ role: 'user', text: 'hello' }],
      choices: 1,
      replyForm: 'text',
    })
  })

  it('gives a conversation; whoever is not known to be someone else is the person', () => {
    const history = [
      { role: 'bot', content: 'Hello.' },
      { role: 'bot', content: null },
      { role: 'patient', content: 'I am tired' },
      { content: 'no role' },
      { role: null, content: 'null role' },
    ]
    expect(dialectOf(conversation).readRequest({ history }).messages).toEqual([
      { role: 'bot', text: 'Hello.' },
      { role: 'bot', text: '' },
      { role: 'user', text: 'I am tired' },
      { role: 'user', text: 'no role' },
      { role: 'user', text: 'null role' },
    ])
  })

  it('follows paths within a message and joins its parts', () => {
    const userText = {
      messages: '$.contents',
      role: '$.by.kind',
      content: '$.parts[*].text',
      otherRoles: ['care'],
    }
    const contents = [
      { by: { kind: 'care' }, parts: [{ text: 'Hello.' }] },
      { by: { kind: 'assistant' }, parts: [{ text: 'a' }, { image: 'x' }, { text: 'b' }] },
    ]
    expect(dialectOf({ userText }).readRequest({ contents }).messages).toEqual([
      { role: 'care', text: 'Hello.' },
      { role: 'user', text: 'a\nb' },
    ])
  })

  const streams: [object, object, boolean][] = [
    [{}, { stream: true }, true],
    [{}, { stream: 'true' }, false],
    [{}, {}, false],
    [{ streamWhen: { path: '$.options.mode', equals: 'live' } }, { options: { mode: 'live' } }, true],
    [{ streamWhen: { path: '$.options.mode', equals: 'live' } }, { stream: true }, false],
  ]
  it.each(streams)('with options %j and body %j asks for a stream: %s', (options, body, stream) => {
    expect(dialectOf(options).readRequest({ message: 'x', ...body }).stream).toBe(stream)
  })

  const wrong: [object, unknown, string][] = [
    [plain, {}, '$.message: expected the text of a message'],
    [plain, null, '$.message: expected the text of a message'],
    [plain, { message: ['x'] }, '$.message: expected a string'],
    [conversation, {}, '$.history: expected an array of messages'],
    [conversation, { history: {} }, '$.history: expected an array of messages'],
    [
      conversation,
      { history: [{ role: 'bot' }, { role: 3, content: 'x' }] },
      '$.history[1].role: expected a role',
    ],
    [conversation, { history: [{ role: 'user' }] }, '$.history[0].content: expected the text of the message'],
    [conversation, { history: [null] }, '$.history[0].content: expected the text of the message'],
    [conversation, { history: [{ role: 'bot', content: {} }] }, '$.history[0].content: expected a string'],
  ]
  it.each(wrong)('%# is refused with the path', (options, body, message) => {
    expect(() => createDialect('generic-json', options).readRequest(body)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(message) }),
    )
  })
})

describe('a whole reply', () => {
  it('has its text at the path, several where the path says so', () => {
    expect(dialectOf({}).readReply({ reply: { text: 'a' }, error: null })).toEqual([
      { choice: 0, kind: 'content', text: 'a' },
    ])
    expect(
      dialectOf({ replyText: '$[*].text' }).readReply([{ text: 'a' }, { text: '' }, { text: 'c' }]),
    ).toEqual([
      { choice: 0, kind: 'content', text: 'a' },
      { choice: 2, kind: 'content', text: 'c' },
    ])
  })

  it.each([null, [], 'x', {}, { reply: null }, { reply: { text: null } }, { reply: { text: 4 } }])(
    'that is %j is engine_garbage',
    (body) => {
      expect(() => dialectOf({}).readReply(body)).toThrow(expect.objectContaining({ code: 'engine_garbage' }))
    },
  )

  it('with more texts than can be followed is engine_garbage', () => {
    expect(() => dialectOf({ replyText: '$[*]' }).readReply(Array(129).fill('a'))).toThrow(
      expect.objectContaining({ code: 'engine_garbage' }),
    )
  })

  it('that carries an error is engine_error', () => {
    const engineError = expect.objectContaining({ code: 'engine_error' })
    expect(() => dialectOf({}).readReply({ error: 'x', reply: { text: 'a' } })).toThrow(engineError)
    expect(() => dialectOf({ errorText: '$.fault.message' }).readReply({ fault: { message: 'x' } })).toThrow(
      engineError,
    )
  })

  it('of ours stands where the service puts its own', () => {
    const dialect = dialectOf({})
    const request = dialect.readRequest({ message: 'x' })
    expect(dialect.safeReply(request, 'Call.', made)).toEqual({ reply: { text: 'Call.' } })
  })

  it('of ours carries an error at its path, with code and request id', () => {
    const error = new GatewayError('engine_timeout', 'too slow')
    expect(dialectOf({}).errorBody(error, 'req-1')).toEqual({
      error: 'too slow',
      code: 'engine_timeout',
      request_id: 'req-1',
    })
    expect(dialectOf({ errorText: '$.fault.message' }).errorBody(error, 'req-1')).toEqual({
      fault: { message: 'too slow' },
      code: 'engine_timeout',
      request_id: 'req-1',
    })
    expect(dialectOf({ errorText: '$' }).errorBody(error, 'req-1')).toBe('too slow')
  })
})

describe('a stream', () => {
  it('gives its new texts and ends with its mark', () => {
    const stream = streamOf({ streamDelta: '$.delta', streamDone: '{"done":true}' })
    expect(stream.read('{"delta":"a"}', undefined)).toEqual([{ choice: 0, kind: 'content', text: 'a' }])
    expect(stream.read('{"meta":1}', undefined)).toEqual([])
    expect(stream.ended()).toBe(false)
    expect(stream.read('{"done":true}', undefined)).toEqual([])
    expect(stream.ended()).toBe(true)
  })

  it('without a mark never says that it ended', () => {
    expect(dialectOf({ streamDone: null }).streamsEndMarked).toBe(false)
    expect(dialectOf({}).streamsEndMarked).toBe(true)
    const stream = streamOf({ streamDone: null })
    stream.read('{"reply":{"text":"a"}}', undefined)
    expect(stream.ended()).toBe(false)
    expect(text(stream.endSafely('x'))).toBe('data: {"reply":{"text":"x"}}\n\n')
  })

  it('ends safely with a delta and the mark, until the mark has been sent', () => {
    const stream = streamOf({ streamDelta: '$.delta' })
    stream.read('{"delta":"a"}', undefined)
    stream.sent()
    stream.read('[DONE]', undefined)
    expect(text(stream.endSafely('\n\nCall.'))).toBe('data: {"delta":"\\n\\nCall."}\n\ndata: [DONE]\n\n')
    stream.sent()
    expect(text(stream.endSafely('x'))).toBe('')
  })

  it('ends with an error and without the mark', () => {
    const bytes = streamOf({}).endWithError(new GatewayError('engine_closed', 'cut'), 'req-1')
    expect(text(bytes)).toBe('data: {"code":"engine_closed","request_id":"req-1","error":"cut"}\n\n')
  })

  it('refuses garbage and errors inside', () => {
    expect(() => streamOf({}).read('not json', undefined)).toThrow(
      expect.objectContaining({ code: 'engine_garbage' }),
    )
    expect(() => streamOf({}).read('{"reply":{"text":[]}}', undefined)).toThrow(
      expect.objectContaining({ code: 'engine_garbage' }),
    )
    expect(() => streamOf({}).read('{"error":"x"}', undefined)).toThrow(
      expect.objectContaining({ code: 'engine_error' }),
    )
    expect(() => streamOf({}).read('{}', 'error')).toThrow(expect.objectContaining({ code: 'engine_error' }))
  })
})

it('throws nothing but a GatewayError, whatever the JSON', () => {
  const json = fc.jsonValue()
  const body = fc.dictionary(
    fc.constantFrom('message', 'history', 'reply', 'error'),
    fc.oneof(json, fc.array(fc.record({ role: json, content: json }))),
  )
  const dialects = [
    dialectOf({}),
    dialectOf(conversation),
    dialectOf({ userText: '$.history[*].content', replyText: '$[*]' }),
  ]
  fc.assert(
    fc.property(fc.constantFrom(...dialects), fc.oneof(json, body), (dialect, value) => {
      for (const read of [
        () => dialect.readRequest(value),
        () => dialect.readReply(value),
        () =>
          dialect
            .openStream({ stream: true, model: undefined, messages: [], choices: 1, replyForm: 'text' }, made)
            .read(JSON.stringify(value), undefined),
      ]) {
        try {
          read()
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }
    }),
    { numRuns: 200 },
  )
})

describe('options', () => {
  const wrong: [object, string][] = [
    [{ paths: [] }, 'paths'],
    [{ paths: ['/chat'] }, 'expected a method and a path, such as POST /chat'],
    [{ userText: 'message' }, "expected '$' at position 1, found 'message'"],
    [{ userText: { messages: '$.a', rolle: '$.b' } }, 'Unrecognized key: "rolle"'],
    [{ userText: 5 }, 'expected a path such as $.message, or an object with messages'],
    [{ replyText: '$.a-b' }, "at position 4, found '-b'"],
    [{ replyText: undefined }, 'replyText'],
    [{ streamDone: '' }, 'streamDone'],
    [{ replyTxt: '$.a' }, 'replyTxt'],
  ]
  it.each(wrong)('%j are refused with what was expected', (options, message) => {
    expect(() => dialectOf(options)).toThrow(message)
  })

  it('are all described', () => {
    const { properties = {} } = z.toJSONSchema(GenericJsonOptions, { io: 'input' })
    for (const [name, property] of Object.entries(properties))
      expect([name, typeof property === 'object' && property.description]).toEqual([name, expect.any(String)])
  })
})
