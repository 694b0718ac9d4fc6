import { createPatternCompiler, type Pattern } from '../phrases/pattern.ts'
import type { PhraseTrie, Tries, Vocabulary } from '../phrases/phrase-trie.ts'
import { replyClasses } from './frames/classes.ts'
import type { HarmFrame } from './frames/frame.ts'

/** Where a phrase that has begun stands: which words lead on, and where to. */
export interface PhraseState {
  words: ReadonlyMap<number, PhraseStep>
  /** The words themselves, for one that is still growing, and those of them that complete a phrase. */
  spellings: readonly string[]
  endings: readonly string[]
  /** In a gap any word leads on. */
  any: PhraseStep | undefined
}

export interface PhraseStep {
  next: readonly PhraseState[]
  /** Complete with this word. */
  isEnd: boolean
}

/** All ways in which a phrase can begin, by its first word. */
export interface PhraseAutomaton {
  starts: ReadonlyMap<number, readonly { frame: HarmFrame; step: PhraseStep }[]>
}

/** A pattern of a frame, over the words of a vocabulary. */
export interface FramePattern {
  frame: HarmFrame
  pattern: Pattern
}

/** Lets patterns be followed word by word as they arrive, without going back. */
export function createAutomaton(patterns: readonly FramePattern[], vocabulary: Vocabulary): PhraseAutomaton {
  const words = { tries: vocabulary.tries, spellings: [...vocabulary.words()] }
  const starts = new Map<number, { frame: HarmFrame; step: PhraseStep }[]>()
  for (const { frame, pattern } of patterns) {
    for (const state of entryOf(pattern.parts, 0, words).next) {
      for (const [id, step] of state.words) {
        const known = starts.get(id)
        if (known === undefined) starts.set(id, [{ frame, step }])
        else known.push({ frame, step })
      }
    }
  }
  return { starts }
}

export function patternsOf(frames: readonly HarmFrame[], vocabulary: Vocabulary): FramePattern[] {
  const compile = createPatternCompiler(replyClasses, vocabulary)
  return frames.flatMap((frame) => frame.patterns.map((source) => ({ frame, pattern: compile(source) })))
}

/** The states in which a part and all that may be left out before the next one can be entered. */
function entryOf(parts: Pattern['parts'], index: number, words: PhraseWords): PhraseStep {
  const part = parts[index]
  if (part === undefined) return { next: [], isEnd: true }
  const after = entryOf(parts, index + 1, words)
  if (part.kind === 'phrase') {
    const inside = stateOf(part.trie, after, words)
    return part.isOptional
      ? { next: [inside, ...after.next], isEnd: after.isEnd }
      : { next: [inside], isEnd: false }
  }
  let step = after
  for (let width = 0; width < part.max; width++) {
    step = {
      next: [{ words: new Map(), spellings: [], endings: [], any: step }, ...after.next],
      isEnd: after.isEnd,
    }
  }
  return step
}

function stateOf(node: PhraseTrie, after: PhraseStep, words: PhraseWords): PhraseState {
  const { tries, spellings } = words
  const steps = new Map<number, PhraseStep>()
  for (const id of tries.wordsOf(node)) {
    const child = tries.step(node, id)
    const deeper = tries.wordsOf(child).length > 0 ? [stateOf(child, after, words)] : []
    steps.set(
      id,
      tries.isEnd(child)
        ? { next: [...deeper, ...after.next], isEnd: after.isEnd }
        : { next: deeper, isEnd: false },
    )
  }
  const spelt = (ids: Iterable<number>) => [...ids].map((id) => spellings[id - 1] ?? '')
  const endings = [...steps].filter(([, step]) => step.isEnd).map(([id]) => id)
  return { words: steps, spellings: spelt(steps.keys()), endings: spelt(endings), any: undefined }
}

interface PhraseWords {
  tries: Tries
  spellings: readonly string[]
}
