import type { CrisisCategory, CrisisLevel } from '../finding.ts'
import { createPatternCompiler, type Pattern, type PatternMatch } from '../phrases/pattern.ts'
import { createVocabulary, type Vocabulary } from '../phrases/phrase-trie.ts'
import { RuleIndex } from '../phrases/rules.ts'
import { Break, type Span, type Tokens } from '../text/tokens.ts'
import type { CrisisWord } from './crisis-words.ts'
import { englishClasses } from './frames/classes.ts'
import { englishDanger } from './frames/english-danger.ts'
import { englishPlain } from './frames/english-plain.ts'
import { englishSuicide } from './frames/english-suicide.ts'
import type { Frame } from './frames/frame.ts'
import { otherLanguages } from './frames/other-languages.ts'
import { type Context, contextOf, createScope, type Scope } from './scope.ts'

/** Something that a text says, found by a frame, and what its surroundings make of it. */
export interface Hit {
  frame: Frame
  category: CrisisCategory
  level: CrisisLevel
  /** Word indexes, `to` exclusive. */
  from: number
  to: number
  /** Why it does not count as it stands, or `live`. */
  standing: 'live' | 'negated' | 'idiom' | 'quoted' | 'past'
  /** Of a short text the same for every hit, of a long one what the sentences around the hit are about. */
  context: Context
}

export interface GrammarReading {
  hits: Hit[]
  /** Of a long text what surrounds its gravest live hit, so that no sentence elsewhere speaks for it or against it. */
  context: Context
}

export interface Grammar {
  readonly vocabulary: Vocabulary
  /** Words without which no critical or strong frame can match: where they stand, a long text is worth a closer look. */
  readonly signs: ReadonlySet<string>
  read(tokens: Tokens<CrisisWord>): GrammarReading
  /**
   * How much speaks for a closer look at each part of a text, given as vocabulary numbers of words (0 for unknown ones) and
   * the word at which each part begins: what matches there, past sentences and standing, by how rare it is in this text.
   */
  interestOf(ids: Int32Array, partStarts: Int32Array): Float64Array
}

interface Rule {
  frame: Frame
  pattern: Pattern
}

/** Compiles all frames: a few milliseconds, once. */
export function createGrammar(): Grammar {
  const vocabulary = createVocabulary()
  const compile = createPatternCompiler(englishClasses, vocabulary)
  const rules: Rule[] = [...englishSuicide, ...englishDanger, ...englishPlain, ...otherLanguages].flatMap(
    (frame) =>
      frame.patterns.map((source) => ({
        frame,
        pattern: compile(source),
      })),
  )
  const scope = createScope(vocabulary)
  const trying = { maxTries: 6, once: true }
  const index = new RuleIndex(rules, vocabulary, trying)
  const grave = new RuleIndex(
    rules.filter(({ frame }) => frame.strength !== 'cue'),
    vocabulary,
    trying,
  )
  return {
    vocabulary,
    signs: signsOf(rules, vocabulary),
    read: (tokens) => read(tokens, scope, index),
    interestOf: (ids, partStarts) => interestOf(ids, partStarts, grave),
  }
}

function signsOf(rules: readonly Rule[], vocabulary: Vocabulary): ReadonlySet<string> {
  const anchors = new Set(
    rules.flatMap(({ frame, pattern }) => (frame.strength === 'cue' ? [] : pattern.anchors)),
  )
  return new Set([...vocabulary.words()].filter((word) => anchors.has(vocabulary.idOf(word))))
}

/** Enough for thousands of ordinary words; only text made to be slow runs out. */
const maxSteps = 60_000
const stepsPerWord = 12
/** Of one sentence, so that none uses up what is there for the others. */
const maxSentenceSteps = 8_000
/** A text of up to so many words has one context; in a longer one each finding has its own. */
export const wholeWords = 120

function read(tokens: Tokens<CrisisWord>, scope: Scope, index: RuleIndex<Rule>): GrammarReading {
  const { length } = tokens
  const sentences = tokens.sentences()
  const isShort = length <= wholeWords
  const context = contextsOf(tokens, scope, sentences)
  const hits: Hit[] = []
  let graveHits = 0
  let stepsLeft = Math.max(maxSteps, stepsPerWord * length)
  for (let number = 0; number < sentences.length && graveHits < enoughGraveHits; number++) {
    const sentence = sentences[number]
    if (sentence === undefined) break
    const { from, to } = sentence
    const granted = Math.min(stepsLeft, maxSentenceSteps)
    const budget = { steps: granted }
    index.find(tokens, sentence, budget, ({ frame }, match) => {
      const shared = context(number)
      const isApart = !isShort && frame.idiomProne === true
      const own = isApart ? contextOf(tokens, scope, ...stretchOf(match, from, to)) : shared
      const around = { context: shared, own, limit: isShort ? length : to }
      const hit = toHit(frame, match, tokens, scope, around)
      if (hit.standing === 'live' && frame.strength !== 'cue') graveHits++
      hits.push(hit)
    })
    stepsLeft -= granted - Math.max(0, budget.steps)
  }
  // A short text has one context, and it is known when something was found in it.
  return {
    hits,
    context: gravest(hits)?.context ?? (isShort ? context(0) : contextOf(tokens, scope, 0, length)),
  }
}

