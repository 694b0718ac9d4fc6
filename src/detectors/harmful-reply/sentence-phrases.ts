import type { HarmFinding } from '../finding.ts'
import type { Tokens } from '../text/tokens.ts'
import type { PhraseTables } from './phrase-tables.ts'
import { leavesQuotesOpen, PhraseThreads, phraseFinding, type ToFinding } from './phrase-threads.ts'
import type { Sentence } from './sentences.ts'

/** Finds phrases that no reply may say in one sentence after the other; finds what `PhraseWatch` finds in a stream. */
export interface SentencePhrases {
  judge(sentence: Sentence, tokens: Tokens): HarmFinding | undefined
}

export function createSentencePhrases(tables: PhraseTables, toFinding: ToFinding): SentencePhrases {
  const { starts } = tables.automaton
  const threads = new PhraseThreads(tables)
  let isInQuotes = false
  return {
    judge({ text, start }, tokens) {
      const wasInQuotes = isInQuotes
      isInQuotes = leavesQuotesOpen(text, isInQuotes)
      let first = 0
      // Most sentences hold no word that begins a phrase.
      while (first < tokens.length && !starts.has(tokens.ids[first] ?? 0)) first++
      if (first === tokens.length) return undefined
      threads.begin()
      threads.words = first
      for (let at = first; at < tokens.length; at++)
        threads.take(tokens.ids[at] ?? 0, start + tokens.startOf(at), start + tokens.endOf(at))
      const live = threads.firstLive(text, start + text.length, wasInQuotes)
      return live === undefined ? undefined : phraseFinding(live, toFinding)
    },
  }
}
