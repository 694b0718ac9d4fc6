import { createPatternCompiler } from '../phrases/pattern.ts'
import type { Vocabulary } from '../phrases/phrase-trie.ts'
import { RuleIndex } from '../phrases/rules.ts'
import { createTokenizer, type Tokens } from '../text/tokens.ts'
import { createWordBook } from '../text/word-book.ts'
import { care } from './frames/care.ts'
import { replyClasses } from './frames/classes.ts'
import type { HarmFrame } from './frames/frame.ts'
import { allOf, trying } from './grammar.ts'
import { createScope, type SentenceWords } from './scope.ts'

/** A sentence as far as it is there, ready to be asked whether a phrase in it does what it says. */
export interface WatchedSentence {
  /** Whether what stands before a phrase leaves it harmful; what is still to come may yet take it back. */
  isOpen(frame: HarmFrame, from: number): boolean
  /** The same of the complete sentence. */
  isLive(frame: HarmFrame, from: number, to: number, gapWords: number[]): boolean
}

/** `isInQuotes`: the sentence begins inside of quotation marks that an earlier one opened. */
export type WatchScope = (sentence: string, isInQuotes: boolean) => WatchedSentence

/** The scope rules of the frames, and some more: a cut leaves no second look at what follows. */
export function createWatchScope(vocabulary: Vocabulary): WatchScope {
  const scope = createScope(vocabulary)
  const compile = createPatternCompiler(replyClasses, vocabulary)
  const marked = care
    .filter(({ mark }) => mark === 'refusal' || mark === 'prescriber')
    .flatMap(({ mark, patterns }) => patterns.map((source) => ({ mark, pattern: compile(source) })))
  const marks = new RuleIndex(marked, vocabulary, trying)
  const { tries } = vocabulary
  const tellings = tries.of(tellingPhrases)
  const withdrawals = tries.of(withdrawalPhrases)
  const tokenizer = createTokenizer(
    createWordBook((text, hash) => ({ text, hash, id: vocabulary.idOf(text) })),
  )
  return (text, isInQuotes) => {
    const tokens = tokenizer.read(isInQuotes ? `"${text}` : text).copy()
    tokenizer.forget()
    const { ids, length } = tokens
    const sentence: SentenceWords = {
      tokens,
      isQuestion: tokens.questions > 0,
      refusalAt: -1,
      hasPrescriber: false,
    }
    marks.find(tokens, allOf(tokens), { steps: maxSteps }, ({ mark }, { from }) => {
      if (mark === 'prescriber') sentence.hasPrescriber = true
      else if (sentence.refusalAt === -1 || from < sentence.refusalAt) sentence.refusalAt = from
    })
    const isTold = (from: number) => {
      // Single quotation marks are read only where one stands right before the phrase: inside a word they mean nothing.
      const before = (tokens.from[from] ?? 0) - 1
      if (tokens.folded.units[before] === apostrophe) return true
      for (let at = Math.max(0, from - tellingReach); at < from; at++) {
        if (tries.starts(tellings, ids, at, from)) return true
      }
      return false
    }
    const isWithdrawn = (to: number) => {
      for (let at = to; at < length; at++) if (tries.starts(withdrawals, ids, at, length)) return true
      return false
    }
    const stands = (frame: HarmFrame, from: number, to: number, gapWords: number[]) => {
      // "Why don't you …" has a negation in it and is none.
      const isPushed = endsWithOneOf(pushes, tokens, from)
      const asRead = isPushed ? { ...frame, negatable: false as const } : frame
      return scope.standingOf(asRead, { from, to, gapWords }, sentence) === 'live'
    }
    return {
      isOpen: (frame, from) => stands(frame, from, from + 1, []) && !isTold(from),
      isLive: (frame, from, to, gapWords) =>
        stands(frame, from, to, gapWords) &&
        !isTold(from) &&
        !isWithdrawn(to) &&
        // Asked, not said; a demand that is dressed as a question stays one.
        (frame.isAdvice === true || !sentence.isQuestion),
    }
  }
}

function endsWithOneOf(phrases: readonly string[], { words }: Tokens, to: number): boolean {
  const before = words
    .slice(Math.max(0, to - 5), to)
    .map(({ text }) => text)
    .join(' ')
  return phrases.some((phrase) => before.endsWith(phrase))
}

const pushes = ['why dont you', 'why dont you just', 'why not', 'why not just', 'why wouldnt you']
const apostrophe = 39
const maxSteps = 5_000
const tellingReach = 8

/** Somebody is worried, or speaks of a possibility, a risk or a story. */
const tellingPhrases =
  'afraid|worried|worry|scared|concerned|risk|danger|fear|urge|urges|if you|if someone|if anyone|when you|before you|might hurt|will hurt|thought|thoughts|thinking|belief|believe|believing|voice|voices|lie|lies|myth|wrong|untrue|false|feel like|convince|convinced|prevent|preventing|prevention|stop you from|keep you from|planning|plan to|tells|tell you|telling|said|says|say|saying|heard|hear|read|scene|character|story|novel|film|movie|lyrics|song|quote'
/** Said afterwards to take it back, or to send the person to somebody. */
const withdrawalPhrases =
  'is a lie|is not true|isnt true|isnt right|is not right|is wrong|is never|is untrue|is false|is a myth|arent true|are not true|are lies|is the depression|is depression|is what depression|is what he|is what she|is what they|is the illness|is a thought|is not a fact|isnt a fact|isnt the answer|is not the answer|is not okay|isnt okay|is cruel|was cruel|is abuse|thats abuse|thats a lie|thats not true|and call|call 911|call 112|call 999|call 988|call your|talk to your|ask your|unless your|unless a'
