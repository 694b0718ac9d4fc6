import type { Assessment, CrisisCategory, CrisisLevel, Evidence } from '../finding.ts'
import { lookAlikes } from '../text/confusables.ts'
import { guessLanguage } from '../text/language.ts'
import { type RunningSums, windowScore } from '../text/linear-model.ts'
import { createRepairer } from '../text/repairer.ts'
import { Break, createTokenizer, type Tokenizer, type Tokens } from '../text/tokens.ts'
import { createWordScale, type WordSummer, wordSummers } from '../text/word-sums.ts'
import { calibrate, inputsOf, scoreReading } from './calibration.ts'
import { type CrisisWord, createCrisisWords } from './crisis-words.ts'
import { createGrammar, gravityOf, type Hit, wholeWords } from './grammar.ts'
import { loadModel, type TrainedModel } from './model-file.ts'
import { type Reading, type ReadParts, readTokens } from './reading.ts'
import { type Scan, withinScanLimit } from './scan-limit.ts'
import { createTextLimit, type TextCut, type TextLimit } from './text-limit.ts'
import { indexWordClasses } from './word-classes.ts'

/** What one message says about the danger that its writer, or somebody else, is in. */
export interface TextAssessment {
  outcome: Assessment
  /** Calibrated probability that this is a crisis. */
  score: number
  /** Given for `alert` and `escalate`, and for a clear with `history`. */
  category: CrisisCategory | undefined
  level: CrisisLevel | undefined
  /** A rule that alerts by itself has found something, whatever the model says. */
  isCritical: boolean
  /** The detector cannot read this language; the score then says little. */
  bypass: 'language' | undefined
  /** Best first, at most `maxEvidence`. */
  evidence: Evidence[]
  /** What the grammar found, for people who ask why. */
  reasons: string[]
  scanned: Scan
}

export interface CrisisAssessor {
  readonly version: string
  /** The scores from which on a text is uncertain, and an alert. */
  readonly thresholds: { alert: number; escalate: number }
  /** Synchronous, bounded in time, does not throw. */
  assess(text: string): TextAssessment
}

/** Builds the detector's tables, some 30 ms; keep the result. */
export function createCrisisAssessor(model: TrainedModel = loadModel()): CrisisAssessor {
  const grammar = createGrammar()
  const { idOf, words } = grammar.vocabulary
  const repairer = createRepairer(words(), (word) => idOf(word) > 0)
  const book = createCrisisWords(idOf, repairer, createWordScale(model.linear, indexWordClasses()))
  const openSummer = wordSummers(model.linear)
  const parts: Parts = {
    model,
    grammar,
    repairer,
    book,
    tokenizer: createTokenizer(book),
    summer: openSummer(),
    stretchSummer: openSummer(),
    limit: createTextLimit(grammar, lookAlikes),
  }
  const { alert, escalate } = model.calibration
  return {
    version: model.version,
    thresholds: { alert, escalate },
    assess(text) {
      const found = assess(text, parts)
      parts.tokenizer.forget()
      return found
    },
  }
}

interface Parts extends ReadParts {
  model: TrainedModel
  tokenizer: Tokenizer<CrisisWord>
  summer: WordSummer
  /** For stretches of a text whose own sums are still needed. */
  stretchSummer: WordSummer
  limit: TextLimit
}

const maxEvidence = 4

function assess(text: string, parts: Parts): TextAssessment {
  const { model, grammar, tokenizer, summer, limit } = parts
  const { linear, calibration } = model
  const cut = limit(text)
  const within = withinScanLimit(tokenizer.read(cut.text), grammar)
  const { tokens } = within
  const scan = cut.isPartial ? 'partial' : within.scan
  const reading = readTokens(tokens, parts)
  const words = reading.tokens.length
  if (words === 0) return nothing(scan)

  const sums = summer(reading.tokens, reading.features)
  const best = scoreReading(linear, sums, reading)
  const live = reading.grammar.hits.filter(({ standing }) => standing === 'live')
  const isCritical = live.some(isCriticalHit)
  const alone = gravestStretches(reading).map((stretch) => judgeAlone(stretch, parts))
  const calibrated = Math.max(
    calibrate(calibration, inputsOf(reading, best)),
    ...alone.filter((score) => score >= sure),
  )
  // A rule that alerts by itself lifts the score over the threshold; above it the models still rank.
  const score = isCritical ? calibration.alert + (1 - calibration.alert) * calibrated : calibrated

  const outcome: Assessment =
    score >= calibration.alert ? 'alert' : score >= calibration.escalate ? 'escalate' : 'clear'
  const isHistory =
    outcome !== 'alert' &&
    reading.grammar.context.past &&
    (reading.grammar.hits.some(({ standing }) => standing === 'past') ||
      windowScore(linear, sums, linear.heads.indexOf('history'), 0, words) > calibration.history)
  const category =
    outcome === 'clear' && !isHistory ? undefined : categoryOf(live, reading, model, sums, best)
  const level = isHistory ? 'history' : outcome === 'clear' ? undefined : levelOf(live, category)
  const isForeign = !isCritical && outcome !== 'alert' && guessLanguage(text, tokens) === 'unsupported'
  return {
    outcome,
    score,
    category,
    level,
    isCritical,
    bypass: isForeign ? 'language' : undefined,
    evidence: outcome === 'clear' && !isHistory ? [] : evidenceOf(reading, live, best, cut),
    reasons: reading.grammar.hits.map(({ frame, standing }) => `${frame.name} (${standing})`),
    scanned: scan,
  }
}

