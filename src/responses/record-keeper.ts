import type { Actor } from '../admin/key-ring.ts'
import type { RecordChange } from '../admin/parts.ts'
import type { HaltEntry } from '../breakers/halt-entry.ts'
import type { Clock } from '../clock.ts'
import { deriveFromHalts } from '../incidents/derive-from-halts.ts'
import { noteOpenIncident } from '../incidents/note.ts'
import { type OpenIncidentRequest, openIncident } from '../incidents/open.ts'
import type { Logger } from '../logger.ts'
import { appendAudit } from '../stores/audit.ts'
import type { Records } from '../stores/records.ts'
import { createRecordQueue } from './record-queue.ts'

/** Writes what the gateway did to the records database, now or when that is back. Nothing waits for it. */
export interface RecordKeeper {
  openIncident(request: OpenIncidentRequest): void
  /** Adds an event to the open incident with this key, where there is one. */
  noteIncident(dedupeKey: string, type: string, data: Record<string, string | number>): void
  /** Gives every halt its incident and audit lines. */
  deriveFromHalts(entries: () => readonly HaltEntry[]): void
  /** Resolves when the line is written, or is known to wait. */
  recordChange: RecordChange
  readonly waiting: number
  /** Whether the last write went through. */
  readonly reachable: boolean
  close(): Promise<void>
}

const retryMs = 2_000

export function createRecordKeeper(parts: {
  records: Records
  /** Brings the tables up to date, until that has succeeded once. */
  migrate(): Promise<void>
  clock: Clock
  logger: Logger
  /** Signs what the gateway does by itself. */
  actor: string
  timeScale(): number
  onError(verb: string): void
}): RecordKeeper {
  const { records, clock, actor, timeScale } = parts
  let reachable = false
  const queue = createRecordQueue({
    logger: parts.logger,
    retryMs,
    onError(verb) {
      reachable = false
      parts.onError(verb)
    },
  })

  function add(key: string, verb: string, write: () => Promise<unknown>) {
    queue.add({
      key,
      verb,
      async run() {
        await parts.migrate()
        await write()
        reachable = true
      },
    })
  }

  return {
    openIncident: (request) =>
      add(
        `open:${request.dedupeKey}:${request.detectedAtMs}:${request.data?.threshold}`,
        'incident.open',
        () => openIncident(records, request, clock.wallMs()),
      ),
    noteIncident: (dedupeKey, type, data) =>
      add(`note:${crypto.randomUUID()}`, 'incident.note', () =>
        noteOpenIncident(records, { dedupeKey, actor, type, data }, clock.wallMs()),
      ),
    deriveFromHalts: (entries) =>
      add('derive-from-halts', 'incident.derive', () =>
        deriveFromHalts(records, entries(), { timeScale: timeScale(), nowMs: clock.wallMs() }),
      ),
    async recordChange(who: Pick<Actor, 'name'>, action, target, reason) {
      // The `ref` keeps it one line when a write that seemed to fail had gone through.
      const ref = `change:${crypto.randomUUID()}`
      const entry = { atMs: clock.wallMs(), actor: who.name, action, target, reason, ref }
      add(`audit:${ref}`, 'audit.append', () => records.write((trx) => appendAudit(trx, entry)))
      await queue.settled()
    },
    get waiting() {
      return queue.size
    },
    get reachable() {
      return reachable
    },
    close: () => queue.close(),
  }
}
