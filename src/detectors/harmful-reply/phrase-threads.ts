import type { HarmFinding } from '../finding.ts'
import type { HarmFrame } from './frames/frame.ts'
import type { PhraseState, PhraseStep } from './phrase-automaton.ts'
import type { PhraseTables } from './phrase-tables.ts'

/** A phrase that has begun; `from` is its first word in the sentence, `start` and `hold` are units of the whole text. */
export interface Begun {
  frame: HarmFrame
  from: number
  start: number
  /** Where its first telling word stands, or -1 before that. */
  hold: number
  gapWords: number[]
  /** Whether what stands before it leaves it harmful; asked only when it matters. */
  isOpen: boolean | undefined
}

export interface Thread extends Begun {
  state: PhraseState
}

/** A phrase that is complete and waits for its sentence's end. */
export interface Completed extends Begun {
  to: number
  end: number
}

const noWords: number[] = []
/** More at once is text made to be slow. */
const maxThreads = 200

/** Follows all phrases through the words of one sentence. */
export class PhraseThreads {
  threads: Thread[] = []
  completed: Completed[] = []
  words = 0
  readonly #tables: PhraseTables
  constructor(tables: PhraseTables) {
    this.#tables = tables
  }

  /** For the next sentence. */
  begin(): void {
    if (this.threads.length > 0) this.threads = []
    if (this.completed.length > 0) this.completed = []
    this.words = 0
  }

  /** The next word by its number, and where it stands in the whole text. */
  take(id: number, start: number, end: number): void {
    const { automaton, isLight } = this.#tables
    const begun = id === 0 ? undefined : automaton.starts.get(id)
    if (this.threads.length > 0 || begun !== undefined) {
      const next: Thread[] = []
      const tells = isLight[id] === false
      for (const thread of this.threads) {
        const step = thread.state.words.get(id)
        if (step !== undefined)
          this.#follow(step, thread.hold === -1 && tells ? { ...thread, hold: start } : thread, end, next)
        if (thread.state.any !== undefined)
          this.#follow(thread.state.any, { ...thread, gapWords: [...thread.gapWords, this.words] }, end, next)
      }
      for (const { frame, step } of begun ?? []) {
        const hold = tells ? start : -1
        const phrase = { frame, from: this.words, start, hold, gapWords: noWords, isOpen: undefined }
        this.#follow(step, phrase, end, next)
      }
      this.threads = next
    }
    this.words++
  }

  /** The first complete phrase that the sentence as a whole leaves harmful; `text` is the sentence. */
  firstLive(text: string, end: number, isInQuotes: boolean): Completed | undefined {
    if (this.completed.length === 0) return undefined
    const whole = this.#tables.scope(text, isInQuotes)
    return this.completed
      .filter((each) => each.end <= end && whole.isLive(each.frame, each.from, each.to, each.gapWords))
      .sort((one, other) => one.hold - other.hold || one.end - other.end)[0]
  }

  #follow(step: PhraseStep, begun: Begun, end: number, into: Thread[]): void {
    // Written out: this runs for nearly every word, and a spread is many times slower.
    const { frame, from, start, hold, gapWords, isOpen } = begun
    if (step.isEnd && this.completed.length < maxThreads) {
      this.completed.push({ ...begun, hold: hold === -1 ? start : hold, to: this.words + 1, end })
    }
    for (const state of step.next) {
      if (into.length < maxThreads) into.push({ frame, from, start, hold, gapWords, isOpen, state })
    }
  }
}

/** No careful reply in the training rows has one; not 1, because nothing that reads words is sure. */
const phraseScore = 0.97

/** Makes a finding of one kind, for the detector that it is of. */
export type ToFinding = (
  kind: HarmFrame['kind'],
  score: number,
  evidence: HarmFinding['evidence'],
) => HarmFinding

export function phraseFinding({ frame, start, end }: Completed, toFinding: ToFinding): HarmFinding {
  return toFinding(frame.kind, phraseScore, [{ start, end }])
}

/** A quotation goes on in the next sentence, but not in the next paragraph. */
export function leavesQuotesOpen(sentence: string, isInQuotes: boolean): boolean {
  if (sentence.endsWith('\n')) return false
  if (!anyQuotationMark.test(sentence)) return isInQuotes
  const marks = sentence.match(quotationMarks)?.length ?? 0
  return isInQuotes !== (marks % 2 === 1)
}

const anyQuotationMark = /["“”„«»]/
const quotationMarks = /["“”„«»]/g
