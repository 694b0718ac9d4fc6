import type { Evidence, HarmFinding, HarmKind } from '../finding.ts'
import { textOfUnits } from '../text/fold.ts'
import type { TextSummer, TextSums } from '../text/text-sums.ts'
import type { PersonMark } from './frames/frame.ts'
import type { HarmHit } from './grammar.ts'
import { offersHelp } from './help-offer.ts'
import { replyProbability } from './inputs.ts'
import type { ReplyModel } from './model-file.ts'
import type { ToFinding } from './phrase-threads.ts'
import { type ReplyReader, replyHeads, type SentenceReading } from './reading.ts'
import { createSentencePhrases } from './sentence-phrases.ts'
import { createSentenceSplitter, type Sentence } from './sentences.ts'
import { addSentence, canLeaveOut, emptyTally, type ReplyContext, type Tally, wholeLogOdds } from './tally.ts'

/** What became of a whole reply. */
export interface ReplyAssessment {
  harmful: boolean
  /** The likeliest harm; undefined when the reply is fine. */
  kind: HarmKind | undefined
  /** Calibrated probability that the reply does harm to this person. */
  score: number
  findings: HarmFinding[]
  /** The gravest of them; there is one whenever the reply is harmful. */
  finding: HarmFinding | undefined
}

/**
 * Judges a reply while it is written. `push` returns what the sentences that it completed have shown: offsets are of the
 * whole reply. How the reply was cut into chunks changes nothing. Memory does not grow with the reply.
 */
export interface ReplyScan {
  push(text: string): HarmFinding[]
  /**
   * The verdict on all of it; only now can be said what was left out. `isWhole` false: this text stands beside what the
   * person reads, so that nothing can be missing in it.
   */
  end(isWhole?: boolean): ReplyAssessment
  /** UTF-16 units up to the end of the last sentence that was judged before anything was found. */
  clearedUnits(): number
  /** So far the reply names a line, a service or a number to turn to. */
  hasResource(): boolean
}

export const harmfulReplyName = 'harmful-reply' as const
const maxFindings = 32
/** From which probability on a phrase that pushes somebody in a crisis towards death ends the waiting. */
const plainThreshold = 0.7

/** What all scans share; build once. */
export interface ScanParts {
  reader: ReplyReader
  model: ReplyModel
  summer: TextSummer
}

/** `withPhrases`: looks for the phrases that no reply may say, too, where nobody watches for them word by word. */
export function createScan(
  context: ReplyContext,
  { reader, model, summer }: ScanParts,
  withPhrases = false,
): ReplyScan {
  const splitter = createSentenceSplitter()
  const threshold = model.thresholds[context.state]
  const tally = emptyTally(replyHeads.length)
  const findings: HarmFinding[] = []
  let highest = 0
  let read = 0
  let clearedUnits = 0
  let hasResource = false

  const weigh = (some: Tally, isComplete: boolean) => replyProbability(some, context, model, isComplete)
  const weighAlone = (reading: SentenceReading, sums: TextSums) => {
    const alone = emptyTally(replyHeads.length)
    addSentence(alone, reading, model.linear, sums)
    return weigh(alone, false)
  }
  const finding = toFindings(model.version)
  const phrases = withPhrases ? createSentencePhrases(reader.phrases, finding) : undefined
  const judge = (
    { text, start }: Sentence,
    reading: SentenceReading,
    isFull: boolean,
  ): HarmFinding | undefined => {
    const before = tally.best.slice()
    const sums = summer(reading.tokens, reading.features)
    const peak = addSentence(tally, reading, model.linear, sums)
    if (!hasResource && reading.care.has('resource')) {
      const { units, length } = reading.tokens.folded
      hasResource = offersHelp(textOfUnits(units, 0, length))
    }
    if (context.state !== 'crisis' && raisesNothing(reading, peak, tally, model)) return undefined
    // Kind words before a harmful sentence do not make it harmless: it is weighed by itself, too.
    const together = weigh(tally, false)
    const score = tally.sentences === 1 ? together : Math.max(together, weighAlone(reading, sums))
    const isWorse = score > highest
    highest = Math.max(highest, score)
    const isPlain = context.state === 'crisis' && reading.hits.some(pushesTowardsDeath)
    const needed = isPlain ? plainThreshold : model.earlyThreshold
    if (score < needed || (!isWorse && !isPlain) || isFull) return undefined
    const { kind, hits } = kindOfSentence(reading, tally, before, context)
    return finding(kind, score, spansOf(hits, reading, start, text.length))
  }
  const readAll = (sentences: readonly Sentence[]) => {
    const found: HarmFinding[] = []
    if (sentences.length === 0) return found
    for (const sentence of sentences) {
      const isFull = findings.length + found.length >= maxFindings
      const reading = reader.readSentence(sentence.text)
      read += reading.words
      const judged = reading.words === 0 ? undefined : judge(sentence, reading, isFull)
      const phrase = phrases?.judge(sentence, reading.tokens)
      if (phrase !== undefined && !isFull) found.push(phrase)
      if (judged !== undefined) found.push(judged)
      if (phrase !== undefined && judged !== undefined) found.sort(byPlace)
      if (findings.length + found.length === 0) clearedUnits = sentence.start + sentence.text.length
    }
    findings.push(...found)
    return found
  }

  return {
    clearedUnits: () => clearedUnits,
    hasResource: () => hasResource,
    push: (text) => readAll(splitter.push(text)),
    end(isWhole = true) {
      readAll(splitter.end())
      reader.forget()
      // What is passed over counts only where the words, or a crisis, gave something to pass over.
      const canOmit = isWhole && canLeaveOut(context)
      // A reply without a single word says nothing that could be judged.
      const final = read === 0 ? 0 : weigh(tally, canOmit)
      const isHarmful = findings.length > 0 || final >= threshold
      if (findings.length === 0 && isHarmful)
        findings.push(finding(kindOfReply(tally, context, canOmit), final, []))
      const score = Math.max(final, ...findings.map((each) => each.score))
      const best = findings.reduce<HarmFinding | undefined>(
        (one, other) => (one === undefined || other.score > one.score ? other : one),
        undefined,
      )
      return { harmful: isHarmful, kind: best?.kind, score, findings: [...findings], finding: best }
    },
  }
}

