import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { GatewayError } from '../../src/errors.ts'

const dialect = createDialect('openai-responses')
const read = (body: unknown) => dialect.readRequest(body, { method: 'POST', pathAndQuery: '/v1/responses' })
const get = (pathAndQuery: string) => dialect.readRequest(undefined, { method: 'GET', pathAndQuery })

describe('the paths it reads', () => {
  const table: [string, string, boolean][] = [
    ['POST', '/v1/responses', true],
    ['POST', '/responses', true],
    ['POST', '/openai/v1/responses', true],
    ['POST', '/v1/responses/', true],
    ['POST', '//v1//Responses', true],
    ['POST', '/v1/%72esponses', true],
    ['POST', '/v1%2Fresponses', true],
    ['GET', '/v1/responses/resp_1', true],
    ['GET', '/v1/Responses//resp_1/', true],
    ['GET', '/v1/responses%2Fresp_1', true],
    ['POST', '/v1/responses/resp_1/cancel', true],
    ['POST', '/v1/responses/resp_1/CANCEL/', true],
    ['GET', '/v1/responses', false],
    ['DELETE', '/v1/responses/resp_1', false],
    ['HEAD', '/v1/responses/resp_1', false],
    ['GET', '/v1/responses/resp_1/input_items', false],
    ['POST', '/v1/responses/compact', false],
    ['POST', '/v1/chat/completions', false],
    ['GET', '/v1/models', false],
    ['POST', '/v1/responses%', false],
  ]
  it.each(table)('%s %s: %s', (method, path, expected) => {
    expect(dialect.reads(method, path)).toBe(expected)
  })

  it('have no body where an earlier reply is asked for', () => {
    expect(dialect.hasNoBody?.('POST', '/v1/responses')).toBe(false)
    expect(dialect.hasNoBody?.('GET', '/v1/responses/resp_1')).toBe(true)
    expect(dialect.hasNoBody?.('POST', '/v1/responses/resp_1/cancel')).toBe(true)
  })

  it('stay open only where no AI text comes back, exactly spelt', () => {
    const open: [string, string, boolean][] = [
      ['DELETE', '/v1/responses/resp_1', true],
      ['POST', '/v1/responses/input_tokens', true],
      ['DELETE', '/v1//responses/resp_1', false],
      ['DELETE', '/v1/responses/a/b', false],
      ['GET', '/v1/responses/input_tokens', false],
      ['POST', '/v1/responses/input_tokens/', false],
      ['POST', '/v1/responses', false],
    ]
    for (const [method, path, expected] of open)
      expect([method, path, dialect.carriesNoText?.(method, path)]).toEqual([method, path, expected])
  })
})

