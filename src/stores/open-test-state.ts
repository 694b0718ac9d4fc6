import type { Logger } from '../logger.ts'
import { createSqliteTestState } from './sqlite-test-state.ts'
import type { TestStateStore } from './test-state.ts'

export interface OpenTestStateOptions {
  /** `sqlite`, or where the gateways share their halts, `redis://…`. */
  halts: string
  /** The file for `sqlite`. */
  sqlitePath: string
  logger: Logger
}

/** The state of the sequential test, kept where halts are. */
export async function openTestState({
  halts,
  sqlitePath,
  logger,
}: OpenTestStateOptions): Promise<TestStateStore> {
  if (halts === 'sqlite') return createSqliteTestState(sqlitePath)
  // Not read by a start that needs no Redis.
  const { openRedisTestState } = await import('./redis-test-state.ts')
  return openRedisTestState({ url: halts, logger })
}
