import type { Pattern } from '../phrases/pattern.ts'
import type { Vocabulary } from '../phrases/phrase-trie.ts'
import { RuleIndex } from '../phrases/rules.ts'
import { Folder } from '../text/fold.ts'
import type { HarmFrame } from './frames/frame.ts'
import { trying } from './grammar.ts'
import { createAutomaton, type PhraseAutomaton, patternsOf } from './phrase-automaton.ts'
import { createWatchScope, type WatchScope } from './watch-scope.ts'
import { lightWords, watchedPhrases } from './watched-phrases.ts'

/** Phrases that no reply may say, ready to be followed word by word; build once. */
export interface PhraseTables {
  automaton: PhraseAutomaton
  vocabulary: Vocabulary
  scope: WatchScope
  /** The same phrases by the words without which they cannot be there. */
  rules: RuleIndex<{ pattern: Pattern }>
  isLight: readonly boolean[]
  /** What a telling first word looks like while it grows, with the frames that it may begin. */
  beginnings: ReadonlyMap<string, readonly HarmFrame[]>
  /** Shared by all who read words one after the other. */
  folder: Folder
}

/** Adds the words of the phrases to the vocabulary. */
export function createPhraseTables(vocabulary: Vocabulary): PhraseTables {
  const patterns = patternsOf(watchedPhrases, vocabulary)
  const automaton = createAutomaton(patterns, vocabulary)
  const scope = createWatchScope(vocabulary)
  const rules = new RuleIndex(patterns, vocabulary, trying)
  const isLight = [true, ...[...vocabulary.words()].map((word) => lightWords.has(word))]
  return {
    automaton,
    vocabulary,
    scope,
    rules,
    isLight,
    beginnings: beginningsOf(automaton, vocabulary),
    folder: new Folder(),
  }
}

/** Letters of a word that may begin a phrase before it is held. */
export const tellingUnits = 4

function beginningsOf({ starts }: PhraseAutomaton, vocabulary: Vocabulary): Map<string, HarmFrame[]> {
  const beginnings = new Map<string, HarmFrame[]>()
  const words = [...vocabulary.words()]
  for (const [id, begun] of starts) {
    const word = words[id - 1] ?? ''
    if (lightWords.has(word)) continue
    for (let length = Math.min(tellingUnits, word.length); length <= word.length; length++) {
      const known = beginnings.get(word.slice(0, length)) ?? []
      for (const { frame } of begun) if (!known.includes(frame)) known.push(frame)
      beginnings.set(word.slice(0, length), known)
    }
  }
  return beginnings
}
