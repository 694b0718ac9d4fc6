import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { GatewayError } from '../../src/errors.ts'

const dialect = createDialect('openai-chat')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const request = dialect.readRequest({ model: 'gpt-x', n: 2, messages: [{ role: 'user', content: 'hi' }] })
const reply = (...messages: unknown[]) => ({
  choices: messages.map((message, index) => ({ index, message, finish_reason: 'stop' })),
})

describe('the texts of a whole reply', () => {
  const table: [string, unknown, [number, string, string][]][] = [
    [
      'content of all choices',
      reply({ content: 'a' }, { content: 'b' }),
      [
        [0, 'content', 'a'],
        [1, 'content', 'b'],
      ],
    ],
    ['choices out of order', { choices: [{ index: 1, message: { content: 'b' } }] }, [[1, 'content', 'b']]],
    ['a choice without an index', { choices: [{ message: { content: 'a' } }] }, [[0, 'content', 'a']]],
    ['a refusal', reply({ content: null, refusal: 'no' }), [[0, 'refusal', 'no']]],
    [
      'reasoning_content',
      reply({ content: 'a', reasoning_content: 'r' }),
      [
        [0, 'content', 'a'],
        [0, 'reasoning', 'r'],
      ],
    ],
    ['reasoning', reply({ reasoning: 'r' }), [[0, 'reasoning', 'r']]],
    [
      'tool calls',
      reply({
        content: null,
        tool_calls: [
          { type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          { type: 'custom', custom: { input: 'x' } },
        ],
      }),
      [
        [0, 'tool-call', '{"a":1}'],
        [0, 'tool-call', 'x'],
      ],
    ],
    [
      'the legacy function call',
      reply({ function_call: { name: 'f', arguments: '{}' } }),
      [[0, 'tool-call', '{}']],
    ],
    [
      'what is spoken',
      reply({ content: null, audio: { id: '1', transcript: 'said' } }),
      [[0, 'content', 'said']],
    ],
    [
      'typed content parts',
      reply({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'r' }] },
          { type: 'text', text: 'a' },
          'b',
        ],
      }),
      [
        [0, 'reasoning', 'r'],
        [0, 'content', 'a'],
        [0, 'content', 'b'],
      ],
    ],
    ['nothing where a filter took all', reply({ role: 'assistant' }), []],
    ['error: null is no error', { error: null, ...reply({ content: 'a' }) }, [[0, 'content', 'a']]],
  ]
  it.each(table)('%s', (_name, body, texts) => {
    expect(dialect.readReply(body)).toEqual(texts.map(([choice, kind, text]) => ({ choice, kind, text })))
  })
})

describe('a reply that is none', () => {
  const table: [unknown, string][] = [
    [null, 'not an object'],
    [[], 'not an object'],
    ['<html>', 'not an object'],
    [{}, 'choices is not an array'],
    [{ choices: null }, 'choices is not an array'],
    [{ choices: [] }, 'a reply without choices'],
    [{ choices: null, usage: {} }, 'a reply without choices'],
    [{ choices: [null] }, 'a choice is not an object'],
    [{ choices: [{}] }, 'choices[0].message is not an object'],
    [{ choices: [{ index: -1, message: {} }] }, 'the index of a choice'],
    [{ choices: [{ index: 10_000, message: {} }] }, 'the index of a choice'],
    [{ choices: [{ index: '0', message: {} }] }, 'the index of a choice'],
    [{ choices: Array.from({ length: 129 }, () => ({ message: {} })) }, 'more than 128 choices'],
    [reply({ content: 5 }), 'a content text is not a string'],
    [reply({ content: { text: 'a' } }), 'a content text is not a string'],
    [reply({ content: [5] }), 'a content part'],
    [reply({ tool_calls: {} }), 'tool_calls is not an array'],
    [reply({ tool_calls: [null] }), 'a tool call is not an object'],
    [reply({ tool_calls: [{ function: { arguments: { a: 1 } } }] }), 'a tool-call text is not a string'],
  ]
  it.each(table)('%j is engine_garbage: %s', (body, text) => {
    expect(() => dialect.readReply(body)).toThrow(
      expect.objectContaining({ code: 'engine_garbage', message: expect.stringContaining(text) }),
    )
  })

  it('is engine_error when a 200 carries an error, with its code and none of its words', () => {
    const thrown = (body: unknown) => expect(() => dialect.readReply(body))
    const error = (message: string) => expect.objectContaining({ code: 'engine_error', message })
    thrown({ error: { code: 'rate_limited', message: 'she said: I want to' } }).toThrow(
      error('the engine reported an error (rate_limited)'),
    )
    thrown({ error: { code: 500, type: 'server_error' } }).toThrow(
      error('the engine reported an error (server_error)'),
    )
    thrown({ error: 'overloaded' }).toThrow(error('the engine reported an error (overloaded)'))
    thrown({ error: 'cannot answer: she said' }).toThrow(error('the engine reported an error'))
    thrown({ error: {}, ...reply({ content: 'a' }) }).toThrow(error('the engine reported an error'))
  })

  it('throws nothing but a GatewayError, whatever the JSON', () => {
    const json = fc.jsonValue()
    const message = fc.dictionary(
      fc.constantFrom('content', 'refusal', 'reasoning', 'tool_calls', 'function_call', 'audio'),
      fc.oneof(json, fc.array(fc.record({ text: json, thinking: json, function: json }))),
    )
    const body = fc.record({ choices: fc.array(fc.oneof(json, fc.record({ index: json, message }))) })
    fc.assert(
      fc.property(fc.oneof(json, body), (value) => {
        try {
          for (const { text } of dialect.readReply(value)) expect(typeof text).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('replies of ours', () => {
  it('say the safe text in every choice, as a filtered completion', () => {
    const choice = (index: number) => ({
      index,
      message: { role: 'assistant', content: 'Please call.', refusal: null },
      logprobs: null,
      finish_reason: 'content_filter',
    })
    expect(dialect.safeReply(request, 'Please call.', made)).toEqual({
      id: 'chatcmpl-req-1',
      object: 'chat.completion',
      created: 1_764_000_000,
      model: 'gpt-x',
      choices: [choice(0), choice(1)],
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    })
  })

  it('are read by the dialect itself', () => {
    expect(dialect.readReply(dialect.safeReply(request, 'x', made))).toEqual([
      { choice: 0, kind: 'content', text: 'x' },
      { choice: 1, kind: 'content', text: 'x' },
    ])
  })

  const errors = [
    ['invalid_request', 'invalid_request_error'],
    ['body_too_large', 'invalid_request_error'],
    ['unauthorized', 'authentication_error'],
    ['forbidden', 'permission_error'],
    ['rate_limited', 'rate_limit_error'],
    ['engine_timeout', 'server_error'],
  ] as const
  it.each(errors)('carry the error %s as type %s with the request id', (code, type) => {
    expect(dialect.errorBody(new GatewayError(code, 'what to do'), 'req-9')).toEqual({
      error: { message: 'what to do', type, param: null, code, request_id: 'req-9' },
    })
  })
})
