import { Break, type Tokens } from '../text/tokens.ts'
import type { Vocabulary } from './phrase-trie.ts'

/** Whether all of a text was read, or its head, its tail and the parts between that looked most like something. */
export type Scan = 'whole' | 'partial'

/** Some 8,000 characters; beyond that the models would take longer than a message may. */
const maxWords = 1_600
const edgeWords = 500
const blockWords = 50

/** Cuts a very long text down to what is read closely: head, tail, and the blocks with the most words of interest. */
export function withinScanLimit(tokens: Tokens, vocabulary: Vocabulary): { tokens: Tokens; scan: Scan } {
  const total = tokens.words.length
  if (total <= maxWords) return { tokens, scan: 'whole' }
  const ranges = [
    { from: 0, to: edgeWords },
    ...bestBlocks(tokens, vocabulary, edgeWords, total - edgeWords),
    { from: total - edgeWords, to: total },
  ]
  return { tokens: joined(tokens, ranges), scan: 'partial' }
}

function bestBlocks(tokens: Tokens, vocabulary: Vocabulary, from: number, to: number): Range[] {
  const blocks: (Range & { interest: number })[] = []
  for (let start = from; start < to; start += blockWords) {
    const end = Math.min(to, start + blockWords)
    const seen = new Set<string>()
    for (let at = start; at < end; at++) {
      const word = tokens.words[at] ?? ''
      // Different words count, not how often one is repeated.
      if (word.length > 2 && word.length < 20 && vocabulary.idOf(word) > 0) seen.add(word)
    }
    blocks.push({ from: start, to: end, interest: seen.size })
  }
  const kept = Math.floor((maxWords - 2 * edgeWords) / blockWords)
  return blocks
    .sort((a, b) => b.interest - a.interest)
    .slice(0, kept)
    .sort((a, b) => a.from - b.from)
}

interface Range {
  from: number
  to: number
}

function joined(tokens: Tokens, ranges: readonly Range[]): Tokens {
  const pick = <T>(items: readonly T[]) => ranges.flatMap(({ from, to }) => items.slice(from, to))
  const breaks = pick(tokens.breaks)
  let at = 0
  for (const { from, to } of ranges) {
    if (at < breaks.length) breaks[at] = Break.sentence
    at += to - from
  }
  return {
    text: tokens.text,
    from: pick(tokens.from),
    until: pick(tokens.until),
    words: pick(tokens.words),
    starts: pick(tokens.starts),
    ends: pick(tokens.ends),
    breaks,
    chunks: pick(tokens.chunks),
    quoted: pick(tokens.quoted),
  }
}
