import { Hono } from 'hono'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AdminEnv } from '../../src/admin/admin-env.ts'
import { answerAdminError } from '../../src/admin/errors.ts'
import type { Actor, KeyRing } from '../../src/admin/key-ring.ts'
import { requireKey } from '../../src/admin/require-key.ts'
import { silentLogger } from '../../src/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

const ada: Actor = { personId: 'P-1', name: 'Ada', kind: 'person', keyId: 'K-1', roles: ['viewer'] }
let address: string
let app: Hono<AdminEnv>
let metrics: ReturnType<typeof createMetrics>

beforeEach(() => {
  vi.useFakeTimers()
  address = '10.0.0.1'
  metrics = createMetrics({ process: false, version: 'test' })
  const keyRing: Pick<KeyRing, 'authenticate'> = {
    authenticate: async (secret) => (secret === 'hg_right' ? ada : undefined),
  }
  app = new Hono<AdminEnv>()
  app.onError((error, c) => answerAdminError(error, c, silentLogger))
  app.use(requireKey({ keyRing: { ...unused, ...keyRing }, metrics, remoteAddress: () => address }))
  app.get('/', (c) => c.text(c.get('actor').name))
})
afterEach(() => vi.useRealTimers())

const unused: KeyRing = {
  authenticate: () => Promise.reject(new Error('unused')),
  createPerson: () => Promise.reject(new Error('unused')),
  listPersons: () => Promise.reject(new Error('unused')),
  disablePerson: () => Promise.reject(new Error('unused')),
  createKey: () => Promise.reject(new Error('unused')),
  listKeys: () => Promise.reject(new Error('unused')),
  revokeKey: () => Promise.reject(new Error('unused')),
  refresh: () => Promise.resolve(),
  close() {},
}

const call = async (authorization?: string) =>
  (await app.request('/', authorization === undefined ? {} : { headers: { authorization } })).status

async function guess(times: number) {
  const statuses: number[] = []
  for (let n = 0; n < times; n++) statuses.push(await call(`Bearer hg_guess-${n}`))
  return statuses
}

it('lets a right key act in its name', async () => {
  expect(await (await app.request('/', { headers: { authorization: 'Bearer hg_right' } })).text()).toBe('Ada')
})

it.each([
  ['no header', undefined],
  ['another scheme', 'Basic aGdfcmlnaHQ='],
  ['a key without scheme', 'hg_right'],
  ['two words', 'Bearer hg_right hg_right'],
  ['a wrong key', 'Bearer hg_wrong'],
])('refuses %s', async (_what, authorization) => {
  expect(await call(authorization)).toBe(401)
})

it('limits wrong keys per address, and never a right one', async () => {
  expect(new Set(await guess(20))).toEqual(new Set([401]))
  expect(new Set(await guess(5))).toEqual(new Set([429]))
  expect(await call('Bearer hg_right')).toBe(200)
  address = '10.0.0.2'
  expect(await call('Bearer hg_wrong')).toBe(401)
})

it('forgets wrong keys after a minute', async () => {
  await guess(25)
  await vi.advanceTimersByTimeAsync(61_000)
  expect(await call('Bearer hg_wrong')).toBe(401)
})

it('counts what it refuses by cause', async () => {
  await call()
  await guess(20)
  const { values } = await metrics.refusedKeys.get()
  expect(Object.fromEntries(values.map(({ labels, value }) => [labels.why, value]))).toEqual({
    'no-key': 1,
    'wrong-key': 19,
    'too-many': 1,
  })
})
