import { z } from 'zod'
import type { RequestView } from '../exchange.ts'
import type { Dialect, Made } from './dialect.ts'
import { addToChatReply } from './openai-chat-add.ts'
import { chatError } from './openai-chat-error.ts'
import { readChatReply } from './openai-chat-reply.ts'
import { readChatRequest } from './openai-chat-request.ts'
import { type ChatStamp, openChatStream } from './openai-chat-stream.ts'
import { plainPath } from './wire.ts'

/** It has none: the format says everything. */
export const OpenAiChatOptions = z.strictObject({})

/**
 * OpenAI's chat completions, `POST /v1/chat/completions`, as OpenAI and the many compatible engines speak it.
 * It reads any path that ends so: the same engine often answers under other prefixes (`/openai/v1`, an Azure
 * deployment), and a conversation there must not pass unread.
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openAiChat = {
  name: 'openai-chat',
  options: OpenAiChatOptions,
  create: (_options: z.infer<typeof OpenAiChatOptions>): Dialect => ({
    name: 'openai-chat',
    streamsEndMarked: true,
    reads: (method, path) =>
      method === 'POST' && (path === '/v1/chat/completions' || plainPath(path).endsWith('/chat/completions')),
    readRequest: readChatRequest,
    readReply: readChatReply,
    safeReply,
    errorBody: chatError,
    addText: addToChatReply,
    openStream: (request, made) => openChatStream(request, stampOf(request, made)),
  }),
} as const

function safeReply(request: RequestView, text: string, made: Made) {
  const message = { role: 'assistant', content: text, refusal: null }
  return {
    ...stampOf(request, made),
    object: 'chat.completion',
    choices: Array.from({ length: request.choices }, (_, index) => ({
      index,
      message,
      logprobs: null,
      finish_reason: 'content_filter',
    })),
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  }
}

function stampOf(request: RequestView, made: Made): ChatStamp {
  return {
    id: `chatcmpl-${made.requestId}`,
    created: Math.floor(made.nowMs / 1000),
    model: request.model ?? 'haltgate',
  }
}
