import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { listAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import {
  deleteOldEvidence,
  holdEvidence,
  keepingOf,
  readEvidence,
  rewrapEvidence,
} from '../../src/vault/evidence.ts'
import { cipherOf, forReview, keptMs, nowMs, recorded } from '../reviews/review-parts.ts'

let records: Records
beforeEach(async () => {
  records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
})
afterEach(() => records.close())

const look = (itemId: string) => ({ itemId, actor: 'Dr Reed' })

describe('the evidence vault', () => {
  it('gives no text when the look cannot be written to the audit log', async () => {
    const item = forReview()
    const cipher = await cipherOf(1)
    await recorded(records, [item], { cipher })
    let opened = 0
    const watched = {
      ...cipher,
      open(...given: Parameters<typeof cipher.open>) {
        opened++
        return cipher.open(...given)
      },
    }
    await records.write((trx) => trx.schema.dropTable('audit_head').execute())
    await expect(readEvidence(records, watched, look(item.id), nowMs)).rejects.toThrow()
    expect(opened).toBe(0)
  })

  it('says how long evidence is kept, and whether it is held', async () => {
    const item = forReview()
    await recorded(records, [item], { cipher: await cipherOf(1) })
    const keeping = { held: false, deleteAfterMs: nowMs + keptMs }
    expect(await keepingOf(records, item.id)).toEqual(keeping)
    await holdEvidence(records, { ...look(item.id), held: true, reason: 'inquiry' }, nowMs)
    expect(await keepingOf(records, item.id)).toEqual({ ...keeping, held: true })
    expect(await listAudit(records)).toMatchObject([{ action: 'evidence.hold', reason: 'inquiry' }])
    await expect(
      holdEvidence(records, { ...look('nobody'), held: true, reason: 'inquiry' }, nowMs),
    ).rejects.toMatchObject({ code: 'not_found' })
    expect(await keepingOf(records, 'nobody')).toBeUndefined()
  })

  it('deletes more than one page of what is over, and wraps more than one page anew', async () => {
    const items = Array.from({ length: 230 }, () => forReview({ kind: 'reported' }))
    await recorded(records, items, { cipher: await cipherOf(1) })
    const both = await cipherOf(2, 1)
    let after: string | undefined = ''
    let wrapped = 0
    while (after !== undefined) {
      const page = await rewrapEvidence(records, both, after)
      wrapped += page.count
      after = page.next
    }
    expect(wrapped).toBe(230)
    let gone = 0
    for (let some = 1; some > 0; gone += some) some = await deleteOldEvidence(records, nowMs + keptMs)
    expect(gone).toBe(230)
    const left = await records.read((db) => db.selectFrom('evidence').selectAll().execute())
    expect(left).toEqual([])
  })

  it('is not kept from wrapping anew by rows that no key opens', async () => {
    await recorded(records, [forReview(), forReview()], { cipher: await cipherOf(9) })
    const mine = forReview()
    await recorded(records, [mine], { cipher: await cipherOf(1) })
    expect(await rewrapEvidence(records, await cipherOf(2, 1))).toMatchObject({ count: 1 })
    const { user } = await readEvidence(records, await cipherOf(2), look(mine.id), nowMs)
    expect(user).toBe(mine.excerpt?.user)
  })
})
