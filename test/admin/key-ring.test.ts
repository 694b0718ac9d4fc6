import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeyRing, type KeyRing } from '../../src/admin/key-ring.ts'
import { GatewayError } from '../../src/errors.ts'
import { silentLogger } from '../../src/logger.ts'
import { listAudit, verifyAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'

const anna = {
  person: 'Anna Berg',
  roles: ['operator', 'commander'],
  actor: 'local-admin',
  reason: 'on call',
} as const
/** Longer than any test: what is not refreshed by hand stays as it is. */
const never = 1_000_000

describe('the key ring', () => {
  let dir: string
  let records: Records
  let ring: KeyRing
  let nowMs: number
  const rings: KeyRing[] = []
  const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs }

  const newRing = (options: Partial<Parameters<typeof createKeyRing>[0]> = {}) => {
    const made = createKeyRing({ records, refreshMs: never, clock, ...options })
    rings.push(made)
    return made
  }

  beforeEach(async () => {
    nowMs = 1_000
    dir = mkdtempSync(join(tmpdir(), 'haltgate-keys-'))
    records = createSqliteRecords(join(dir, 'records.db'), silentLogger)
    await records.migrate()
    ring = newRing()
  })
  afterEach(async () => {
    for (const made of rings.splice(0)) made.close()
    await records.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('knows a new key at once, and whose it is', async () => {
    const { key, secret } = await ring.createKey({ ...anna, label: 'laptop' })
    expect(secret).toMatch(/^hg_[\w-]{43}$/)
    expect(await ring.authenticate(secret)).toEqual({
      personId: key.personId,
      name: 'Anna Berg',
      kind: 'person',
      keyId: key.id,
      roles: ['operator', 'commander'],
    })
    expect(await ring.listKeys()).toEqual([key])
    expect(key).toMatchObject({
      label: 'laptop',
      prefix: secret.slice(0, 9),
      revokedAtMs: null,
      createdAtMs: 1_000,
    })
  })

  it('keeps no secret anywhere in the database', async () => {
    const { secret } = await ring.createKey(anna)
    const everything = await records.read(async (db) => [
      await db.selectFrom('api_key').selectAll().execute(),
      await db.selectFrom('audit').selectAll().execute(),
      await db.selectFrom('person').selectAll().execute(),
    ])
    expect(JSON.stringify(everything)).toContain('Anna Berg')
    expect(JSON.stringify(everything)).not.toContain(secret.slice(12))
  })

  it.each(['', 'hg_', 'hg_wrong', `hg_${'A'.repeat(43)}`, 'x'.repeat(100_000), 'hg_\u0000'])(
    'refuses a wrong key (%#)',
    async (wrong) => {
      await ring.createKey(anna)
      expect(await ring.authenticate(wrong)).toBeUndefined()
    },
  )

  it('refuses a revoked key at once, and on another gateway after its refresh', async () => {
    const { key, secret } = await ring.createKey(anna)
    const other = newRing()
    await other.refresh()
    expect(await other.authenticate(secret)).toBeDefined()
    const revoked = await ring.revokeKey({
      id: key.id.slice(2, 8),
      actor: 'local-admin',
      reason: 'laptop lost',
    })
    expect(revoked.revokedAtMs).toBe(1_000)
    expect(await ring.authenticate(secret)).toBeUndefined()
    await other.refresh()
    expect(await other.authenticate(secret)).toBeUndefined()
  })

  it('refuses a revoked key also when the keys cannot be read anew', async () => {
    let unreadable = false
    const deaf: Records = {
      ...records,
      read: (work) =>
        unreadable ? Promise.reject(new GatewayError('unavailable', 'away')) : records.read(work),
    }
    const ring = newRing({ records: deaf })
    const [lost, kept] = [await ring.createKey(anna), await ring.createKey(anna)]
    unreadable = true
    await ring.revokeKey({ id: lost.key.id, actor: 'local-admin', reason: 'laptop lost' })
    expect(await ring.authenticate(lost.secret)).toBeUndefined()
    expect(await ring.authenticate(kept.secret)).toBeDefined()
  })

  it('refreshes itself', async () => {
    const other = newRing({ refreshMs: 5 })
    const { secret } = await ring.createKey(anna)
    await expect.poll(() => other.authenticate(secret)).toBeDefined()
  })

  it('refuses all keys of a disabled person, and makes no more', async () => {
    const { key, secret } = await ring.createKey(anna)
    await ring.disablePerson({ person: key.personId, actor: 'local-admin', reason: 'has left' })
    expect(await ring.authenticate(secret)).toBeUndefined()
    await expect(ring.createKey(anna)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('lets known keys and the local key in while the database is away, and changes nothing', async () => {
    let away = false
    const flaky: Records = {
      ...records,
      read: (work) => (away ? Promise.reject(new GatewayError('unavailable', 'away')) : records.read(work)),
      write: (work) => (away ? Promise.reject(new GatewayError('unavailable', 'away')) : records.write(work)),
    }
    const ring = newRing({ records: flaky, bootstrap: { secret: 'hg_local' } })
    const { key, secret } = await ring.createKey(anna)
    away = true
    await expect(ring.refresh()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await ring.authenticate(secret)).toBeDefined()
    expect(await ring.authenticate('hg_local')).toMatchObject({
      name: 'local-admin',
      roles: ['admin', 'operator', 'commander'],
    })
    const revoke = ring.revokeKey({ id: key.id, actor: 'local-admin', reason: 'laptop lost' })
    await expect(revoke).rejects.toMatchObject({ code: 'unavailable' })
    expect(await ring.authenticate(secret)).toBeDefined()
  })

  it('knows the local key before it has read anything', async () => {
    const first = newRing({ bootstrap: { secret: 'hg_local' } })
    expect(await first.authenticate('hg_local')).toMatchObject({ personId: 'local-admin' })
    expect(await first.authenticate('hg_other')).toBeUndefined()
  })

  it('takes one look-alike name for the same person', async () => {
    const one = await ring.createKey(anna)
    const two = await ring.createKey({ ...anna, person: '  anna\u200b  BERG ' })
    expect(two.key.personId).toBe(one.key.personId)
    const again = { name: 'ANNA BERG', kind: 'person', actor: 'local-admin', reason: 'twice' } as const
    await expect(ring.createPerson(again)).rejects.toMatchObject({ code: 'conflict' })
    expect(await ring.listPersons()).toHaveLength(1)
  })

  it.each(['', '  ', '\u200b', 'local-admin', 'Haltgate', 'x'.repeat(101)])(
    'refuses the name %j',
    async (name) => {
      const person = { name, kind: 'person', actor: 'local-admin', reason: 'new' } as const
      await expect(ring.createPerson(person)).rejects.toMatchObject({ code: 'invalid_request' })
      await expect(ring.createKey({ ...anna, person: name })).rejects.toMatchObject({
        code: 'invalid_request',
      })
      expect(await ring.listKeys()).toEqual([])
    },
  )

  it('refuses a key without a role', async () => {
    await expect(ring.createKey({ ...anna, roles: [] })).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await ring.listPersons()).toEqual([])
  })

  it.each(['', 'K-', 'nothing', "'"])('revokes nothing for the id %j', async (id) => {
    await ring.createKey(anna)
    const revoke = ring.revokeKey({ id, actor: 'local-admin', reason: 'a slip' })
    await expect(revoke).rejects.toMatchObject({ code: 'not_found' })
  })

  it('grants nothing for a role that it does not know', async () => {
    const { secret } = await ring.createKey(anna)
    await records.write((trx) => sql`update api_key set roles = '["wizard","viewer"]'`.execute(trx))
    await ring.refresh()
    expect((await ring.authenticate(secret))?.roles).toEqual(['viewer'])
  })

  it('remembers when a key was last used', async () => {
    const { secret } = await ring.createKey(anna)
    nowMs = 60_000
    await ring.authenticate(secret)
    await ring.refresh()
    expect(await ring.listKeys()).toMatchObject([{ lastUsedAtMs: 60_000 }])
  })

  it('writes each change to the audit log with actor and reason, once', async () => {
    const { key } = await ring.createKey(anna)
    const revoke = { id: key.id, actor: 'local-admin', reason: 'laptop lost' }
    await ring.revokeKey(revoke)
    await ring.revokeKey({ ...revoke, reason: 'once more' })
    await ring.disablePerson({ person: 'anna berg', actor: 'local-admin', reason: 'has left' })
    const lines = await listAudit(records)
    expect(lines.map(({ action, actor, reason }) => [action, actor, reason]).reverse()).toEqual([
      ['person.create', 'local-admin', 'on call'],
      ['key.create', 'local-admin', 'on call'],
      ['key.revoke', 'local-admin', 'laptop lost'],
      ['person.disable', 'local-admin', 'has left'],
    ])
    expect(await verifyAudit(records)).toMatchObject({ intact: true })
  })
})
