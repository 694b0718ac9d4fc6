import { BreakerOpenError, type BreakerState } from '../../breakers/breaker.ts'
import { createClockBreaker } from '../../breakers/clock-breaker.ts'
import type { Clock } from '../../clock.ts'
import type { Message } from '../../exchange.ts'
import { RemoteError } from './json-post.ts'
import type { RemoteDetectors } from './options.ts'
import type { RemoteDetector, RemoteOpinion } from './remote-detector.ts'

/**
 * Why a message is asked about: inline detection is not sure (`uncertain`), cannot read it (`language`), or heard
 * nothing in it (`sample`).
 */
export type RemoteReason = 'uncertain' | 'language' | 'sample'

/** Why there is no opinion. `busy` and `rate`: our own limits, the endpoint was not asked. */
export type DownCause = 'timeout' | 'error' | 'breaker-open' | 'busy' | 'rate'

export type RemoteAnswer =
  | { kind: 'opinion'; opinion: RemoteOpinion }
  /** `detail` is for the log; it never holds text, answer or secret. */
  | { kind: 'down'; cause: DownCause; detail: string }

/** The reason an `AbortSignal` gives when the deadline has passed. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

export interface GuardedRemote {
  readonly detector: RemoteDetector
  readonly state: BreakerState
  /** Never rejects; settles as soon as the signal is aborted, even when the detector does not heed it. */
  ask(messages: readonly Message[], why: RemoteReason, signal: AbortSignal): Promise<RemoteAnswer>
}

/** Samples leave the other half for people whom inline detection was not sure about. */
const sampleShare = 0.5

/**
 * One remote detector behind its circuit breaker and its two limits. An abort by the deadline counts as a failure of
 * the endpoint; one with a `GatewayError` `client_closed` (the opinion is no longer needed) does not.
 */
export function guardRemote(
  detector: RemoteDetector,
  limits: Pick<RemoteDetectors, 'concurrency' | 'ratePerSecond' | 'breaker'>,
  clock: Clock,
): GuardedRemote {
  const breaker = createClockBreaker({ name: detector.name, ...limits.breaker }, clock)
  /** When the questions of the last second were sent, oldest first. */
  let sentAtMs: number[] = []
  let underWay = 0

  function refusal(why: RemoteReason): DownCause | undefined {
    const share = why === 'sample' ? sampleShare : 1
    if (underWay >= limits.concurrency * share) return 'busy'
    const nowMs = clock.monotonicMs()
    sentAtMs = sentAtMs.filter((atMs) => nowMs - atMs < 1_000)
    return sentAtMs.length >= limits.ratePerSecond * share ? 'rate' : undefined
  }

  return {
    detector,
    get state() {
      return breaker.state
    },
    async ask(messages, why, signal) {
      // Looked at before the breaker, for a question that is not asked is no trial of a half-open circuit.
      const refused = refusal(why)
      if (refused !== undefined) return down(refused, details[refused])
      underWay++
      try {
        const opinion = await breaker.run(async () => {
          sentAtMs.push(clock.monotonicMs())
          return expectOpinion(await unlessAborted(signal, () => detector.judge({ messages, signal })))
        })
        return { kind: 'opinion', opinion }
      } catch (error) {
        if (error instanceof BreakerOpenError) return down('breaker-open', details['breaker-open'])
        if (error instanceof DeadlineError) return down('timeout', details.timeout)
        return down('error', error instanceof RemoteError ? error.message : details.error)
      } finally {
        underWay--
      }
    },
  }
}

const details: Record<DownCause, string> = {
  'breaker-open': 'not asked: its circuit is open after too many failures',
  busy: 'not asked: detectors.remote.concurrency is reached',
  rate: 'not asked: detectors.remote.ratePerSecond is reached',
  timeout: 'did not answer within detectors.remote.deadlineMs',
  error: 'failed in a way that it has no words for',
}

function down(cause: DownCause, detail: string): RemoteAnswer {
  return { kind: 'down', cause, detail }
}

/** A detector that breaks its contract has no opinion, least of all `clear`. */
function expectOpinion(opinion: RemoteOpinion): RemoteOpinion {
  if (opinion?.outcome === 'alert' || opinion?.outcome === 'clear') return opinion
  throw new RemoteError('gave an opinion that is neither alert nor clear')
}

/** What `work` resolves with, or a rejection with the signal's reason, whichever comes first. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
  try {
    return await Promise.race([work(), aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
