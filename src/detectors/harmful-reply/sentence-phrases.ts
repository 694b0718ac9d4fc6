import type { HarmFinding } from '../finding.ts'
import type { Tokens } from '../text/tokens.ts'
import { allOf } from './grammar.ts'
import type { PhraseTables } from './phrase-tables.ts'
import { leavesQuotesOpen, PhraseThreads, phraseFinding, type ToFinding } from './phrase-threads.ts'
import type { Sentence } from './sentences.ts'

/** Finds phrases that no reply may say in one sentence after the other; finds what `PhraseWatch` finds in a stream. */
export interface SentencePhrases {
  judge(sentence: Sentence, tokens: Tokens): HarmFinding | undefined
}

export function createSentencePhrases(tables: PhraseTables, toFinding: ToFinding): SentencePhrases {
  const threads = new PhraseThreads(tables)
  let isInQuotes = false
  return {
    judge({ text, start }, tokens) {
      const wasInQuotes = isInQuotes
      isInQuotes = leavesQuotesOpen(text, isInQuotes)
      if (!tables.rules.mayMatch(tokens, allOf(tokens))) return undefined
      threads.begin()
      for (let at = 0; at < tokens.length; at++)
        threads.take(tokens.ids[at] ?? 0, start + tokens.startOf(at), start + tokens.endOf(at))
      const live = threads.firstLive(text, start + text.length, wasInQuotes)
      return live === undefined ? undefined : phraseFinding(live, toFinding)
    },
  }
}
