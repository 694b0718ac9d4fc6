import { sql } from 'kysely'
import { beforeEach, expect, it } from 'vitest'
import { appendAudit, listAudit, verifyAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'

/** The part of the records contract about the audit log; two handles on one migrated database. */
export function testAuditLog(handles: () => { records: Records; other: Records }): void {
  let records: Records
  let other: Records

  beforeEach(() => {
    ;({ records, other } = handles())
  })

  const line = (i: number) => ({
    atMs: i,
    actor: 'anna',
    action: 'test.do',
    target: `thing:${i}`,
    reason: 'why',
  })
  const append = (handle: Records, i: number, ref?: string) =>
    handle.write((trx) => appendAudit(trx, ref === undefined ? line(i) : { ...line(i), ref }))

  it('is one unbroken chain after fifty appends at once', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => append(i % 2 ? records : other, i)))
    expect(await verifyAudit(records)).toEqual({ intact: true, lines: 50 })
    const lines = await listAudit(records, { limit: 20, before: 31 })
    expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => 30 - i))
    expect(new Set((await listAudit(records)).map(({ target }) => target)).size).toBe(50)
  })

  it('takes a line with a ref once', async () => {
    await Promise.all([1, 2, 3, 4].map((i) => append(i % 2 ? records : other, i, 'one-and-only')))
    await append(records, 5)
    expect(await verifyAudit(records)).toEqual({ intact: true, lines: 2 })
  })

  it('loses the line with the transaction', async () => {
    const failed = records.write(async (trx) => {
      await appendAudit(trx, line(1))
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    await append(records, 2)
    expect(await verifyAudit(records)).toEqual({ intact: true, lines: 1 })
  })

  it.each([
    ['a changed line', sql`update audit set reason = 'another' where seq = 2`, 2],
    ['a removed line', sql`delete from audit where seq = 2`, 2],
    ['lines cut off at the end', sql`delete from audit where seq > 2`, 3],
    [
      'a line put in after the last',
      sql`insert into audit (seq, at_ms, actor, action, target, reason, data, prev_hash, hash)
            values (4, 1, 'eve', 'halt.clear', 'halt:x', 'none', '{}', 'x', 'y')`,
      4,
    ],
    ['a line put in the place of the last', sql`update audit set hash = prev_hash where seq = 3`, 3],
  ])('shows %s', async (_, damage, seq) => {
    for (let i = 0; i < 3; i++) await append(records, i)
    await disarm(records)
    await records.write((trx) => damage.execute(trx))
    expect(await verifyAudit(other)).toMatchObject({ intact: false, seq })
  })
}

/** Takes the triggers away, as somebody with the owner's rights could. */
async function disarm(records: Records): Promise<void> {
  const drops =
    records.kind === 'sqlite'
      ? ['drop trigger audit_no_update', 'drop trigger audit_no_delete']
      : ['drop trigger audit_no_change on audit']
  for (const drop of drops) await records.write((trx) => sql.raw(drop).execute(trx))
}
