import { Break, type Span, Tokens } from '../text/tokens.ts'
import type { CrisisWord } from './crisis-words.ts'
import { type Grammar, gravityOf } from './grammar.ts'

/** Whether all of a text was read, or its head, its tail and the parts between that looked most like something. */
export type Scan = 'whole' | 'partial'

/** Some 8,000 characters; beyond that the models would take longer than a message may. */
const maxWords = 1_600
const edgeWords = 500
const blockWords = 50
/** Kept on both sides of what the grammar finds: the sentence and its neighbours, unless they are endless. */
const aroundWords = 40

/**
 * Cuts a long text down to what the models read closely: head, tail, what the grammar finds between them, gravest first,
 * and then the blocks with the rarest words of interest.
 */
export function withinScanLimit(
  tokens: Tokens<CrisisWord>,
  grammar: Grammar,
): { tokens: Tokens<CrisisWord>; scan: Scan } {
  const total = tokens.length
  if (total <= maxWords) return { tokens, scan: 'whole' }
  const isKept = new Uint8Array(total).fill(1, 0, edgeWords).fill(1, total - edgeWords)
  let left = maxWords - 2 * edgeWords
  for (const { from, to } of [...hitRanges(tokens, grammar), ...bestBlocks(tokens, grammar)]) {
    let fresh = 0
    for (let at = from; at < to; at++) if (isKept[at] === 0) fresh++
    if (fresh === 0) continue
    if (fresh > left) break
    isKept.fill(1, from, to)
    left -= fresh
  }
  return { tokens: keep(tokens, isKept), scan: 'partial' }
}

function hitRanges(tokens: Tokens<CrisisWord>, grammar: Grammar): Span[] {
  const sentences = tokens.sentences()
  const sentenceAt = new Int32Array(tokens.length)
  sentences.forEach(({ from, to }, number) => {
    sentenceAt.fill(number, from, to)
  })
  return grammar
    .read(tokens)
    .hits.sort((a, b) => gravityOf(b) - gravityOf(a))
    .map(({ from, to }) => {
      const number = sentenceAt[from] ?? 0
      const before = sentences[number - 1]?.from ?? 0
      const after = sentences[number + 1]?.to ?? tokens.length
      return { from: Math.max(before, from - aroundWords), to: Math.min(after, to + aroundWords) }
    })
}

/** Blocks by the words of interest in them; a word that the text is full of says little. */
function bestBlocks({ words, length }: Tokens, { signs }: Grammar): Span[] {
  const blocks: (Span & { signs: Set<string>; interest: number })[] = []
  const blocksWith = new Map<string, number>()
  for (let from = edgeWords; from < length - edgeWords; from += blockWords) {
    const to = Math.min(length - edgeWords, from + blockWords)
    const texts = words.slice(from, to).map(({ text }) => text)
    const found = new Set(texts.filter((word) => signs.has(word)))
    for (const word of found) blocksWith.set(word, (blocksWith.get(word) ?? 0) + 1)
    blocks.push({ from, to, signs: found, interest: 0 })
  }
  for (const block of blocks)
    for (const word of block.signs) block.interest += Math.log(blocks.length / (blocksWith.get(word) ?? 1))
  return blocks.filter(({ interest }) => interest > 0).sort((a, b) => b.interest - a.interest)
}

/** The words that are kept, with the end of a sentence where others are missing. */
function keep(tokens: Tokens<CrisisWord>, isKept: Uint8Array): Tokens<CrisisWord> {
  const kept = new Tokens<CrisisWord>(tokens.folded)
  for (let at = 0; at < tokens.length; at++) {
    const word = tokens.words[at]
    if (isKept[at] === 0 || word === undefined) continue
    kept.addFrom(tokens, at, at + 1, word, isKept[at - 1] === 0 ? Break.sentence : (tokens.breaks[at] ?? 0))
  }
  return kept
}
