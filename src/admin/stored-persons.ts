import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import { newId } from '../incidents/incident-id.ts'
import { nameKeyOf } from '../name-key.ts'
import { appendAudit } from '../stores/audit.ts'
import type { PersonTable } from '../stores/record-tables.ts'
import { cleanText } from '../stores/record-values.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'

export const PersonKind = z.enum(['person', 'service'])
export type PersonKind = z.infer<typeof PersonKind>

/** Who acts: a human being or a program. */
export interface Person {
  id: string
  name: string
  kind: PersonKind
  createdAtMs: number
  createdBy: string
  disabledAtMs: number | null
}

export interface CreatePersonRequest {
  name: string
  kind: PersonKind
  actor: string
  reason: string
}

/** These act without a row of their own; nobody else may look like them. */
export const reservedNames = ['local-admin', 'haltgate']

/** Rejects with `GatewayError` `conflict` when somebody has the name, `invalid_request` when it is no name. */
export function createPerson(records: Records, request: CreatePersonRequest, nowMs: number): Promise<Person> {
  return records.write((trx) => createPersonWithin(trx, request, nowMs))
}

export async function createPersonWithin(
  trx: RecordsTransaction,
  { name, kind, actor, reason }: CreatePersonRequest,
  nowMs: number,
): Promise<Person> {
  const cleaned = cleanName(name)
  const nameKey = nameKeyOf(cleaned)
  if (nameKey === '' || cleaned.length > 100) {
    throw new GatewayError('invalid_request', 'expected a name of 1 to 100 characters')
  }
  if (reservedNames.includes(nameKey)) {
    throw new GatewayError('invalid_request', `the name ${cleaned} is reserved: choose another`)
  }
  const row = await trx
    .insertInto('person')
    .values({
      id: newId('P'),
      name: cleaned,
      name_key: nameKey,
      kind,
      created_at_ms: nowMs,
      created_by: actor,
    })
    .onConflict((conflict) => conflict.column('name_key').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (row === undefined)
    throw new GatewayError('conflict', `there is a person or service named ${cleaned} already`)
  const target = `person:${row.id}`
  await appendAudit(trx, {
    atMs: nowMs,
    actor,
    action: 'person.create',
    target,
    reason,
    data: { name: cleaned, kind },
  })
  return personOf(row)
}

/** All persons and services, by name. */
export function listPersons(records: Records): Promise<Person[]> {
  return records.read(async (db) =>
    (await db.selectFrom('person').selectAll().orderBy('name_key').execute()).map(personOf),
  )
}

/** Ends all that a person may do. Rejects with `GatewayError` `not_found`. Repeating it changes nothing. */
export function disablePerson(
  records: Records,
  { person, actor, reason }: { person: string; actor: string; reason: string },
  nowMs: number,
): Promise<Person> {
  return records.write(async (trx) => {
    const found = await findPerson(trx, person)
    if (found === undefined) throw new GatewayError('not_found', `no person or service ${cleanName(person)}`)
    const row = await trx
      .updateTable('person')
      .set({ disabled_at_ms: nowMs })
      .where('id', '=', found.id)
      .where('disabled_at_ms', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return found
    const target = `person:${row.id}`
    await appendAudit(trx, {
      atMs: nowMs,
      actor,
      action: 'person.disable',
      target,
      reason,
      data: { name: row.name },
    })
    return personOf(row)
  })
}

/** By id, or by name as people write it. */
export async function findPerson(trx: RecordsTransaction, idOrName: string): Promise<Person | undefined> {
  const row = await trx
    .selectFrom('person')
    .selectAll()
    .where((eb) => eb.or([eb('id', '=', idOrName), eb('name_key', '=', nameKeyOf(cleanName(idOrName)))]))
    .executeTakeFirst()
  return row && personOf(row)
}

const cleanName = (name: string) => oneLine(cleanText(name, 200))

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

function personOf({ id, name, kind, created_at_ms, created_by, disabled_at_ms }: PersonTable): Person {
  return {
    id,
    name,
    kind: PersonKind.parse(kind),
    createdAtMs: created_at_ms,
    createdBy: created_by,
    disabledAtMs: disabled_at_ms,
  }
}
