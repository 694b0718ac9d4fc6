import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorFields, type Logger } from '../logger.ts'

/** The directory in which one gateway keeps its state. Files: see docs/keys-and-tables.md. */
export type DataDir = {
  /** Absolute. */
  path: string
  /** Stable across restarts while the directory can be written; else made up for this process. */
  gatewayId: string
  /** Lets another process have the directory. */
  close(): void
} & (
  | { writable: true }
  /** A degraded mode: the gateway runs and enforces halts, but cannot keep new ones. `why` is for a person. */
  | { writable: false; why: string }
)

/** Thrown when another process uses the directory. The message says what to do. */
export class DataDirLockedError extends Error {
  override readonly name = 'DataDirLockedError'
}

/**
 * Opens the data directory, creates it (mode 0700) where it is missing, and keeps it for this process until `close` or
 * the process's end, whatever ends it. Throws `DataDirLockedError` while another process has it. Does not throw for a
 * directory that cannot be written: a gateway must start and enforce halts all the same.
 */
export function openDataDir(directory: string, newId: () => string, logger: Logger): DataDir {
  const path = resolve(directory)
  let unlock = () => {}
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    unlock = lock(path)
    // Also the trial whether anything can be written at all: an empty lock file fits on a full disk.
    writeFileSync(join(path, 'gateway.pid'), `${process.pid}\n`, { mode: 0o600 })
    return { path, gatewayId: keptGatewayId(path, newId), close: unlock, writable: true }
  } catch (error) {
    if (error instanceof DataDirLockedError) throw error
    const why = `the data directory ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`
    logger.error(errorFields(error), `${why}; halts are enforced, but are not kept on this machine`)
    return { path, gatewayId: readGatewayId(path) ?? newId(), close: unlock, writable: false, why }
  }
}

/**
 * An exclusive transaction that is never ended: SQLite holds it with the operating system's file locks, which are gone
 * with the process even after kill -9, unlike a file that says "locked".
 */
function lock(path: string): () => void {
  const db = new DatabaseSync(join(path, 'lock.db'), { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (isBusy(error)) throw new DataDirLockedError(lockedMessage(path))
    throw error
  }
  heldLocks.add(db)
  return () => {
    if (heldLocks.delete(db)) db.close()
  }
}

/** A connection that nobody refers to is collected and closed, and its lock with it. */
const heldLocks = new Set<DatabaseSync>()

function lockedMessage(path: string): string {
  const pid = readText(join(path, 'gateway.pid'))
  const holder = pid === undefined ? 'another haltgate process' : `another haltgate process (pid ${pid})`
  return `The data directory ${path} is in use by ${holder}. Stop that process first, or give this gateway a directory of its own with --data-dir.`
}

/** SQLITE_BUSY. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5
}

function keptGatewayId(path: string, newId: () => string): string {
  const kept = readGatewayId(path)
  if (kept !== undefined) return kept
  const file = join(path, 'gateway-id')
  const id = newId()
  // Renamed into place, so that a crash leaves no half of an id.
  writeFileSync(`${file}.new`, `${id}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return id
}

function readGatewayId(path: string): string | undefined {
  return readText(join(path, 'gateway-id'))
}

/** The file's text without the line end; `undefined` when there is none. */
function readText(file: string): string | undefined {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined
  } catch {
    return undefined
  }
}
