import { z } from 'zod'
import { addToMessage } from './anthropic-messages-additions.ts'
import { readMessagesReply } from './anthropic-messages-reply.ts'
import { readMessagesRequest } from './anthropic-messages-request.ts'
import { messagesError, safeMessage } from './anthropic-messages-safe.ts'
import { openMessagesStream } from './anthropic-messages-stream.ts'
import type { Dialect } from './dialect.ts'
import { plainPath } from './wire.ts'

/** It has none: the format says everything. */
export const AnthropicMessagesOptions = z.strictObject({})

/**
 * Anthropic's Messages API, `POST /v1/messages`, as Anthropic and compatible engines speak it. It reads any path that
 * ends so, under whatever prefix. Batches pass unread.
 * @see https://platform.claude.com/docs/en/api/messages
 */
export const anthropicMessages = {
  name: 'anthropic-messages',
  options: AnthropicMessagesOptions,
  create: (_options: z.infer<typeof AnthropicMessagesOptions>): Dialect => ({
    name: 'anthropic-messages',
    streamsEndMarked: true,
    requestIdHeader: 'request-id',
    reads: (method, path) =>
      method === 'POST' && (path === '/v1/messages' || plainPath(path).endsWith('/messages')),
    carriesNoText: (method, path) => method === 'POST' && path === '/v1/messages/count_tokens',
    readRequest: readMessagesRequest,
    readReply: readMessagesReply,
    safeReply: safeMessage,
    errorBody: messagesError,
    openStream: openMessagesStream,
    addText: addToMessage,
  }),
} as const
