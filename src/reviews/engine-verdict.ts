import type { EngineOptions } from '../config/schema.ts'
import type { HarmfulReplyDetector } from '../detectors/harmful-reply/harmful-reply.ts'
import { parseJsonPath, readPath } from '../dialects/json-path.ts'

/** What is known of an engine's reply. */
export interface JudgedReply {
  /** Lower-case names. */
  headers: Record<string, string | string[]>
  /** The body of a whole reply, or the data of each event of a stream, parsed. */
  documents: readonly unknown[]
  text: string
}

/**
 * Whether an engine showed that it heard a crisis: by its own verdict where it gives one, else by the pair rule. An engine
 * that is said to give a verdict and gives none has not heard: silence is no "all clear".
 */
export function engineHeard(
  { headers, documents, text }: JudgedReply,
  verdict: EngineOptions['verdict'],
  detector: Pick<HarmfulReplyDetector, 'showsThatItHeard'>,
): boolean {
  if (verdict === undefined) return detector.showsThatItHeard(text)
  const { header, path, positive } = verdict
  const place = parseJsonPath(path ?? '$')
  const given =
    header !== undefined
      ? [headers[header]].flat()
      : documents.flatMap((document) => readPath(place, document))
  const wanted = new Set(positive.map((value) => value.toLowerCase()))
  return given.some((value) => value !== undefined && wanted.has(String(value).trim().toLowerCase()))
}
