import { errorFields, type Logger } from '../logger.ts'
import type { HaltStore } from '../stores/halt-store.ts'
import { HaltSet } from './halt-set.ts'
import type { HaltState } from './halt-state.ts'

/**
 * Removes halts cleared over 30 days ago from every store, and then from memory: only when all stores have done it, so
 * that no store is left with a halt whose clearance is gone everywhere else. Does not reject.
 */
export async function compactHalts(
  state: HaltState,
  stores: HaltStore[],
  nowMs: number,
  logger: Logger,
): Promise<void> {
  try {
    for (const store of stores) {
      const { entries } = await store.read()
      const expired = new Set(new HaltSet([...state.set.entries(), ...entries]).expired(nowMs))
      const ids = entries.map(({ id }) => id).filter((id) => expired.has(id))
      if (ids.length > 0) await store.compact(ids)
    }
    state.forget(state.set.expired(nowMs))
  } catch (error) {
    logger.warn(errorFields(error), 'compacting old halts failed; it is tried again in an hour')
  }
}