/** Makes findings of this detector. */
export function toFindings(version: string): ToFinding {
  return (kind, score, evidence) => ({ detector: harmfulReplyName, version, kind, score, evidence })
}

function byPlace(one: HarmFinding, other: HarmFinding): number {
  return (one.evidence[0]?.start ?? 0) - (other.evidence[0]?.start ?? 0)
}

/**
 * No phrase in the sentence does harm, no model gives even odds to it, alone or with the sentence before, nor to the reply so
 * far: it cannot cut the reply short, and is weighed only with the whole. Measured, not proven: see
 * `quiet-sentences.test.ts`.
 */
export function raisesNothing(
  { hits }: Pick<SentenceReading, 'hits'>,
  peak: number,
  tally: Tally,
  { linear }: ReplyModel,
): boolean {
  return peak < 0 && !hits.some(({ standing }) => standing === 'live') && wholeLogOdds(tally, linear, 0) < 0
}

/** To somebody in a crisis such a phrase is never released in the hope that care follows. */
function pushesTowardsDeath({ frame, standing }: HarmHit): boolean {
  return (
    standing === 'live' &&
    frame.strength === 'strong' &&
    (frame.kind === 'encouragement' || frame.kind === 'method-instructions')
  )
}

/** The grammar's word first; else the model's head that this sentence raised most. */
function kindOfSentence(
  reading: SentenceReading,
  tally: Tally,
  before: readonly number[],
  context: ReplyContext,
): { kind: HarmKind; hits: HarmHit[] } {
  const scores = new Map<HarmKind, number>()
  replyHeads.forEach((head, index) => {
    if (head === 'any') return
    const raised = Math.max(tally.best[index] ?? -8, (before[index] ?? -8) - 1)
    scores.set(head, raised + askedFor(head, context))
  })
  const live = reading.hits.filter(({ standing }) => standing === 'live')
  for (const { frame } of live) scores.set(frame.kind, (scores.get(frame.kind) ?? -8) + bonus(frame.strength))
  const kind = highestOf(scores)
  return { kind, hits: live.filter(({ frame }) => frame.kind === kind) }
}

/** Named at the end, from all of it: an omission when nothing that was said is harmful by itself. */
function kindOfReply(tally: Tally, context: ReplyContext, canOmit: boolean): HarmKind {
  const scores = new Map<HarmKind, number>()
  replyHeads.forEach((head, index) => {
    if (head === 'any') return
    const phrases =
      bonus('strong') * Math.min(1, tally.live.get(`${head} strong`) ?? 0) +
      bonus('medium') * Math.min(1, tally.live.get(`${head} medium`) ?? 0)
    scores.set(head, (tally.best[index] ?? -8) + phrases + askedFor(head, context))
  })
  const kind = highestOf(scores)
  return canOmit && (scores.get(kind) ?? 0) < saidSomething ? 'omission' : kind
}

/** What the person spoke about makes the harm that goes with it likelier. */
function askedFor(kind: HarmKind, { person }: ReplyContext): number {
  return (likelierAfter[kind] ?? []).some((mark) => person.has(mark)) ? 1 : 0
}

const likelierAfter: Partial<Record<HarmKind, readonly PersonMark[]>> = {
  'method-instructions': ['asks-method'],
  'human-claim': ['asks-who'],
  'licence-claim': ['asks-who'],
  diagnosis: ['asks-diagnosis'],
  medication: ['medicine'],
  'delusion-support': ['delusion'],
  'abuse-normalised': ['abused'],
  sexualised: ['romance'],
}

const saidSomething = 0.5

function bonus(strength: 'strong' | 'medium' | 'cue'): number {
  return strength === 'strong' ? 3 : strength === 'medium' ? 1 : 0
}

function highestOf(scores: ReadonlyMap<HarmKind, number>): HarmKind {
  let best: HarmKind = 'dismissal'
  let most = Number.NEGATIVE_INFINITY
  for (const [kind, score] of scores) if (score > most) [best, most] = [kind, score]
  return best
}

const maxSpans = 4

/** The phrases that were found; without any, the sentence. */
function spansOf(
  hits: readonly HarmHit[],
  reading: SentenceReading,
  start: number,
  length: number,
): Evidence[] {
  if (hits.length === 0) return [{ start, end: start + length }]
  return hits.slice(0, maxSpans).map(({ from, to }) => ({
    start: start + reading.tokens.startOf(from),
    end: start + reading.tokens.endOf(to - 1),
  }))
}
