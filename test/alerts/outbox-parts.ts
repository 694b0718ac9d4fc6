import { type Outgoing, outboxId, putIntoOutbox } from '../../src/alerts/outbox.ts'
import type { OutboxRow } from '../../src/stores/crisis-tables.ts'
import type { Records } from '../../src/stores/records.ts'

export function outgoing(change: Partial<Outgoing> = {}): Outgoing {
  return {
    channel: 'test',
    target: 'team',
    class: 'safety',
    subject: 'thing:1',
    payload: '{"type":"test"}',
    atMs: 0,
    giveUpAtMs: 3_600_000,
    ...change,
  }
}

/** Puts a message in, in a transaction of its own; answers with its id. */
export async function put(records: Records, change: Partial<Outgoing> = {}): Promise<string> {
  const out = outgoing(change)
  const id = await outboxId(out)
  await records.write((trx) => putIntoOutbox(trx, id, out))
  return id
}

export function rowsOf(records: Records): Promise<OutboxRow[]> {
  return records.read((db) => db.selectFrom('outbox').selectAll().orderBy('id').execute())
}