const maxStretches = 20
/** In a letter the words beside a finding have their say; in a text beyond that the finding is judged nearly bare. */
const letterWords = 400
/** What a stretch of a long text has to score by itself to be heard above the rest. */
const sure = 0.85

/** The words around what the grammar found in a long text, gravest first: what they say must not drown in the rest. */
function gravestStretches({ tokens, grammar }: Reading): Tokens<CrisisWord>[] {
  if (tokens.length <= wholeWords) return []
  const isGrave = ({ frame, standing }: Hit) => standing === 'live' && frame.strength !== 'cue'
  const hits = grammar.hits.filter(isGrave).sort((a, b) => gravityOf(b) - gravityOf(a))
  if (hits.length === 0) return []
  const stretches = new Map<string, Tokens<CrisisWord>>()
  const beside = tokens.length > letterWords ? 1 : 8
  for (const hit of hits.slice(0, maxStretches)) {
    let { from, to } = hit
    while (from > 0 && hit.from - from < beside && tokens.breaks[from] !== Break.sentence) from--
    while (to < tokens.length && to - hit.to < beside && tokens.breaks[to] !== Break.sentence) to++
    stretches.set(`${from}-${to}`, tokens.slice({ from, to }))
  }
  return [...stretches.values()]
}

/** What the models say of a stretch of words as if it were all that was written. */
function judgeAlone(stretch: Tokens<CrisisWord>, parts: Parts): number {
  const { model, stretchSummer } = parts
  const reading = readTokens(stretch, parts)
  const sums = stretchSummer(reading.tokens, reading.features)
  return calibrate(model.calibration, inputsOf(reading, scoreReading(model.linear, sums, reading)))
}

/**
 * Explicit and about now. A joking tone takes that away from a wish or a thought, and the models decide; never from a
 * plan, a means at hand or an attempt.
 */
function isCriticalHit({ frame, level, context }: Hit): boolean {
  if (frame.strength !== 'critical') return false
  const isJoke = context.joking && !context.earnest
  return !isJoke || level === 'method' || level === 'plan' || level === 'attempt'
}

function nothing(scan: Scan): TextAssessment {
  return {
    outcome: 'clear',
    score: 0,
    category: undefined,
    level: undefined,
    isCritical: false,
    bypass: undefined,
    evidence: [],
    reasons: [],
    scanned: scan,
  }
}

/** The grammar's word first, the most acute finding before the others; else the strongest model of a category. */
function categoryOf(
  live: readonly Hit[],
  reading: Reading,
  { linear }: TrainedModel,
  sums: RunningSums,
  best: { from: number; to: number },
): CrisisCategory {
  const scores = new Map<string, number>()
  linear.heads.forEach((head, index) => {
    if (head === 'any' || head === 'history') return
    const window = windowScore(linear, sums, index, best.from, best.to)
    const whole = windowScore(linear, sums, index, 0, reading.tokens.length)
    scores.set(head, Math.max(window, whole))
  })
  for (const { category, frame } of live) {
    const bonus = frame.strength === 'critical' ? 4 : frame.strength === 'strong' ? 2 : 0.5
    scores.set(category, (scores.get(category) ?? -4) + bonus)
  }
  const [category] = [...scores].reduce((one, other) => (other[1] > one[1] ? other : one))
  return category as CrisisCategory
}

const levelRank: readonly CrisisLevel[] = [
  'history',
  'passive',
  'active',
  'method',
  'plan',
  'intent',
  'attempt',
]

/** The most acute level of what the grammar found in this category; without any, the mildest that fits. */
function levelOf(live: readonly Hit[], category: CrisisCategory | undefined): CrisisLevel {
  const levels = live
    .filter((hit) => hit.category === category && hit.frame.strength !== 'cue')
    .map(({ level }) => levelRank.indexOf(level))
  const mildest = category === 'suicidal-ideation' ? 'passive' : 'active'
  return levelRank[Math.max(...levels)] ?? mildest
}

function evidenceOf(
  { tokens }: Reading,
  live: readonly Hit[],
  best: { from: number; to: number },
  { originOf }: TextCut,
): Evidence[] {
  const spans = live.length > 0 ? [...live].sort((a, b) => strength(b) - strength(a)) : [best]
  const seen = new Set<string>()
  const evidence: Evidence[] = []
  for (const { from, to } of spans) {
    const span = { start: originOf(tokens.startOf(from)), end: originOf(tokens.endOf(to - 1)) }
    const key = `${span.start}-${span.end}`
    if (!seen.has(key) && evidence.length < maxEvidence) evidence.push(span)
    seen.add(key)
  }
  return evidence
}

function strength({ frame }: Hit): number {
  return frame.strength === 'critical' ? 2 : frame.strength === 'strong' ? 1 : 0
}
