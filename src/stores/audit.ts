import type { AuditRow } from './record-tables.ts'
import {
  canonicalJson,
  cleanText,
  type Facts,
  factsFromText,
  factsToText,
  sha256Hex,
} from './record-values.ts'
import type { Records, RecordsTransaction } from './records.ts'

/** Something somebody did. `reason` and `data` never hold message text of users or secrets. */
export interface AuditEntry {
  /** When this line is written, epoch milliseconds. When the act was at another time, say so in `data`. */
  atMs: number
  /** Person or service that acted, or `haltgate` for the gateway itself. */
  actor: string
  /** `<thing>.<verb>`, such as `halt.engage`. */
  action: string
  /** What was acted on, such as `key:K-4F2K9QWX`. */
  target: string
  reason: string
  data?: Readonly<Record<string, string | number | boolean | null | undefined>>
  /** Makes the line exactly-once: a second one with the same `ref` is not written. */
  ref?: string
}

export interface AuditLine {
  seq: number
  atMs: number
  actor: string
  action: string
  target: string
  reason: string
  data: Facts
  ref: string | null
  hash: string
}

export type AuditVerdict =
  | { intact: true; lines: number }
  | { intact: false /** The first line that is wrong. */; seq: number; why: string }

const genesisHash = '0'.repeat(64)
const pageSize = 500

/**
 * Adds a line to the audit log within the caller's transaction, so that a change and its line are written together or
 * not at all. Each line carries the hash of the one before. Call it last in the transaction: whoever appends holds up
 * all others until the commit.
 */
export async function appendAudit(trx: RecordsTransaction, entry: AuditEntry): Promise<void> {
  const head = await trx
    .updateTable('audit_head')
    .set((eb) => ({ seq: eb('seq', '+', 1) }))
    .where('one', '=', 1)
    .returning(['seq', 'hash'])
    .executeTakeFirstOrThrow()
  if (entry.ref !== undefined && (await hasRef(trx, entry.ref))) {
    await trx
      .updateTable('audit_head')
      .set({ seq: head.seq - 1 })
      .where('one', '=', 1)
      .execute()
    return
  }
  const line = {
    seq: head.seq,
    at_ms: entry.atMs,
    actor: cleanText(entry.actor, 200),
    action: cleanText(entry.action, 100),
    target: cleanText(entry.target, 300),
    reason: cleanText(entry.reason),
    data: factsToText(entry.data ?? {}),
    ref: entry.ref ?? null,
    prev_hash: head.hash,
  }
  const hash = await hashOf(line)
  await trx
    .insertInto('audit')
    .values({ ...line, hash })
    .execute()
  await trx.updateTable('audit_head').set({ hash }).where('one', '=', 1).execute()
}

/** Newest first; `before` is the `seq` to go on from. */
export function listAudit(
  records: Records,
  { limit = 100, before }: { limit?: number; before?: number } = {},
): Promise<AuditLine[]> {
  return records.read(async (db) => {
    let query = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(limit)
    if (before !== undefined) query = query.where('seq', '<', before)
    return (await query.execute()).map(lineOf)
  })
}

/**
 * Recomputes the whole chain and names the first line that was changed, removed or put in. Lines cut off at the end
 * show because the head is kept apart. Somebody who can write to the database could still make a whole new chain:
 * keep a copy of the newest hash elsewhere to notice that.
 */
export function verifyAudit(records: Records): Promise<AuditVerdict> {
  return records.read(async (db) => {
    // One statement, so that an append under way is seen in both or in neither.
    const head = await db
      .selectFrom('audit_head')
      .select((eb) => ['seq', 'hash', eb.selectFrom('audit').select(eb.fn.max('seq').as('last')).as('last')])
      .where('one', '=', 1)
      .executeTakeFirst()
    if (head === undefined) return { intact: false, seq: 0, why: 'the head of the chain is missing' }
    const last = head.last ?? 0
    if (last > head.seq) return { intact: false, seq: head.seq + 1, why: 'a line was put in from outside' }
    let seq = 0
    let hash = genesisHash
    while (seq < head.seq) {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .where('seq', '>', seq)
        .where('seq', '<=', head.seq)
        .orderBy('seq')
        .limit(pageSize)
        .execute()
      if (rows.length === 0) return { intact: false, seq: seq + 1, why: 'the lines from here on are missing' }
      for (const row of rows) {
        const why = await wrongWith(row, seq + 1, hash)
        if (why !== undefined) return { intact: false, seq: seq + 1, why }
        seq = row.seq
        hash = row.hash
      }
    }
    if (hash !== head.hash)
      return { intact: false, seq, why: 'the last line is not the one that was written last' }
    return { intact: true, lines: seq }
  })
}

async function wrongWith(row: AuditRow, seq: number, prevHash: string): Promise<string | undefined> {
  if (row.seq !== seq) return 'this line is missing'
  if (row.prev_hash !== prevHash) return 'this line does not follow the one before'
  return row.hash === (await hashOf(row)) ? undefined : 'this line was changed'
}

async function hasRef(trx: RecordsTransaction, ref: string): Promise<boolean> {
  return (await trx.selectFrom('audit').select('seq').where('ref', '=', ref).executeTakeFirst()) !== undefined
}

/** Over the columns as stored, in the order of their names. */
function hashOf({ seq, at_ms, actor, action, target, reason, data, ref, prev_hash }: Omit<AuditRow, 'hash'>) {
  return sha256Hex(canonicalJson({ seq, at_ms, actor, action, target, reason, data, ref, prev_hash }))
}

function lineOf({ seq, at_ms, actor, action, target, reason, data, ref, hash }: AuditRow): AuditLine {
  return { seq, atMs: at_ms, actor, action, target, reason, data: factsFromText(data), ref, hash }
}
