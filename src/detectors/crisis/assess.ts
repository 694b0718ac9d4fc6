import type { Assessment, CrisisCategory, CrisisLevel, Evidence } from '../finding.ts'
import { guessLanguage } from '../text/language.ts'
import { type RunningSums, windowScore } from '../text/linear-model.ts'
import { createRepairer, isOrdinaryWord, type Repairer } from '../text/repair.ts'
import { tokenize } from '../text/tokens.ts'
import { remembered, type WordFacts } from '../text/word-facts.ts'
import { createWordSummer, type WordSummer } from '../text/word-sums.ts'
import { calibrate, inputsOf, scoreReading } from './calibration.ts'
import { createGrammar, type Grammar, type Hit } from './grammar.ts'
import { loadModel, type TrainedModel } from './model-file.ts'
import { type Reading, readTokens } from './reading.ts'
import { type Scan, withinScanLimit } from './scan-limit.ts'
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
  const summer = createWordSummer(model.linear, indexWordClasses())
  const lookUp = remembered(
    (word): WordFacts => ({
      ...summer.weigh(word),
      id: idOf(word),
      correction: repairer.correct(word),
      isOrdinary: isOrdinaryWord(word, repairer),
    }),
  )
  const parts: Parts = { model, grammar, repairer, summer, lookUp }
  const { alert, escalate } = model.calibration
  return { version: model.version, thresholds: { alert, escalate }, assess: (text) => assess(text, parts) }
}

interface Parts {
  model: TrainedModel
  grammar: Grammar
  repairer: Repairer
  summer: WordSummer
  lookUp: (word: string) => WordFacts
}

const maxEvidence = 4

function assess(text: string, { model, grammar, repairer, summer, lookUp }: Parts): TextAssessment {
  const { linear, calibration } = model
  const written = tokenize(text)
  const { tokens, scan } = withinScanLimit(written, grammar.vocabulary)
  const reading = readTokens(tokens, grammar, repairer, lookUp)
  const words = reading.tokens.words.length
  if (words === 0) return nothing(scan)

  const sums = summer.sum(reading.tokens, reading.features)
  const best = scoreReading(linear, sums, reading)
  const live = reading.grammar.hits.filter(({ standing }) => standing === 'live')
  const isCritical = live.some((hit) => isCriticalHit(hit, reading))
  const calibrated = calibrate(calibration, inputsOf(reading, best))
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
    evidence: outcome === 'clear' && !isHistory ? [] : evidenceOf(reading, live, best),
    reasons: reading.grammar.hits.map(({ frame, standing }) => `${frame.name} (${standing})`),
    scanned: scan,
  }
}

/**
 * Explicit and about now. A joking tone takes that away from a wish or a thought, and the models decide; never from a
 * plan, a means at hand or an attempt.
 */
function isCriticalHit({ frame, level }: Hit, { grammar }: Reading): boolean {
  if (frame.strength !== 'critical') return false
  const isJoke = grammar.context.joking && !grammar.context.earnest
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
    const whole = windowScore(linear, sums, index, 0, reading.tokens.words.length)
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
): Evidence[] {
  const spans = live.length > 0 ? [...live].sort((a, b) => strength(b) - strength(a)) : [best]
  const seen = new Set<string>()
  const evidence: Evidence[] = []
  for (const { from, to } of spans) {
    const span = { start: tokens.starts[from] ?? 0, end: tokens.ends[to - 1] ?? 0 }
    const key = `${span.start}-${span.end}`
    if (!seen.has(key) && evidence.length < maxEvidence) evidence.push(span)
    seen.add(key)
  }
  return evidence
}

function strength({ frame }: Hit): number {
  return frame.strength === 'critical' ? 2 : frame.strength === 'strong' ? 1 : 0
}