describe('a conversation', () => {
  it('may be one string', () => {
    expect(read({ model: 'gpt-x', input: 'hello' })).toEqual({
      stream: false,
      model: 'gpt-x',
      choices: 1,
      replyForm: 'text',
      messages: [{ role: 'user', text: 'hello' }],
      openedByEngine: true,
    })
  })

  const earlier = { role: 'assistant', content: 'hello' }
  const goesOnById: [object, true | undefined][] = [
    [{ input: 'hi' }, true],
    [{ input: 'hi', previous_response_id: 'resp_0' }, true],
    [{ input: [earlier], previous_response_id: 'resp_0' }, true],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, true],
    [{ input: [earlier, { role: 'user', content: 'hi' }] }, undefined],
    [{ input: 'hi', store: false }, undefined],
    [{ input: 'hi', conversation: 'conv_1' }, undefined],
  ]
  it.each(goesOnById)('%j: the reply must begin with the id of the engine: %s', (body, expected) => {
    expect(read(body).openedByEngine).toBe(expected)
  })

  it('is read with its roles and texts, whatever the items', () => {
    const body = {
      model: 'gpt-x',
      stream: true,
      instructions: 'be kind',
      input: [
        { role: 'developer', content: 'and brief' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [{ type: 'summary_text', text: 'a greeting' }],
          encrypted_content: 'AAAA',
        },
        {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [
            { type: 'output_text', text: 'hi', annotations: [{ type: 'url_citation', title: 'x' }] },
            { type: 'refusal', refusal: 'not that' },
          ],
        },
        { type: 'function_call', call_id: 'c', name: 'find', arguments: '{"q":1}' },
        { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'found' }] },
        { type: 'custom_tool_call_output', call_id: 'd', output: 'also found' },
        { type: 'additional_tools', role: 'developer', tools: [] },
        { type: 'a_later_kind', content: 'who says this?' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'look' },
            { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
            { type: 'input_file', file_data: 'AAAA', filename: 'x' },
            { type: 'a_later_part', text: 'under an unknown type' },
            'a bare string',
          ],
        },
      ],
    }
    expect(read(body)).toEqual({
      stream: true,
      model: 'gpt-x',
      choices: 1,
      replyForm: 'text',
      messages: [
        { role: 'system', text: 'be kind' },
        { role: 'developer', text: 'and brief' },
        { role: 'user', text: 'hello' },
        { role: 'assistant', text: 'a greeting' },
        { role: 'assistant', text: 'hi\nnot that' },
        { role: 'assistant', text: '{"q":1}' },
        { role: 'tool', text: 'found' },
        { role: 'tool', text: 'also found' },
        { role: 'user', text: 'who says this?' },
        { role: 'user', text: 'look\nunder an unknown type\na bare string' },
      ],
    })
  })

  it('has the words that fill a stored prompt', () => {
    const prompt = { id: 'pmpt_1', variables: { name: 'Ann', says: { type: 'input_text', text: 'help' } } }
    expect(read({ prompt }).messages).toEqual([{ role: 'user', text: 'Ann\nhelp' }])
    expect(read({ prompt: { id: 'pmpt_1' } }).messages).toEqual([])
  })

  const continuing: [string, object][] = [
    ['a previous response', { input: 'go on', previous_response_id: 'resp_0' }],
    ['a conversation', { input: 'go on', conversation: 'conv_0' }],
    ['a conversation object, with nothing new', { conversation: { id: 'conv_0' } }],
    ['a stored item', { input: [{ type: 'item_reference', id: 'msg_0' }] }],
    ['a stored item without a type', { input: [{ id: 'msg_0' }] }],
    ['a compacted part', { input: [{ type: 'compaction', encrypted_content: 'AAAA' }] }],
  ]
  it.each(continuing)('says that not all of it is seen: %s', (_name, body) => {
    expect(read(body).continues).toBe(true)
  })

  it('that is all there does not say so', () => {
    expect(read({ input: 'hello', previous_response_id: null })).not.toHaveProperty('continues')
  })
})

describe('the retrieval of an earlier reply', () => {
  it('has no messages and names the reply as it was spelt', () => {
    expect(get('/v1/responses/resp_AbC?include[]=x')).toEqual({
      stream: false,
      model: undefined,
      messages: [],
      choices: 1,
      replyForm: 'text',
      continues: true,
      openedByEngine: true,
      retrieves: 'resp_AbC',
    })
    expect(get('/v1/responses/resp%5FAbC/').retrieves).toBe('resp_AbC')
  })

  it('may ask for a stream', () => {
    expect(get('/v1/responses/resp_1?stream=true&starting_after=4').stream).toBe(true)
    expect(get('/v1/responses/resp_1?stream=false').stream).toBe(false)
  })

  it('when it is cancelled, has no place for text of ours', () => {
    const target = { method: 'POST', pathAndQuery: '/v1/responses/resp_1/cancel' }
    expect(dialect.readRequest(undefined, target)).toMatchObject({
      replyForm: 'json-schema',
      retrieves: 'resp_1',
    })
  })
})

describe('text of ours may stand in', () => {
  const text: object[] = [
    { text: { format: { type: 'text' } } },
    { text: { verbosity: 'low' } },
    { tool_choice: 'auto', tools: [{}] },
    { tool_choice: 'none' },
    { tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] } },
    { tool_choice: { type: 'web_search_preview' } },
    { tool_choice: { type: 'mcp', server_label: 'x' } },
  ]
  it.each(text)('with %j', (more) => {
    expect(read({ input: 'hi', ...more }).replyForm).toBe('text')
  })

  const schema: object[] = [
    { text: { format: { type: 'json_schema', name: 'x', schema: {} } } },
    { text: { format: { type: 'json_object' } } },
    { tool_choice: 'required' },
    { tool_choice: { type: 'function', name: 'f' } },
    { tool_choice: { type: 'custom', name: 'f' } },
    { tool_choice: { type: 'allowed_tools', mode: 'required', tools: [] } },
    { tool_choice: { type: 'a_later_kind' } },
  ]
  it.each(schema)('but not with %j', (more) => {
    expect(read({ input: 'hi', ...more }).replyForm).toBe('json-schema')
  })
})

