import { z } from 'zod'
import type { Dialect } from './dialect.ts'
import { chatError } from './openai-chat-error.ts'
import { addToResponse } from './openai-responses-additions.ts'
import { withoutOwnItems } from './openai-responses-history.ts'
import { carriesNoText, responsesOperation } from './openai-responses-path.ts'
import { readResponsesReply } from './openai-responses-reply.ts'
import { readResponsesRequest } from './openai-responses-request.ts'
import { safeResponse } from './openai-responses-safe.ts'
import { openResponsesStream } from './openai-responses-stream.ts'

/** It has none: the format says everything. */
export const OpenAiResponsesOptions = z.strictObject({})

/**
 * OpenAI's Responses API: `POST /v1/responses`, and the replies that are retrieved or cancelled later, for those carry
 * AI text too. It reads any path that ends so, under whatever prefix.
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export const openAiResponses = {
  name: 'openai-responses',
  options: OpenAiResponsesOptions,
  create: (_options: z.infer<typeof OpenAiResponsesOptions>): Dialect => ({
    name: 'openai-responses',
    streamsEndMarked: true,
    reads: (method, path) => responsesOperation(method, path) !== undefined,
    hasNoBody: (method, path) => responsesOperation(method, path)?.kind !== 'create',
    carriesNoText,
    readRequest: readResponsesRequest,
    withoutOwnItems,
    readReply: readResponsesReply,
    safeReply: safeResponse,
    errorBody: chatError,
    openStream: openResponsesStream,
    addText: addToResponse,
  }),
} as const
