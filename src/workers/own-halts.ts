import type { HaltEntry } from '../breakers/halt-entry.ts'
import type { SafetyHalt } from '../breakers/halt-gate.ts'
import { digestOf } from '../breakers/halt-set.ts'
import { later } from '../breakers/timers.ts'
import type { Clock } from '../clock.ts'
import type { HaltStore } from '../stores/halt-store.ts'

/** How often it is looked whether the primary has confirmed its own halts meanwhile. */
const lookEveryMs = 20
/** A worker gives up on an answer after 2 s. */
const mostWaitMs = 1_500

/**
 * What is in force in the primary process, as the store of its workers: a worker enforces what the primary does, also
 * what has not reached a disk yet.
 *
 * A confirmation is given only when the primary has confirmed its own halts with the shared store *after* it was asked
 * (alone on its disk it always has). So a worker's lease, counted from its asking, ends no later than the primary's, and
 * the two leases do not add up. A suspended primary confirms nothing.
 */
export function createOwnHalts({
  halt,
  clock,
}: {
  halt: Pick<SafetyHalt, 'entries' | 'genesis' | 'health' | 'onChange'>
  clock: Clock
}): HaltStore {
  let closed = false

  function isConfirmedSince(askedMs: number): boolean {
    const { suspended, leaseAgeMs } = halt.health()
    return suspended === false && clock.monotonicMs() - leaseAgeMs >= askedMs
  }

  async function confirmed(askedMs: number): Promise<boolean> {
    while (!isConfirmedSince(askedMs)) {
      if (closed || clock.monotonicMs() - askedMs >= mostWaitMs) return false
      await new Promise<void>((resolve) => void later(lookEveryMs, resolve))
    }
    return true
  }

  /** No waiting changes it soon, and workers are to say the same of themselves. */
  function isUnknown(): boolean {
    const { suspended } = halt.health()
    return suspended !== false && suspended.why === 'unknown-store'
  }

  const digest = () =>
    halt.genesis() === undefined ? undefined : digestOf(halt.entries().map(({ id }) => id))

  return {
    async initialise() {
      const genesis = halt.genesis()
      if (genesis === undefined)
        throw new Error('the halt store is unknown to the primary process; a worker cannot set it up')
      return genesis
    },
    async read() {
      return { genesis: halt.genesis(), entries: [...halt.entries()] }
    },
    async append() {
      throw new Error('a worker knows no halts but those of the primary process')
    },
    async confirm() {
      const durable = !isUnknown() && (await confirmed(clock.monotonicMs()))
      return {
        durable,
        digest: isUnknown() ? undefined : digest(),
        ...(durable ? {} : { missing: 'the primary process cannot confirm the halts itself' }),
      }
    },
    subscribe(onEntries) {
      let known = new Set<HaltEntry>(halt.entries())
      return halt.onChange(() => {
        // By identity: an entry that was found in conflict with another is a new one under the same id.
        const entries = halt.entries().filter((entry) => !known.has(entry))
        known = new Set(halt.entries())
        if (entries.length > 0) onEntries(entries)
      })
    },
    /** The primary compacts its own. */
    async compact() {},
    async close() {
      closed = true
    },
  }
}
