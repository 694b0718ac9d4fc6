import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { GatewayError } from '../../src/errors.ts'

const dialect = createDialect('anthropic-messages')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const user = { role: 'user', content: 'hello' }
const read = (more: object) => dialect.readRequest({ model: 'm', max_tokens: 9, messages: [user], ...more })

describe('the paths it reads', () => {
  const table: [string, string, boolean][] = [
    ['POST', '/v1/messages', true],
    ['POST', '/anthropic/v1/messages', true],
    ['POST', '/v1/messages/', true],
    ['POST', '//v1//Messages', true],
    ['POST', '/v1/%6Dessages', true],
    ['POST', '/v1%2Fmessages', true],
    ['GET', '/v1/messages', false],
    ['POST', '/v1/messages/count_tokens', false],
    ['POST', '/v1/messages/batches', false],
    ['POST', '/v1/complete', false],
    ['POST', '/v1/messages%', false],
  ]
  it.each(table)('%s %s: %s', (method, path, expected) => {
    expect(dialect.reads(method, path)).toBe(expected)
  })

  it('leave counting tokens open, exactly spelt', () => {
    expect(dialect.carriesNoText?.('POST', '/v1/messages/count_tokens')).toBe(true)
    expect(dialect.carriesNoText?.('POST', '/v1/messages/count_tokens/')).toBe(false)
    expect(dialect.carriesNoText?.('POST', '/v1/messages')).toBe(false)
  })
})

describe('a conversation', () => {
  it('is read with its roles and texts; what tools found is not the person’s', () => {
    const body = {
      model: 'claude-x',
      stream: true,
      max_tokens: 100,
      system: [{ type: 'text', text: 'be kind', cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: 'hello' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'a greeting', signature: 'AAAA' },
            { type: 'redacted_thinking', data: 'AAAA' },
            { type: 'text', text: 'hi' },
            { type: 'tool_use', id: 't', name: 'find', input: { near: ['you', 1] } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'found' }] },
            { type: 'text', text: 'and now?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            {
              type: 'document',
              title: 'diary',
              source: { type: 'text', media_type: 'text/plain', data: 'dear' },
            },
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } },
            { type: 'search_result', source: 'u', title: 'page', content: [{ type: 'text', text: 'words' }] },
            { type: 'a_later_kind', text: 'under an unknown type' },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'nothing' }] },
        { role: 'system', content: 'and brief' },
      ],
    }
    expect(dialect.readRequest(body)).toEqual({
      stream: true,
      model: 'claude-x',
      choices: 1,
      replyForm: 'text',
      messages: [
        { role: 'system', text: 'be kind' },
        { role: 'user', text: 'hello' },
        { role: 'assistant', text: 'a greeting\nhi\nyou' },
        { role: 'tool', text: 'found' },
        { role: 'user', text: 'and now?\ndiary\ndear\npage\nwords\nunder an unknown type' },
        { role: 'tool', text: 'nothing' },
        { role: 'system', text: 'and brief' },
      ],
    })
  })

  it('has plain defaults', () => {
    expect(read({ stream: null, model: null, system: null })).toEqual({
      stream: false,
      model: undefined,
      choices: 1,
      replyForm: 'text',
      messages: [{ role: 'user', text: 'hello' }],
    })
  })

  const forms: [object, string][] = [
    [{ tool_choice: { type: 'auto' } }, 'text'],
    [{ tool_choice: { type: 'none' } }, 'text'],
    [{ output_config: { effort: 'high' } }, 'text'],
    [{ tool_choice: { type: 'any' } }, 'json-schema'],
    [{ tool_choice: { type: 'tool', name: 'f' } }, 'json-schema'],
    [{ output_config: { format: { type: 'json_schema', schema: {} } } }, 'json-schema'],
    [{ output_format: { type: 'json_schema', schema: {} } }, 'json-schema'],
  ]
  it.each(forms)('with %j has a reply in the form of %s', (more, form) => {
    expect(read(more).replyForm).toBe(form)
  })
})

