import type { BreakerState } from '../../breakers/breaker.ts'
import { later } from '../../breakers/timers.ts'
import type { Clock } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import type { Message } from '../../exchange.ts'
import type { CrisisFinding } from '../finding.ts'
import {
  DeadlineError,
  type DownCause,
  type GuardedRemote,
  guardRemote,
  type RemoteAnswer,
  type RemoteReason,
} from './guarded-remote.ts'
import type { RemoteDetectors } from './options.ts'
import { type RecentTurns, recentTurns } from './recent-turns.ts'
import type { RemoteDetector } from './remote-detector.ts'

export type { DownCause, RemoteReason } from './guarded-remote.ts'

/** What all remote detectors together say. */
export type RemoteVerdict =
  | { kind: 'alert'; findings: CrisisFinding[] }
  | { kind: 'clear' }
  | { kind: 'down'; cause: DownCause }

/** One detector's answer, for metrics and the log; holds no text. */
export interface RemoteEvent {
  detector: string
  why: RemoteReason
  kind: RemoteVerdict['kind']
  cause?: DownCause
  /** What an engineer should know of a `down`. */
  detail?: string
  elapsedMs: number
}

export interface RemoteScreen {
  /**
   * Asks all detectors at once. Never rejects, and settles within `deadlineMs`. One alert is the verdict at once; `clear`
   * needs all of them; what is left is `down`, with the cause of the first in the list that has one. Without a detector,
   * or without a word of the person, `down` too: nobody has said clear.
   */
  ask(messages: readonly Message[], why: RemoteReason): Promise<RemoteVerdict>
  /** Whether this clear message is one of the sample to ask about. */
  samples(): boolean
  /** The circuit of each detector, by name. */
  states(): { detector: string; state: BreakerState }[]
}

export interface RemoteScreenParts {
  detectors: readonly RemoteDetector[]
  limits: Omit<RemoteDetectors, 'endpoints'>
  clock: Clock
  /** From 0 to below 1. */
  random?: () => number
  /** Told of every answer that counted. What it throws is ignored. */
  onAnswer?: (event: RemoteEvent) => void
}

export function createRemoteScreen(parts: RemoteScreenParts): RemoteScreen {
  const { detectors, limits, clock, random = Math.random } = parts
  const remotes = detectors.map((detector) => guardRemote(detector, limits, clock))
  return {
    async ask(messages, why) {
      const turns = recentTurns(messages, limits)
      if (remotes.length === 0 || turns === undefined) return { kind: 'down', cause: 'error' }
      const abort = new AbortController()
      const callOff = later(limits.deadlineMs, () => abort.abort(new DeadlineError()))
      try {
        return await firstAlertOrAll(remotes.map((remote) => askOne(parts, remote, turns, why, abort.signal)))
      } finally {
        callOff()
        abort.abort(new GatewayError('client_closed', 'another detector has raised an alert'))
      }
    },
    samples: () => remotes.length > 0 && random() < limits.sampleRate,
    states: () => remotes.map(({ detector, state }) => ({ detector: detector.name, state })),
  }
}

/** Never rejects. */
async function askOne(
  { clock, onAnswer }: RemoteScreenParts,
  remote: GuardedRemote,
  { messages, isWhole }: RecentTurns,
  why: RemoteReason,
  signal: AbortSignal,
): Promise<RemoteVerdict> {
  const { name } = remote.detector
  const startedMs = clock.monotonicMs()
  const answer = readInPart(await remote.ask(messages, why, signal), isWhole)
  const verdict = verdictOf(remote.detector, answer)
  const isWithdrawn = signal.aborted && !(signal.reason instanceof DeadlineError)
  if (onAnswer === undefined || isWithdrawn) return verdict
  const failure = answer.kind === 'down' ? { cause: answer.cause, detail: answer.detail } : {}
  try {
    onAnswer({
      detector: name,
      why,
      kind: verdict.kind,
      ...failure,
      elapsedMs: clock.monotonicMs() - startedMs,
    })
  } catch {
    // An opinion is worth more than its metric.
  }
  return verdict
}

/** Who has not read everything may alert, and cannot say clear. */
function readInPart(answer: RemoteAnswer, isWhole: boolean): RemoteAnswer {
  if (isWhole || answer.kind === 'down' || answer.opinion.outcome === 'alert') return answer
  return {
    kind: 'down',
    cause: 'error',
    detail: 'said clear of a message longer than maxCharacters, read in part',
  }
}

function verdictOf({ name, version }: RemoteDetector, answer: RemoteAnswer): RemoteVerdict {
  if (answer.kind === 'down') return { kind: 'down', cause: answer.cause }
  const { outcome, category, level, score } = answer.opinion
  if (outcome === 'clear') return { kind: 'clear' }
  const finding: CrisisFinding = {
    detector: `remote:${name}`,
    version,
    category: category ?? 'suicidal-ideation',
    level: level ?? 'active',
    score: score ?? 1,
    evidence: [],
  }
  return { kind: 'alert', findings: [finding] }
}

/** None of the promises rejects, so this one settles. */
function firstAlertOrAll(asked: Promise<RemoteVerdict>[]): Promise<RemoteVerdict> {
  return new Promise((resolve) => {
    for (const each of asked)
      void each.then((verdict) => {
        if (verdict.kind === 'alert') resolve(verdict)
      })
    void Promise.all(asked).then((all) =>
      resolve(all.find(({ kind }) => kind === 'down') ?? { kind: 'clear' }),
    )
  })
}