describe('a wrong request is refused with the field', () => {
  const table: [unknown, string][] = [
    [undefined, 'body: expected an object with "input"'],
    [[], 'body: '],
    [{}, 'input: expected a string or an array of items'],
    [{ input: 5 }, 'input: '],
    [{ input: { role: 'user' } }, 'input: '],
    [{ input: [null] }, 'input[0]: expected an object'],
    [{ input: [{ type: 4 }] }, 'input[0].type: expected a string'],
    [{ input: [{ role: 'User', content: 'x' }] }, 'input[0].role: expected one of system'],
    [{ input: [{ type: 'message', content: 'x' }] }, 'input[0].role: '],
    [{ input: ['x'] }, 'input[0]: expected an object'],
    [{ input: [{ role: 'user' }] }, 'input[0].content: '],
    [{ input: [{ role: 'user', content: [{ text: 'x' }] }] }, 'input[0].content[0].type: '],
    [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text: '],
    [{ input: 'x', instructions: [] }, 'instructions: expected a string'],
    [{ input: 'x', stream: 'yes' }, 'stream: expected true or false'],
    [{ input: 'x', model: 5 }, 'model: expected a string'],
  ]
  it.each(table)('%j: %s', (body, text) => {
    expect(() => read(body)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(text) }),
    )
  })

  it('and with nothing but a GatewayError, whatever the JSON', () => {
    const json = fc.jsonValue()
    const item = fc.record(
      {
        type: fc.oneof(json, fc.constantFrom('message', 'reasoning', 'function_call', 'item_reference', 'x')),
        role: fc.oneof(json, fc.constantFrom('user', 'tool')),
        content: fc.oneof(json, fc.array(fc.record({ type: fc.string(), text: json }))),
        output: json,
        summary: json,
      },
      { requiredKeys: [] },
    )
    const body = fc.record(
      {
        input: fc.oneof(json, fc.array(fc.oneof(json, item))),
        instructions: json,
        prompt: fc.oneof(json, fc.record({ variables: json })),
        text: json,
        tool_choice: json,
        conversation: json,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(json, body), (value) => {
        try {
          for (const { text } of read(value).messages) expect(typeof text).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('without a stack that deep JSON could overflow', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}"x"${']'.repeat(100_000)}`)
    expect(() => read({ input: deep })).toThrow(GatewayError)
    expect(read({ input: [{ type: 'function_call_output', output: deep }] }).messages).toEqual([
      { role: 'tool', text: 'x' },
    ])
  })
})

describe('items of ours in what a caller sends back', () => {
  const user = { role: 'user', content: 'hi' }
  const theirs = { type: 'item_reference', id: 'msg_E' }
  const reference = { type: 'item_reference', id: 'msg_haltgate-added-req-1' }
  const content = [{ type: 'output_text', text: 'Call.', annotations: [] }]

  it('are referred to in vain, so the references are left out, and whole ones lose their id', () => {
    const own = { type: 'message', role: 'assistant', status: 'completed', content }
    const body = { model: 'm', input: [theirs, reference, { ...own, id: 'msg_haltgate-safe-req-0' }, user] }
    const copy = structuredClone(body)
    expect(dialect.withoutOwnItems?.(body)).toEqual({ model: 'm', input: [theirs, own, user] })
    expect(body).toEqual(copy)
  })

  it('carry the same mark in every reply that has words of ours', () => {
    const made = { requestId: 'req-1', nowMs: 0 }
    const reply = dialect.safeReply(read({ input: 'hi' }), 'Call.', made)
    expect(reply).toMatchObject({ output: [{ id: expect.stringMatching(/^msg_haltgate-/) }] })
  })

  it.each([[{ input: 'hi' }], [{ input: [theirs, user] }], [{}], ['x']])(
    'are none in %j, whose bytes stay the caller’s',
    (body) => {
      expect(dialect.withoutOwnItems?.(body)).toBeUndefined()
    },
  )
})