describe('a wrong request is refused with the field', () => {
  const table: [unknown, string][] = [
    [null, 'body: expected an object with "messages"'],
    [{}, 'messages: expected an array of messages'],
    [{ messages: [] }, 'messages: expected at least one message'],
    [{ messages: [null] }, 'messages[0]: expected an object'],
    [{ messages: [{ role: 'User', content: 'x' }] }, 'messages[0].role: expected one of user, assistant'],
    [{ messages: [user, { role: 'user' }] }, 'messages[1].content: expected a string or an array'],
    [{ messages: [{ role: 'user', content: [null] }] }, 'messages[0].content[0]: expected an object'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages[0].content[0].type: '],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text: '],
    [{ messages: [user], system: 5 }, 'system: expected a string or an array'],
    [{ messages: [user], stream: 'yes' }, 'stream: expected true or false'],
    [{ messages: [user], model: 5 }, 'model: expected a string'],
  ]
  it.each(table)('%j: %s', (body, text) => {
    expect(() => dialect.readRequest(body)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(text) }),
    )
  })

  it('and with nothing but a GatewayError, whatever the JSON', () => {
    const json = fc.jsonValue()
    const block = fc.record(
      {
        type: fc.oneof(json, fc.constantFrom('text', 'tool_use', 'tool_result', 'document', 'x')),
        text: json,
        input: json,
        content: json,
        source: json,
      },
      { requiredKeys: [] },
    )
    const message = fc.record({
      role: fc.oneof(json, fc.constantFrom('user', 'assistant')),
      content: fc.oneof(json, fc.array(fc.oneof(json, block))),
    })
    const body = fc.record(
      { messages: fc.oneof(json, fc.array(message)), system: json, stream: json, tool_choice: json },
      { requiredKeys: ['messages'] },
    )
    fc.assert(
      fc.property(fc.oneof(json, body), (value) => {
        try {
          for (const { text } of dialect.readRequest(value).messages) expect(typeof text).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('without a stack that deep JSON could overflow', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}"x"${']'.repeat(100_000)}`)
    const input = [{ type: 'tool_use', id: 't', name: 'f', input: deep }]
    expect(read({ messages: [{ role: 'assistant', content: input }] }).messages).toEqual([
      { role: 'assistant', text: 'x' },
    ])
  })
})

describe('the texts of a whole reply', () => {
  const message = (...content: unknown[]) => ({
    type: 'message',
    role: 'assistant',
    content,
    stop_reason: 'x',
  })
  const table: [string, unknown, [number, string, string][]][] = [
    [
      'text and thoughts',
      message(
        { type: 'thinking', thinking: 'hm', signature: 'AAAA' },
        { type: 'redacted_thinking', data: 'AAAA' },
        { type: 'text', text: 'a', citations: [{ cited_text: 'source' }] },
      ),
      [
        [0, 'reasoning', 'hm'],
        [2, 'content', 'a'],
      ],
    ],
    [
      'tools, of the caller and of the engine',
      message(
        { type: 'tool_use', id: 't', name: 'f', input: { q: 'where', deep: [{ x: 'here' }] } },
        { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'help' } },
        { type: 'web_search_tool_result', content: [{ title: 'page', url: 'u', encrypted_content: 'AAAA' }] },
      ),
      [
        [0, 'tool-call', 'where\nhere'],
        [1, 'tool-call', 'help'],
        [2, 'tool-call', 'page'],
      ],
    ],
    ['blocks of a later version', message({ type: 'x', summary: 'new' }), [[0, 'content', 'new']]],
    ['nothing', message(), []],
  ]
  it.each(table)('%s', (_name, body, texts) => {
    expect(dialect.readReply(body)).toEqual(
      texts.map(([part, kind, text]) => ({ choice: 0, kind, text, part })),
    )
  })

  const garbage: [unknown, string][] = [
    [null, 'not an object'],
    [{}, 'content is not an array'],
    [message(null), 'a content block is not an object'],
    [message({ text: 'a' }), 'a content block has no type'],
    [message({ type: 'text', text: 5 }), 'a content text is not a string'],
    [message(...Array.from({ length: 4097 }, () => ({ type: 'text' }))), 'more than 4096 content blocks'],
  ]
  it.each(garbage)('%j is engine_garbage: %s', (body, text) => {
    expect(() => dialect.readReply(body)).toThrow(
      expect.objectContaining({ code: 'engine_garbage', message: expect.stringContaining(text) }),
    )
  })

  it('an error in a 200 is engine_error, with its type and none of its words', () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'she said' } }
    expect(() => dialect.readReply(body)).toThrow(
      expect.objectContaining({
        code: 'engine_error',
        message: 'the engine reported an error (overloaded_error)',
      }),
    )
  })

  it('throws nothing but a GatewayError, whatever the JSON', () => {
    const json = fc.jsonValue()
    const block = fc.record(
      { type: fc.oneof(json, fc.string()), text: json, thinking: json, input: json, content: json },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(json, fc.record({ content: fc.array(fc.oneof(json, block)) })), (value) => {
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
  it('say the safe text as the end of a turn, never as a refusal', () => {
    expect(dialect.safeReply(read({}), 'Please call.', made)).toMatchObject({
      id: 'msg_req-1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Please call.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 0, output_tokens: 0 },
    })
  })

  it('are read by the dialect itself', () => {
    expect(dialect.readReply(dialect.safeReply(read({}), 'x', made))).toEqual([
      { choice: 0, kind: 'content', text: 'x', part: 0 },
    ])
  })

  const errors = [
    ['invalid_request', 'invalid_request_error'],
    ['body_too_large', 'request_too_large'],
    ['unauthorized', 'authentication_error'],
    ['forbidden', 'permission_error'],
    ['not_found', 'not_found_error'],
    ['rate_limited', 'rate_limit_error'],
    ['engine_timeout', 'timeout_error'],
    ['halted', 'api_error'],
    ['engine_error', 'api_error'],
  ] as const
  it.each(errors)('carry the error %s as type %s with the request id', (code, type) => {
    expect(dialect.errorBody(new GatewayError(code, 'what to do'), 'req-9')).toEqual({
      type: 'error',
      error: { type, message: 'what to do', details: { error_code: code } },
      request_id: 'req-9',
    })
  })
})
