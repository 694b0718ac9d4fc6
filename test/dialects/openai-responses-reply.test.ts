import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { GatewayError } from '../../src/errors.ts'

const dialect = createDialect('openai-responses')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const request = dialect.readRequest({ model: 'gpt-x', input: 'hi' })
const retrieval = dialect.readRequest(undefined, { method: 'GET', pathAndQuery: '/v1/responses/resp_E' })
const reply = (...output: unknown[]) => ({ object: 'response', status: 'completed', error: null, output })
const message = (...content: unknown[]) => ({ type: 'message', id: 'msg_1', role: 'assistant', content })

describe('the texts of a whole reply', () => {
  const table: [string, unknown, [number, string, string][]][] = [
    [
      'messages',
      reply(message({ type: 'output_text', text: 'a' }), message({ type: 'output_text', text: 'b' })),
      [
        [0, 'content', 'a'],
        [1, 'content', 'b'],
      ],
    ],
    ['a refusal', reply(message({ type: 'refusal', refusal: 'no' })), [[0, 'refusal', 'no']]],
    [
      'what is spoken',
      reply(message({ type: 'output_audio', transcript: 'said' })),
      [[0, 'content', 'said']],
    ],
    [
      'reasoning, in summary and in full',
      reply({
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 's' }],
        content: [{ type: 'reasoning_text', text: 'r' }],
      }),
      [
        [0, 'reasoning', 's'],
        [0, 'reasoning', 'r'],
      ],
    ],
    [
      'calls of tools',
      reply(
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' },
        { type: 'custom_tool_call', call_id: 'd', name: 'g', input: 'x' },
        { type: 'mcp_call', id: 'm', arguments: '{}', output: 'found' },
        { type: 'code_interpreter_call', id: 'i', code: 'print(1)', outputs: [{ type: 'logs', logs: '1' }] },
        { type: 'web_search_call', id: 'w', action: { type: 'search', query: 'help near me' } },
        { type: 'a_later_kind', id: 'l', text: 'new' },
      ),
      [
        [0, 'tool-call', '{"a":1}'],
        [1, 'tool-call', 'x'],
        [2, 'tool-call', '{}'],
        [2, 'tool-call', 'found'],
        [3, 'tool-call', 'print(1)'],
        [3, 'tool-call', '1'],
        [4, 'tool-call', 'help near me'],
        [5, 'tool-call', 'new'],
      ],
    ],
    ['nothing yet, in the background', { status: 'queued', output: [] }, []],
    [
      'output_text that says the same',
      { ...reply(message({ text: 'a' })), output_text: 'a' },
      [[0, 'content', 'a']],
    ],
    ['output_text that says more', { ...reply(), output_text: 'b' }, [[0, 'content', 'b']]],
  ]
  it.each(table)('%s', (_name, body, texts) => {
    expect(dialect.readReply(body)).toEqual(
      texts.map(([part, kind, text]) => ({ choice: 0, kind, text, part })),
    )
  })
})

describe('a reply that is none', () => {
  const table: [unknown, string][] = [
    [null, 'not an object'],
    ['<html>', 'not an object'],
    [{}, 'output is not an array'],
    [{ output: {} }, 'output is not an array'],
    [reply(null), 'an output item is not an object'],
    [reply({ type: 'message', content: 'text' }), 'the content of an output item is not an array'],
    [reply(message('text')), 'a content part is not an object'],
    [reply(message({ text: 5 })), 'a content text is not a string'],
    [reply({ type: 'function_call', arguments: {} }), 'a tool-call text is not a string'],
    [reply(...Array.from({ length: 4097 }, () => message())), 'more than 4096 output items'],
    [{ ...reply(), output_text: 4 }, 'output_text is not a string'],
  ]
  it.each(table)('%j is engine_garbage: %s', (body, text) => {
    expect(() => dialect.readReply(body)).toThrow(
      expect.objectContaining({ code: 'engine_garbage', message: expect.stringContaining(text) }),
    )
  })

  it('is engine_error when it failed, with its code and none of its words', () => {
    const failed = { ...reply(), status: 'failed', error: { code: 'server_error', message: 'she said' } }
    expect(() => dialect.readReply(failed, request)).toThrow(
      expect.objectContaining({
        code: 'engine_error',
        message: 'the engine reported an error (server_error)',
      }),
    )
    expect(() => dialect.readReply({ error: { message: 'x' } }, retrieval)).toThrow(
      expect.objectContaining({ code: 'engine_error' }),
    )
  })

  it('is a reply when it failed earlier and is only looked up', () => {
    const failed = {
      ...reply(message({ type: 'output_text', text: 'half' })),
      status: 'failed',
      error: { code: 'server_error' },
    }
    expect(dialect.readReply(failed, retrieval)).toMatchObject([{ text: 'half' }])
  })

  it('throws nothing but a GatewayError, whatever the JSON', () => {
    const json = fc.jsonValue()
    const item = fc.record(
      {
        type: fc.oneof(json, fc.constantFrom('message', 'reasoning', 'function_call', 'mcp_call', 'x')),
        content: fc.oneof(json, fc.array(fc.record({ type: json, text: json }))),
        summary: json,
        arguments: json,
        output: json,
      },
      { requiredKeys: [] },
    )
    const body = fc.record({ output: fc.array(fc.oneof(json, item)) })
    fc.assert(
      fc.property(fc.oneof(json, body), (value) => {
        try {
          for (const { text } of dialect.readReply(value)) expect(typeof text).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('replies of ours', () => {
  it('say the safe text as a completed response that programs can tell', () => {
    expect(dialect.safeReply(request, 'Please call.', made)).toMatchObject({
      id: 'resp_req-1',
      object: 'response',
      created_at: 1_764_000_000,
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'gpt-x',
      metadata: { haltgate: 'safe-reply' },
      output: [
        {
          id: 'msg_haltgate-safe-req-1',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Please call.', annotations: [], logprobs: [] }],
        },
      ],
    })
  })

  it('are found by whoever waits for an earlier reply', () => {
    expect(dialect.safeReply(retrieval, 'x', made)).toMatchObject({ id: 'resp_E', status: 'completed' })
  })

  it('are read by the dialect itself', () => {
    expect(dialect.readReply(dialect.safeReply(request, 'x', made))).toEqual([
      { choice: 0, kind: 'content', text: 'x', part: 0 },
    ])
  })

  it('carry errors in the shape of OpenAI', () => {
    expect(dialect.errorBody(new GatewayError('engine_timeout', 'what to do'), 'req-9')).toEqual({
      error: {
        message: 'what to do',
        type: 'server_error',
        param: null,
        code: 'engine_timeout',
        request_id: 'req-9',
      },
    })
  })
})