/** A text in which so much is found is an alert whatever else there is. */
const enoughFound = 1_000
const enoughGraveHits = 200
/** Of a quick look: words on either side of an anchor, and work for one part, so that none uses up what is there for others. */
const quickLook = { around: 30, steps: 1_000 }

function interestOf(ids: Int32Array, partStarts: Int32Array, index: RuleIndex<Rule>): Float64Array {
  const interest = new Float64Array(partStarts.length)
  const partsWith = new Int32Array(index.rules.length)
  const found: { number: number; part: number; weight: number }[] = []
  index.findInParts(ids, partStarts, quickLook, ({ frame }, number, part) => {
    partsWith[number] = (partsWith[number] ?? 0) + 1
    found.push({ number, part, weight: frame.strength === 'critical' ? 10 : 1 })
    return found.length < enoughFound
  })
  for (const { number, part, weight } of found)
    interest[part] =
      (interest[part] ?? 0) + weight * Math.log(1 + partStarts.length / (partsWith[number] ?? 1))
  return interest
}

/** What each sentence and its neighbours are about, by its number; in a short text what all of it is. */
function contextsOf(
  tokens: Tokens<CrisisWord>,
  scope: Scope,
  sentences: readonly Span[],
): (sentence: number) => Context {
  const known: Context[] = []
  const isShort = tokens.length <= wholeWords
  return (sentence) => {
    const key = isShort ? 0 : sentence
    const made = known[key]
    if (made !== undefined) return made
    const from = isShort ? 0 : (sentences[sentence - 1] ?? sentences[sentence])?.from
    const to = isShort ? tokens.length : (sentences[sentence + 1] ?? sentences[sentence])?.to
    const context = contextOf(tokens, scope, from ?? 0, to ?? tokens.length)
    known[key] = context
    return context
  }
}

const stretchWords = 8

/** The words next to a match within its sentence, which may run on and on. */
function stretchOf(match: PatternMatch, from: number, to: number): [from: number, to: number] {
  return [Math.max(from, match.from - stretchWords), Math.min(to, match.to + stretchWords)]
}

const gravities: Readonly<Record<Frame['strength'], number>> = { cue: 0, strong: 1, critical: 2 }

/** The live hit of the strongest frame, the first of several; cues say too little. */
function gravest(hits: readonly Hit[]): Hit | undefined {
  let worst: Hit | undefined
  for (const hit of hits) {
    if (hit.standing !== 'live' || hit.frame.strength === 'cue') continue
    if (worst === undefined || gravityOf(hit) > gravityOf(worst)) worst = hit
  }
  return worst
}

/** How much a hit says: live ones before all others, then by the strength of the frame. */
export function gravityOf({ frame, standing }: Hit): number {
  return gravities[frame.strength] + (standing === 'live' ? 3 : 0)
}

interface Surroundings {
  /** Of the sentences around, and of the words beside the match. */
  context: Context
  own: Context
  /** Where what is said ends. */
  limit: number
}

function toHit(frame: Frame, match: PatternMatch, tokens: Tokens, scope: Scope, around: Surroundings): Hit {
  const { category, level } = frame
  const { from, to } = match
  const standing = standingOf(frame, match, tokens, scope, around)
  return { frame, category, level, from, to, standing, context: around.context }
}

function standingOf(
  frame: Frame,
  match: PatternMatch,
  tokens: Tokens,
  scope: Scope,
  { context, own, limit }: Surroundings,
): Hit['standing'] {
  const { from, to, gapWords } = match
  const { ids } = tokens
  if (frame.negatable !== false && isNegated(match, tokens, scope)) return 'negated'
  if (!context.earnest && [to, ...gapWords].some((at) => scope.startsIdiomTail(ids, at, limit)))
    return 'idiom'
  const isStory = context.fiction || context.academic
  if (frame.idiomProne === true && (own.technical || own.game || own.fiction)) return 'idiom'
  if (isStory && (tokens.quoted[from] === 1 || !scope.speaksOfSelf(ids, from, to))) return 'quoted'
  if (context.resolved) return 'past'
  if (context.past && !context.returning && scope.isTold(ids, from, to)) return 'past'
  return 'live'
}

/** A negator in a gap of the match, or up to three words before it in its clause, turns the match round. */
function isNegated({ from, gapWords }: PatternMatch, tokens: Tokens, scope: Scope): boolean {
  const { ids } = tokens
  if (gapWords.some((at) => scope.isNegator(ids, at))) return true
  for (let at = from - 1; at >= Math.max(0, from - 3); at--) {
    if ((tokens.breaks[at + 1] ?? Break.none) !== Break.none || scope.isContrast(ids, at)) return false
    if (scope.isNegator(ids, at) || (at >= from - 2 && scope.isNo(ids, at) && !scope.isSubject(ids, from)))
      return true
  }
  return false
}
