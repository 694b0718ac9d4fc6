export const demoModel = 'haltgate-demo'

/** One answer of a completion, already cut into word-sized tokens. */
export interface Choice {
  tokens: readonly string[]
  finishReason: 'stop' | 'length'
}

/** One chat completion before it is written as JSON or as a stream. */
export interface Completion {
  id: string
  createdSeconds: number
  choices: readonly Choice[]
  promptTokens: number
}

/** Words with the space before them: joined they give the text again. The demo's token is a word. */
export function tokensOf(text: string): string[] {
  return text.match(/\s*\S+/g) ?? []
}

/** The body of a whole reply. */
export function completionBody(completion: Completion) {
  return {
    id: completion.id,
    object: 'chat.completion',
    created: completion.createdSeconds,
    model: demoModel,
    choices: completion.choices.map(({ tokens, finishReason }, index) => ({
      index,
      message: { role: 'assistant', content: tokens.join(''), refusal: null },
      logprobs: null,
      finish_reason: finishReason,
    })),
    usage: usageOf(completion),
  }
}

/**
 * The chunks of a streamed reply in order: a role for each choice, the words of all choices in turn, an end for each
 * choice and, when asked for, the usage with no choice in it.
 */
export function* completionChunks(completion: Completion, includeUsage: boolean) {
  const chunk = (choices: readonly object[], usage: object | null = null) => ({
    id: completion.id,
    object: 'chat.completion.chunk',
    created: completion.createdSeconds,
    model: demoModel,
    choices,
    ...(includeUsage ? { usage } : {}),
  })
  const part = (index: number, delta: object, finishReason: string | null = null) =>
    chunk([{ index, delta, logprobs: null, finish_reason: finishReason }])

  for (const index of completion.choices.keys()) yield part(index, { role: 'assistant', content: '' })
  const longest = Math.max(...completion.choices.map(({ tokens }) => tokens.length))
  for (let at = 0; at < longest; at++) {
    for (const [index, { tokens }] of completion.choices.entries()) {
      const token = tokens[at]
      if (token !== undefined) yield part(index, { content: token })
    }
  }
  for (const [index, { finishReason }] of completion.choices.entries()) yield part(index, {}, finishReason)
  if (includeUsage) yield chunk([], usageOf(completion))
}

function usageOf({ choices, promptTokens }: Completion) {
  const completionTokens = choices.reduce((sum, { tokens }) => sum + tokens.length, 0)
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
}
