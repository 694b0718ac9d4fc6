import { z } from 'zod'
import { anthropicMessages } from './anthropic-messages.ts'
import type { Dialect } from './dialect.ts'
import { genericJson } from './generic-json.ts'
import { openAiChat } from './openai-chat.ts'
import { openAiResponses } from './openai-responses.ts'

/** Every dialect the gateway speaks; a line here makes one configurable and documented. */
export const dialects = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
  'generic-json': genericJson,
} as const

export type DialectName = keyof typeof dialects

/** Makes a dialect from its options as configured. Throws `Error` that says what is wrong with name or options. */
export function createDialect(name: string, options: unknown = {}): Dialect {
  switch (name) {
    case 'openai-chat':
      return openAiChat.create(parseOptions(name, openAiChat.options, options))
    case 'openai-responses':
      return openAiResponses.create(parseOptions(name, openAiResponses.options, options))
    case 'anthropic-messages':
      return anthropicMessages.create(parseOptions(name, anthropicMessages.options, options))
    case 'generic-json':
      return genericJson.create(parseOptions(name, genericJson.options, options))
    default:
      throw new Error(`unknown dialect '${name}': expected one of ${Object.keys(dialects).join(', ')}`)
  }
}

function parseOptions<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  options: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  throw new Error(`options of dialect ${name}:\n${z.prettifyError(parsed.error)}`)
}
