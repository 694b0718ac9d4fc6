import type { z } from 'zod'
import type { Fetch } from '../../../src/detectors/remote/json-post.ts'
import type {
  RemoteDetectorDefinition,
  RemoteOpinion,
} from '../../../src/detectors/remote/remote-detector.ts'
import type { Message } from '../../../src/exchange.ts'

export interface Asked {
  url: string
  headers: Record<string, string>
  body: unknown
}

/** A `fetch` that answers every request with this JSON, and keeps what it was asked. */
export function answering(answer: unknown): { fetch: Fetch; asked: Asked[] } {
  const asked: Asked[] = []
  const fetch: Fetch = async (url, init) => {
    asked.push({
      url,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: JSON.parse(String(init.body)),
    })
    return Response.json(answer)
  }
  return { fetch, asked }
}

export const person = (text: string): Message => ({ role: 'user', text })
export const engine = (text: string): Message => ({ role: 'assistant', text })

/** The opinion of one kind, with options as in the file, about messages; rejects as `judge` does. */
export async function opinionOf<Options extends z.ZodType>(
  definition: RemoteDetectorDefinition<string, Options>,
  options: z.input<Options>,
  fetch: Fetch,
  messages: Message[] = [person('words of a person')],
): Promise<RemoteOpinion> {
  const detector = definition.create(definition.options.parse(options), fetch)
  return detector.judge({ messages, signal: new AbortController().signal })
}
