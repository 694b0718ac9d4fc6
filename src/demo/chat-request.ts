import { z } from 'zod'

const TextPart = z.looseObject({ type: z.string(), text: z.string().optional() })
const Content = z.union([z.string(), z.array(TextPart), z.null()])

/** What the demo engine reads of an OpenAI chat completion request; the rest is ignored. */
export const ChatRequest = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: Content.optional() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  /** Not OpenAI's: asks for `made` in the reply or in every chunk, the time of its making in epoch milliseconds. */
  stamps: z.boolean().nullish(),
  /** Not OpenAI's: milliseconds between the chunks of this one reply, so that one caller can ask for a long stream. */
  chunkDelayMs: z.number().int().min(0).max(600_000).nullish(),
})
export type ChatRequest = z.infer<typeof ChatRequest>

/** The words of one role's messages, oldest first; text parts joined by a line feed. */
export function wordsOf(request: ChatRequest, role: string): string[] {
  return request.messages.filter((message) => message.role === role).map(({ content }) => textOf(content))
}

/** Every message's text, for counting prompt tokens. */
export function allText(request: ChatRequest): string {
  return request.messages.map(({ content }) => textOf(content)).join('\n')
}

function textOf(content: z.infer<typeof Content> | undefined): string {
  if (typeof content === 'string') return content
  return (content ?? []).flatMap((part) => part.text ?? []).join('\n')
}
