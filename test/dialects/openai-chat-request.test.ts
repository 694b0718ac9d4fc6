import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { GatewayError } from '../../src/errors.ts'

const dialect = createDialect('openai-chat')
const user = { role: 'user', content: 'hello' }
const read = (more: object) => dialect.readRequest({ messages: [user], ...more })

describe('the paths it reads', () => {
  const table: [string, string, boolean][] = [
    ['POST', '/v1/chat/completions', true],
    ['POST', '/chat/completions', true],
    ['POST', '/openai/deployments/gpt/chat/completions', true],
    ['POST', '/v1/chat/completions/', true],
    ['POST', '//v1//chat//completions', true],
    ['POST', '/v1/Chat/Completions', true],
    ['POST', '/v1/%63hat/completions', true],
    ['POST', '/v1/chat%2Fcompletions', true],
    ['GET', '/v1/chat/completions', false],
    ['POST', '/v1/completions', false],
    ['POST', '/v1/chat/completions/chatcmpl-1', false],
    ['POST', '/v1/chat/completions%', false],
    ['POST', '/', false],
  ]
  it.each(table)('%s %s: %s', (method, path, expected) => {
    expect(dialect.reads(method, path)).toBe(expected)
  })
})

describe('a conversation', () => {
  it('is read with its roles and texts', () => {
    const body = {
      model: 'gpt-x',
      stream: true,
      n: 3,
      temperature: 0.3,
      messages: [
        { role: 'system', content: 'be kind' },
        { role: 'developer', content: [{ type: 'text', text: 'and brief' }] },
        { role: 'user', name: 'Ann', content: 'hello' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: [{ type: 'text', text: 'found' }] },
        { role: 'function', name: 'f', content: null },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'I cannot' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
            { type: 'file', file: { file_id: 'x' } },
            { type: 'input_text', text: 'under an unknown type' },
            'a bare string',
          ],
        },
      ],
    }
    expect(dialect.readRequest(body)).toEqual({
      stream: true,
      model: 'gpt-x',
      choices: 3,
      replyForm: 'text',
      messages: [
        { role: 'system', text: 'be kind' },
        { role: 'developer', text: 'and brief' },
        { role: 'user', text: 'hello' },
        { role: 'assistant', text: '' },
        { role: 'tool', text: 'found' },
        { role: 'function', text: '' },
        { role: 'assistant', text: 'I cannot' },
        { role: 'user', text: 'look\nunder an unknown type\na bare string' },
      ],
    })
  })

  it('has plain defaults', () => {
    expect(read({ stream: null, n: null, model: null, tool_choice: null })).toEqual({
      stream: false,
      model: undefined,
      choices: 1,
      replyForm: 'text',
      messages: [{ role: 'user', text: 'hello' }],
    })
  })
})

describe('text of ours may stand in', () => {
  const text: object[] = [
    { response_format: { type: 'text' } },
    { response_format: null },
    { tool_choice: 'auto', tools: [{}] },
    { tool_choice: 'none' },
    { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } },
    { function_call: 'auto' },
  ]
  it.each(text)('with %j', (more) => {
    expect(read(more).replyForm).toBe('text')
  })

  const schema: object[] = [
    { response_format: { type: 'json_schema', json_schema: {} } },
    { response_format: { type: 'json_object' } },
    { response_format: { type: 'grammar' } },
    { tool_choice: 'required' },
    { tool_choice: 'any' },
    { tool_choice: { type: 'function', function: { name: 'f' } } },
    { tool_choice: { type: 'custom', custom: { name: 'f' } } },
    { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [] } } },
    { function_call: { name: 'f' } },
  ]
  it.each(schema)('but not with %j', (more) => {
    expect(read(more).replyForm).toBe('json-schema')
  })
})

describe('a wrong request is refused with the field', () => {
  const table: [unknown, string][] = [
    [[], 'body: expected an object with "messages"'],
    [null, 'body: '],
    ['text', 'body: '],
    [{}, 'messages: expected an array of messages'],
    [{ messages: { 0: user } }, 'messages: expected an array'],
    [{ messages: [] }, 'messages: expected at least one message'],
    [{ messages: [user, null] }, 'messages[1]: expected an object'],
    [{ messages: [[user]] }, 'messages[0]: expected an object'],
    [{ messages: [{ content: 'x' }] }, 'messages[0].role: expected one of system, developer, user'],
    [{ messages: [{ role: 'User', content: 'x' }] }, 'messages[0].role: expected one of'],
    [
      { messages: [user, user, { role: 'user', content: 7 }] },
      'messages[2].content: expected a string or an array',
    ],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content: '],
    [{ messages: [{ role: 'user', content: { text: 'x' } }] }, 'messages[0].content: '],
    [{ messages: [{ role: 'user', content: [null] }] }, 'messages[0].content[0]: expected an object'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages[0].content[0].type: '],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages[0].content[0].text: '],
    [{ messages: [user], stream: 'yes' }, 'stream: expected true or false'],
    [{ messages: [user], model: 5 }, 'model: expected a string'],
    [{ messages: [user], n: 0 }, 'n: expected a whole number from 1 to 128'],
    [{ messages: [user], n: 1.5 }, 'n: '],
    [{ messages: [user], n: 10_000 }, 'n: '],
    [{ messages: [user], n: '2' }, 'n: '],
  ]
  it.each(table)('%j: %s', (body, text) => {
    expect(() => dialect.readRequest(body)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(text) }),
    )
  })

  it('and with nothing but a GatewayError, whatever the JSON', () => {
    const json = fc.jsonValue()
    const request = fc.record(
      {
        messages: fc.oneof(
          json,
          fc.array(
            fc.record({
              role: fc.constantFrom('user', 'tool', 'x'),
              content: fc.oneof(json, fc.array(json)),
            }),
          ),
        ),
        stream: json,
        n: json,
        model: json,
        response_format: json,
        tool_choice: json,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(json, request), (body) => {
        try {
          dialect.readRequest(body)
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('without walking into deep JSON', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(() => dialect.readRequest({ messages: deep })).toThrow(GatewayError)
    expect(dialect.readRequest({ messages: [user], metadata: deep }).messages).toHaveLength(1)
  })
})
