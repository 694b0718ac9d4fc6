import { repeat } from '../breakers/timers.ts'
import type { Clock } from '../clock.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { TestStateStore } from './test-state.ts'

/** A lease that is kept for as long as this gateway can, or waited for while another has it. */
export interface HeldLease {
  /**
   * The token, while the lease is held: for no longer than it was granted, counted from the sending of the last renewal,
   * also when this process was stopped in between.
   */
  holds(): number | undefined
  /** Resolves when it was asked for once. */
  start(): Promise<void>
  /** Gives the lease back, so that another need not wait for its end. */
  close(): Promise<void>
}

/** Renewed in time even when one renewal in three is lost. */
const renewalsPerLease = 3

export function createHeldLease(parts: {
  store: Pick<TestStateStore, 'acquire' | 'release'>
  name: string
  holder: string
  ttlMs: number
  clock: Clock
  logger: Logger
  onGained(): void
  onLost(): void
}): HeldLease {
  const { store, name, holder, ttlMs, clock, logger } = parts
  let held: { token: number; untilMs: number } | undefined
  let wasHeld = false
  let isAway = false
  let stop: (() => Promise<void>) | undefined

  function holds(): number | undefined {
    return held !== undefined && clock.monotonicMs() < held.untilMs ? held.token : undefined
  }

  function tell() {
    const isHeld = holds() !== undefined
    if (isHeld !== wasHeld) (isHeld ? parts.onGained : parts.onLost)()
    wasHeld = isHeld
  }

  async function turn(): Promise<void> {
    const sentMs = clock.monotonicMs()
    try {
      const lease = await store.acquire(name, holder, ttlMs)
      held = lease === undefined ? undefined : { token: lease.token, untilMs: sentMs + lease.ttlMs }
      if (isAway) logger.info({ lease: name }, 'the lease can be asked for again')
      isAway = false
    } catch (error) {
      // What was granted still holds until its end.
      if (!isAway) logger.warn({ lease: name, ...errorFields(error) }, 'the lease cannot be asked for')
      isAway = true
    }
    tell()
  }

  return {
    holds,
    async start() {
      await turn()
      stop = repeat(ttlMs / renewalsPerLease, turn)
    },
    async close() {
      await stop?.()
      const isHeld = holds() !== undefined
      held = undefined
      if (isHeld)
        await store
          .release(name, holder)
          .catch((error) => logger.debug(errorFields(error), 'the lease ends by itself'))
    },
  }
}
