import type { Clock } from '../clock.ts'
import { errorFields, type Logger, silentLogger } from '../logger.ts'
import type { Records } from '../stores/records.ts'
import { hashSecret, sameHash } from './key-secret.ts'
import type { Role } from './permissions.ts'
import { type ApiKey, type CreateKeyRequest, createKey, listKeys, revokeKey, rolesOf } from './stored-keys.ts'
import {
  type CreatePersonRequest,
  createPerson,
  disablePerson,
  listPersons,
  type Person,
  PersonKind,
} from './stored-persons.ts'

/** Who makes a request. `name` is what records and halts are signed with. */
export interface Actor {
  personId: string
  name: string
  kind: PersonKind
  keyId: string
  roles: readonly Role[]
}

export interface KeyRingOptions {
  records: Records
  /** The key in this machine's key file: always valid here, whatever the database says. */
  bootstrap?: { secret: string } | undefined
  /** How soon a change made through another gateway, or in the database, takes effect here. */
  refreshMs: number
  clock: Clock
  logger?: Logger
}

/** The persons and keys. Changes are written with their audit line, and reject with `unavailable` without a database. */
export interface KeyRing {
  /**
   * Whose key this is; `undefined` for a wrong, revoked or disabled one. Needs no database: keys are kept in memory as
   * last read, so that a halt can be engaged during an outage. The time it takes tells nothing about the right key.
   */
  authenticate(secret: string): Promise<Actor | undefined>
  createPerson(request: CreatePersonRequest): Promise<Person>
  listPersons(): Promise<Person[]>
  disablePerson(request: { person: string; actor: string; reason: string }): Promise<Person>
  createKey(request: CreateKeyRequest): Promise<{ key: ApiKey; secret: string }>
  listKeys(): Promise<ApiKey[]>
  revokeKey(request: { id: string; actor: string; reason: string }): Promise<ApiKey>
  /** Reads the keys anew and writes when which one was last used. Rejects when the database is away; the keys stay. */
  refresh(): Promise<void>
  /** Ends its timer. */
  close(): void
}

interface KnownKey {
  hash: string
  actor: Actor
}

/** Starts to refresh itself at once and every `refreshMs`; failures are retried with the next one. */
export function createKeyRing({
  records,
  bootstrap,
  refreshMs,
  clock,
  logger = silentLogger,
}: KeyRingOptions): KeyRing {
  let known = new Map<string, KnownKey>()
  /** When each key was used, until that has been written. */
  let used = new Map<string, number>()
  const local =
    bootstrap && hashSecret(bootstrap.secret).then((hash): KnownKey => ({ hash, actor: localAdmin }))
  /** Counts changes made here: a read that began before one must not bring the old state back. */
  let changes = 0
  let refreshing = false

  async function reload(): Promise<void> {
    const before = changes
    const keys = await readKeys(records)
    if (before === changes) known = keys
  }

  async function refresh(): Promise<void> {
    await reload()
    await writeUsed()
  }

  async function writeUsed(): Promise<void> {
    if (used.size === 0) return
    const writing = used
    used = new Map()
    try {
      await records.write(async (trx) => {
        for (const [id, atMs] of writing) {
          await trx.updateTable('api_key').set({ last_used_at_ms: atMs }).where('id', '=', id).execute()
        }
      })
    } catch (error) {
      used = new Map([...writing, ...used])
      throw error
    }
  }

  const tick = () => {
    if (refreshing) return
    refreshing = true
    refresh()
      .catch((error) => logger.debug(errorFields(error), 'the keys could not be read anew; those known stay'))
      .finally(() => {
        refreshing = false
      })
  }
  const timer = setInterval(tick, refreshMs)
  tick()

  /** What was changed here takes effect here before the caller has its answer, also when the reading fails. */
  async function changed<T>(work: Promise<T>, forget: (result: T, key: KnownKey) => boolean): Promise<T> {
    const result = await work
    changes++
    known = new Map([...known].filter(([, key]) => !forget(result, key)))
    await refresh().catch((error) =>
      logger.warn(errorFields(error), 'a change of keys will take effect later'),
    )
    return result
  }

  return {
    async authenticate(secret) {
      const hash = await hashSecret(secret)
      const found = known.get(hash)
      const first = await local
      if (first !== undefined && sameHash(first.hash, hash)) return first.actor
      if (found === undefined || !sameHash(found.hash, hash)) return undefined
      used.set(found.actor.keyId, clock.wallMs())
      return found.actor
    },
    createPerson: (request) => createPerson(records, request, clock.wallMs()),
    listPersons: () => listPersons(records),
    disablePerson: (request) =>
      changed(disablePerson(records, request, clock.wallMs()), ({ id }, { actor }) => actor.personId === id),
    createKey: (request) => changed(createKey(records, request, clock.wallMs()), () => false),
    listKeys: () => listKeys(records),
    revokeKey: (request) =>
      changed(revokeKey(records, request, clock.wallMs()), ({ id }, { actor }) => actor.keyId === id),
    refresh,
    close: () => clearInterval(timer),
  }
}

const localAdmin: Actor = {
  personId: 'local-admin',
  name: 'local-admin',
  kind: 'person',
  keyId: 'local-admin',
  roles: ['admin', 'operator', 'commander'],
}

async function readKeys(records: Records): Promise<Map<string, KnownKey>> {
  const rows = await records.read((db) =>
    db
      .selectFrom('api_key')
      .innerJoin('person', 'person.id', 'api_key.person_id')
      .select([
        'api_key.id',
        'api_key.hash',
        'api_key.roles',
        'person.id as person_id',
        'person.name',
        'person.kind',
      ])
      .where('api_key.revoked_at_ms', 'is', null)
      .where('person.disabled_at_ms', 'is', null)
      .execute(),
  )
  const keys = rows.map(({ id, hash, roles, person_id, name, kind }): [string, KnownKey] => [
    hash,
    {
      hash,
      actor: { personId: person_id, name, kind: PersonKind.parse(kind), keyId: id, roles: rolesOf(roles) },
    },
  ])
  return new Map(keys)
}
