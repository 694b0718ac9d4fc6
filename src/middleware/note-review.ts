import type { EngineOptions } from '../config/schema.ts'
import type { HarmFinding } from '../detectors/finding.ts'
import type { HarmfulReplyDetector } from '../detectors/harmful-reply/harmful-reply.ts'
import { type EngineName, engineNames } from '../engines/engine.ts'
import type { TextDelta } from '../exchange.ts'
import { createRecentMap } from '../recent-map.ts'
import { engineHeard } from '../reviews/engine-verdict.ts'
import type { ForReview } from '../reviews/review-recorder.ts'
import type { LiveExchange } from './live-exchange.ts'
import type { ReadEvent } from './open-reply.ts'
import { sessionOf } from './screen-message.ts'
import type { Screening } from './screening.ts'

/** Where exchanges go that a clinician is to look at. */
export interface ReviewDesk {
  offer(item: ForReview): boolean
  /** Share of exchanges that nobody flagged which is looked at. */
  sampleOfClears: number
  engines: { readonly [name in EngineName]?: Pick<EngineOptions, 'version' | 'verdict'> | undefined }
  /** Whether this session is in the sample already; from now on it is. */
  isKnown(session: string): boolean
  random(): number
}

/** What is kept of a reply until its end, for whoever is to look at it; then it is given away or forgotten. */
export interface ReplyNotes {
  headers: Record<string, string | string[]>
  pieces: string[]
  units: number
  /** Only where an engine gives its verdict in the body. */
  documents: unknown[]
  wantsDocuments: boolean
  caught: HarmFinding | undefined
  /** Something of it was not kept. */
  isCut: boolean
}

/** More of a reply is not kept, and what is not kept cannot be judged. */
const maxUnits = 16_000
const maxDocuments = 2_000
const maxSessions = 10_000

/** A session is sampled once: one outcome for each. */
export function sampledSessions(): ReviewDesk['isKnown'] {
  const sampled = createRecentMap<true>(maxSessions)
  return (session) => {
    const isKnown = sampled.get(session) !== undefined
    sampled.set(session, true)
    return isKnown
  }
}

/** Notes the head of an engine's reply. */
export function noteHeaders(exchange: LiveExchange, headers: ReplyNotes['headers']): void {
  if (exchange.notes !== undefined) exchange.notes.headers = headers
}

/** Notes a whole reply. */
export function noteWhole({ notes }: LiveExchange, body: unknown, texts: readonly TextDelta[]): void {
  if (notes === undefined) return
  noteTexts(notes, texts)
  notes.documents.push(body)
}

/** Notes a part of a stream. */
export function noteEvents({ notes }: LiveExchange, events: readonly ReadEvent[]): void {
  if (notes === undefined) return
  for (const { data, texts } of events) {
    noteTexts(notes, texts)
    if (!notes.wantsDocuments) continue
    if (notes.documents.length < maxDocuments) notes.documents.push(parsed(data))
    else notes.isCut = true
  }
}

function noteTexts(notes: ReplyNotes, texts: readonly TextDelta[]): void {
  for (const { choice, kind, text } of texts) {
    if (choice !== 0 || kind === 'reasoning' || kind === 'tool-call') continue
    const piece = text.slice(0, maxUnits - notes.units)
    if (piece.length < text.length) notes.isCut = true
    if (piece.length === 0) continue
    notes.pieces.push(piece)
    notes.units += piece.length
  }
}

/**
 * Decides at the end of an exchange whether somebody is to look at it: a crisis that the gateway is sure of and the engine
 * showed no sign of, a harmful reply, or one of the random sample of those that nobody flagged.
 */
export function reviewAtEnd(
  parts: { reviews: ReviewDesk | undefined; harmfulReply: HarmfulReplyDetector },
  exchange: LiveExchange,
  screening: Screening,
): void {
  const { reviews, harmfulReply } = parts
  if (reviews === undefined) return
  const notes: ReplyNotes = {
    headers: {},
    pieces: [],
    units: 0,
    documents: [],
    wantsDocuments: engineNames.some((name) => reviews.engines[name]?.verdict?.path !== undefined),
    caught: undefined,
    isCut: false,
  }
  exchange.notes = notes
  const { finish } = exchange
  const finishAndReview: LiveExchange['finish'] = (outcome, status, code) => {
    finish(outcome, status, code)
    if (exchange.notes === undefined) return
    exchange.notes = undefined
    const { engine } = exchange
    // Without a reply there is nothing that could have been missed.
    if (engine === undefined || notes.pieces.length === 0) return
    const { version, verdict } = reviews.engines[engine] ?? {}
    const reply = notes.pieces.join('')
    const judged = () => {
      const heard = engineHeard(
        { headers: notes.headers, documents: notes.documents, text: reply },
        verdict,
        harmfulReply,
      )
      // Of half a reply nobody can say that it would not have heard.
      return heard || (outcome === 'ok' && !notes.isCut) ? heard : undefined
    }
    const found = whatToReview(reviews, exchange, screening, notes, judged)
    if (found === undefined) return
    reviews.offer({
      id: crypto.randomUUID(),
      ...found,
      engine,
      engineVersion: version ?? 'unknown',
      language: languageOf(exchange.who.language),
      who: exchange.who,
      excerpt: { user: screening.words, reply },
    })
  }
  exchange.finish = finishAndReview
}

type Found = Pick<ForReview, 'kind' | 'category' | 'level' | 'score' | 'detectorVersion' | 'engineHeard'>

function whatToReview(
  reviews: ReviewDesk,
  exchange: LiveExchange,
  { finding, report }: Screening,
  { caught }: ReplyNotes,
  judged: () => boolean | undefined,
): Found | undefined {
  if (finding !== undefined && report.isOwn && !report.isRepeat) {
    const { category, level, score, version } = finding
    if (judged() === false)
      return { kind: 'presumed-miss', category, level, score, detectorVersion: version, engineHeard: false }
  }
  if (caught !== undefined) {
    const { kind: category, score, version } = caught
    const level = finding?.level
    return { kind: 'caught-reply', category, level, score, detectorVersion: version, engineHeard: undefined }
  }
  if (report.outcome !== 'clear' || report.bypass !== undefined) return undefined
  if (reviews.random() >= reviews.sampleOfClears) return undefined
  const session = sessionOf(exchange)
  if (session !== undefined && reviews.isKnown(session)) return undefined
  return {
    kind: 'sampled-clear',
    category: 'sampled',
    level: undefined,
    score: report.score,
    detectorVersion: '',
    engineHeard: judged(),
  }
}

/** The primary tag of the first language that a caller names. */
function languageOf(given: string | undefined): string {
  return /^[a-z]{2,3}(?![a-z])/.exec(given?.trim().toLowerCase() ?? '')?.[0] ?? 'und'
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
