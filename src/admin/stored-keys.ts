import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import { newId, normaliseId } from '../incidents/incident-id.ts'
import { appendAudit } from '../stores/audit.ts'
import type { ApiKeyTable } from '../stores/record-tables.ts'
import { canonicalJson, cleanText } from '../stores/record-values.ts'
import type { Records, RecordsDb } from '../stores/records.ts'
import { hashSecret, newSecret, prefixOf } from './key-secret.ts'
import { Role } from './permissions.ts'
import { createPersonWithin, findPerson, type PersonKind } from './stored-persons.ts'

/** A key as lists show it; neither secret nor hash. */
export interface ApiKey {
  id: string
  personId: string
  /** The person's name. */
  person: string
  label: string | null
  /** The beginning of the secret, to tell keys apart. */
  prefix: string
  roles: Role[]
  createdAtMs: number
  createdBy: string
  revokedAtMs: number | null
  lastUsedAtMs: number | null
}

export interface CreateKeyRequest {
  /** The id or the name of a person or service; a name not known yet becomes one of `kind`. */
  person: string
  kind?: PersonKind | undefined
  roles: readonly Role[]
  label?: string | undefined
  actor: string
  reason: string
}

const Roles = z.array(Role).min(1)

/**
 * Makes a key. The secret is in the answer and nowhere else. Rejects with `GatewayError` `invalid_request`, or
 * `conflict` when the person is disabled.
 */
export async function createKey(
  records: Records,
  { person, kind = 'person', roles, label, actor, reason }: CreateKeyRequest,
  nowMs: number,
): Promise<{ key: ApiKey; secret: string }> {
  const parsed = Roles.safeParse([...new Set(roles)].sort())
  if (!parsed.success) {
    throw new GatewayError('invalid_request', `expected one or more of the roles ${Role.options.join(', ')}`)
  }
  const secret = newSecret()
  const hash = await hashSecret(secret)
  return records.write(async (trx) => {
    const owner =
      (await findPerson(trx, person)) ??
      (await createPersonWithin(trx, { name: person, kind, actor, reason }, nowMs))
    if (owner.disabledAtMs !== null) throw new GatewayError('conflict', `${owner.name} is disabled`)
    const row = await trx
      .insertInto('api_key')
      .values({
        id: newId('K'),
        person_id: owner.id,
        label: label === undefined ? null : cleanText(label, 200),
        prefix: prefixOf(secret),
        hash,
        roles: canonicalJson(parsed.data),
        created_at_ms: nowMs,
        created_by: actor,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const data = { person: owner.name, roles: parsed.data.join(' '), prefix: row.prefix }
    await appendAudit(trx, {
      atMs: nowMs,
      actor,
      action: 'key.create',
      target: `key:${row.id}`,
      reason,
      data,
    })
    return { key: keyOf({ ...row, name: owner.name }), secret }
  })
}

/** All keys, revoked ones too, the newest first. */
export function listKeys(records: Records): Promise<ApiKey[]> {
  return records.read(async (db) =>
    (await keysWithNames(db).orderBy('created_at_ms', 'desc').orderBy('api_key.id').execute()).map(keyOf),
  )
}

/**
 * Makes a key invalid. `id` may be a unique beginning. Rejects with `GatewayError` `not_found`, or `conflict` when the
 * beginning is ambiguous. Repeating it changes nothing.
 */
export function revokeKey(
  records: Records,
  { id, actor, reason }: { id: string; actor: string; reason: string },
  nowMs: number,
): Promise<ApiKey> {
  const beginning = normaliseId('K', id)
  return records.write(async (trx) => {
    // An empty beginning would be that of every key.
    const rows = /^K-[0-9A-Z]+$/.test(beginning)
      ? await keysWithNames(trx)
          .where((eb) => eb.fn('substr', ['api_key.id', eb.lit(1), eb.lit(beginning.length)]), '=', beginning)
          .limit(6)
          .execute()
      : []
    const [found] = rows
    if (found === undefined)
      throw new GatewayError('not_found', `no key with the id ${beginning.slice(0, 40)}`)
    if (rows.length > 1) {
      const ids = rows.map((row) => row.id).join(', ')
      throw new GatewayError('conflict', `several keys begin with ${beginning}: ${ids}. Give more of the id`)
    }
    const row = await trx
      .updateTable('api_key')
      .set({ revoked_at_ms: nowMs })
      .where('id', '=', found.id)
      .where('revoked_at_ms', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return keyOf(found)
    const data = { person: found.name, prefix: row.prefix }
    await appendAudit(trx, {
      atMs: nowMs,
      actor,
      action: 'key.revoke',
      target: `key:${row.id}`,
      reason,
      data,
    })
    return keyOf({ ...row, name: found.name })
  })
}

function keysWithNames(db: RecordsDb) {
  return db
    .selectFrom('api_key')
    .innerJoin('person', 'person.id', 'api_key.person_id')
    .selectAll('api_key')
    .select('person.name')
}

function keyOf(row: ApiKeyTable & { name: string }): ApiKey {
  return {
    id: row.id,
    personId: row.person_id,
    person: row.name,
    label: row.label,
    prefix: row.prefix,
    roles: rolesOf(row.roles),
    createdAtMs: row.created_at_ms,
    createdBy: row.created_by,
    revokedAtMs: row.revoked_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
  }
}

/** Roles that this version does not know grant nothing. */
export function rolesOf(text: string): Role[] {
  const roles: unknown = JSON.parse(text)
  return Role.options.filter((role) => Array.isArray(roles) && roles.includes(role))
}
