import { describe, expect, it } from 'vitest'
import { createDialect, dialects } from '../../src/dialects/index.ts'

describe('the registry of dialects', () => {
  it('makes each dialect under its own name', () => {
    const options = {
      'openai-chat': {},
      'openai-responses': {},
      'anthropic-messages': {},
      'generic-json': { paths: ['POST /'], userText: '$', replyText: '$' },
    }
    for (const name of Object.keys(dialects)) {
      expect(createDialect(name, Object.entries(options).find(([key]) => key === name)?.[1]).name).toBe(name)
    }
  })

  it('refuses a name it does not know and says which it knows', () => {
    expect(() => createDialect('grpc')).toThrow(
      "unknown dialect 'grpc': expected one of openai-chat, openai-responses, anthropic-messages, generic-json",
    )
    expect(() => createDialect('toString')).toThrow('unknown dialect')
  })

  it('refuses options that the dialect does not have', () => {
    expect(() => createDialect('openai-chat', { path: '/v1' })).toThrow(
      'options of dialect openai-chat:\n✖ Unrecognized key: "path"',
    )
  })
})
