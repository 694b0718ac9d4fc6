import type { Figure } from '../../figures.ts'

/** One question about the plan, answered by a run under load: every figure with a goal is one of its thresholds. */
export interface Question {
  name: string
  /** In one sentence. */
  asks: string
  /** Seconds that a run takes about, long and `--short`. */
  takesSeconds: { long: number; short: number }
  /** Only when named: it takes too long for `all`. */
  onlyByName?: boolean
  run(options: QuestionOptions): Promise<Figure[]>
}

export interface QuestionOptions {
  short: boolean
  /** Of a soak. */
  minutes: number
  /** Tells whoever waits how far it is. */
  say(progress: string): void
}
