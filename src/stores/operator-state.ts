import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { engineNames } from '../engines/engine.ts'
import { errorFields, type Logger } from '../logger.ts'

/** What an operator set by hand on this gateway and what must outlive a restart. */
const OperatorState = z.object({
  /** Engines whose circuit is held open. */
  held: z.array(z.enum(engineNames)),
  /** The engine that serves alone. */
  pinned: z.enum(engineNames).optional(),
})
export type OperatorState = z.infer<typeof OperatorState>

const nothing: OperatorState = { held: [] }

/**
 * Reads what was kept. A file that cannot be read holds every circuit: what an operator closed by hand is not opened
 * because a disk is damaged.
 */
export function readOperatorState(directory: string, logger: Logger): OperatorState {
  try {
    return OperatorState.parse(JSON.parse(readFileSync(fileIn(directory), 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return nothing
    logger.error(
      errorFields(error),
      'operator.json cannot be read: every circuit is held until an operator releases it',
    )
    return { held: [...engineNames] }
  }
}

/** Keeps it, whole or not at all. What cannot be kept is in force until the next restart, and said so in the log. */
export function keepOperatorState(directory: string, state: OperatorState, logger: Logger): void {
  try {
    const file = fileIn(directory)
    writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    logger.error(
      errorFields(error),
      'operator.json cannot be written: holds and pins end with the next restart',
    )
  }
}

const fileIn = (directory: string) => join(directory, 'operator.json')
