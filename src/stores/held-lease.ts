import { HaltLease } from '../breakers/halt-lease.ts'
import { repeat } from '../breakers/timers.ts'
import type { Clock } from '../clock.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { TestStateStore } from './test-state.ts'

/** A lease that is kept for as long as this gateway can, or waited for while another has it. */
export interface HeldLease {
  /**
   * The token, while the lease is held: for no longer than it was granted, counted from the sending of the last renewal by
   * monotonic or wall time, whichever ran further; so also when this process, or the machine, was stopped in between.
   */
  holds(): number | undefined
  /** Resolves when it was asked for once. */
  start(): Promise<void>
  /** Gives the lease back, so that another need not wait for its end. */
  close(): Promise<void>
}

/** Renewed in time even when one renewal is lost. */
const renewalsPerLease = 3

/**
 * Keeps a lease, renewing it three times in its length. Another gateway that waits for it has it within two lease times of
 * the last renewal; given back by `close`, within a third of one. `onGained` and `onLost` are told at the next renewal, so
 * that what must not be done without the lease asks `holds` each time.
 */
export function createHeldLease(parts: {
  store: Pick<TestStateStore, 'acquire' | 'release'>
  name: string
  /** Names this run of this process and no other: who comes back under the same name keeps the token. */
  holder: string
  /** Milliseconds. */
  ttlMs: number
  clock: Clock
  logger: Logger
  onGained(): void
  onLost(): void
}): HeldLease {
  const { store, name, holder, ttlMs, clock, logger } = parts
  const lease = new HaltLease(clock, ttlMs)
  let granted: number | undefined
  let toldToken: number | undefined
  let isAway = false
  let isClosed = false
  let starting: Promise<void> | undefined
  let stop: (() => Promise<void>) | undefined

  function holds(): number | undefined {
    return granted !== undefined && lease.valid() ? granted : undefined
  }

  function tell() {
    const token = holds()
    if (token === toldToken) return
    // Another token means that another may have had the lease in between, however short this gateway's sleep was.
    if (toldToken !== undefined) parts.onLost()
    if (token !== undefined) parts.onGained()
    toldToken = token
  }

  async function turn(): Promise<void> {
    const sent = lease.reading()
    try {
      const answer = await store.acquire(name, holder, ttlMs)
      granted = answer?.token
      if (answer !== undefined) lease.renew(sent)
      if (isAway) logger.info({ lease: name }, 'the lease can be asked for again')
      isAway = false
    } catch (error) {
      // What was granted still holds until its end.
      if (!isAway) logger.warn({ lease: name, ...errorFields(error) }, 'the lease cannot be asked for')
      isAway = true
    }
    if (!isClosed) tell()
  }

  return {
    holds,
    async start() {
      starting = turn().then(() => {
        stop = repeat(ttlMs / renewalsPerLease, turn)
      })
      await starting
    },
    async close() {
      isClosed = true
      // What is granted by an answer under way has to be given back, too.
      await starting
      await stop?.()
      const isHeld = holds() !== undefined
      granted = undefined
      if (isHeld)
        await store
          .release(name, holder)
          .catch((error) => logger.debug(errorFields(error), 'the lease ends by itself'))
    },
  }
}
