import { OpenAPIHono } from '@hono/zod-openapi'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AdminEnv } from '../../src/admin/admin-env.ts'
import { crisisEventRoutes } from '../../src/admin/crisis-events.ts'
import { answerAdminError } from '../../src/admin/errors.ts'
import type { Role } from '../../src/admin/permissions.ts'
import { referralRegisterRoutes } from '../../src/admin/referral-register.ts'
import { GatewayError } from '../../src/errors.ts'
import { silentLogger } from '../../src/logger.ts'
import { createSeal, type Seal } from '../../src/referrals/seal.ts'
import { listAudit, verifyAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { disclosure, handClock, noonishMs, recorderFor, sealed } from '../referrals/recorder-parts.ts'

let records: Records
let clock: ReturnType<typeof handClock>

beforeEach(async () => {
  records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
  clock = handClock()
  const recorder = await recorderFor(records)
  recorder.disclosed(disclosure({ id: 'event-1', atMs: noonishMs - 400_000, level: 'plan' }))
  recorder.disclosed(disclosure({ id: 'event-2', atMs: noonishMs - 100 }))
  recorder.disclosed(disclosure({ id: 'event-3', who: {} }))
  recorder.screened('message', 'enforce')
  recorder.noteProtocol({ kind: 'protocol', detail: 'crisis-1' })
  await recorder.flush()
})
afterEach(() => records.close())

/** The routes as the control app has them, behind a key with this role. */
async function as(role: Role, method: string, path: string, body?: unknown, seal?: Seal | 'none') {
  const app = new OpenAPIHono<AdminEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new GatewayError('invalid_request', result.error.message)
    },
  })
  app.onError((error, c) => answerAdminError(error, c, silentLogger))
  app.use('*', async (c, next) => {
    c.set('actor', { personId: 'P-1', keyId: 'K-1', name: `the ${role}`, kind: 'person', roles: [role] })
    await next()
  })
  crisisEventRoutes(app, { records, clock, seal: seal === 'none' ? undefined : (seal ?? (await sealed())) })
  referralRegisterRoutes(app, { records })
  const response = await app.request(path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}

const audited = async () =>
  (await listAudit(records)).map(({ actor, action, target, reason }) => [actor, action, target, reason])

describe('crisis events', () => {
  it.each([
    ['GET', '/crisis-events', undefined, ['clinical']],
    ['POST', '/crisis-events/event-1/acknowledge', {}, ['clinical']],
    ['POST', '/crisis-events/event-1/outcome', { code: 'reached' }, ['clinical']],
    ['GET', '/crisis-events/event-1/session', undefined, ['clinical']],
    ['GET', '/referral-register?year=2026', undefined, ['clinical', 'commander', 'admin']],
    [
      'GET',
      '/screening-counts?since=2026-11-22',
      undefined,
      ['viewer', 'operator', 'clinical', 'commander', 'admin'],
    ],
  ] as const)('%s %s is for its roles alone', async (method, path, body, allowed) => {
    for (const role of ['viewer', 'operator', 'clinical', 'commander', 'admin'] as const) {
      const { status } = await as(role, method, path, body)
      expect([role, status]).toEqual([role, allowed.some((one) => one === role) ? 200 : 403])
    }
  })

  it('are listed newest first, page after page, and show no session id', async () => {
    const { body } = await as('clinical', 'GET', '/crisis-events?limit=2')
    expect(body.events.map(({ id }: { id: string }) => id)).toEqual(['event-3', 'event-2'])
    const next = await as('clinical', 'GET', '/crisis-events?limit=2&before=event-2')
    expect(next.body.events).toMatchObject([
      { id: 'event-1', paging: 'clinical', pageByMs: noonishMs - 100_000, sessionId: 'sealed' },
    ])
    expect(body.events[0]).toMatchObject({ sessionId: 'not-given', session: null, paging: null })
    expect(JSON.stringify([body, next.body])).not.toMatch(/session-of-ada|ada@example/)
    const overdue = await as('clinical', 'GET', '/crisis-events?state=overdue')
    expect(overdue.body.events.map(({ id }: { id: string }) => id)).toEqual(['event-1'])
    expect((await as('clinical', 'GET', '/crisis-events?before=unknown')).status).toBe(404)
  })

  it('are acknowledged once, and the second is told by whom', async () => {
    const first = await as('clinical', 'POST', '/crisis-events/event-1/acknowledge', {})
    expect(first.body.event).toMatchObject({ acknowledgedBy: 'the clinical', acknowledgedAtMs: noonishMs })
    const second = await as('clinical', 'POST', '/crisis-events/event-1/acknowledge', {})
    expect(second).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('the clinical') } },
    })
    expect((await as('clinical', 'GET', '/crisis-events')).body.events).toHaveLength(2)
    expect((await as('clinical', 'POST', '/crisis-events/unknown/acknowledge', {})).status).toBe(404)
    expect(await audited()).toEqual([
      ['the clinical', 'crisis-event.acknowledge', 'crisis-event:event-1', ''],
    ])
  })

  it('have an outcome as a code, which can be corrected, and take no narrative', async () => {
    const path = '/crisis-events/event-2/outcome'
    await as('clinical', 'POST', path, { code: 'not-reached' })
    const { body } = await as('clinical', 'POST', path, { code: 'reached' })
    expect(body.event).toMatchObject({
      outcomeCode: 'reached',
      outcomeBy: 'the clinical',
      acknowledgedBy: 'the clinical',
    })
    expect((await as('clinical', 'POST', path, { code: 'reached', note: 'she said' })).status).toBe(400)
    expect((await as('clinical', 'POST', path, { code: 'talked to her' })).status).toBe(400)
    const [latest] = await listAudit(records)
    expect(latest).toMatchObject({
      action: 'crisis-event.outcome',
      reason: 'reached',
      data: { before: 'not-reached' },
    })
  })

  it('reveal the session, and each look is audited', async () => {
    const { body, headers } = await as('clinical', 'GET', '/crisis-events/event-1/session')
    expect(body).toEqual({ id: 'event-1', session: 'session-of-ada' })
    expect(headers.get('cache-control')).toBe('no-store')
    await as('clinical', 'GET', '/crisis-events/event-1/session')
    expect(await audited()).toEqual(
      Array(2).fill(['the clinical', 'crisis-event.reveal-session', 'crisis-event:event-1', '']),
    )
    expect(JSON.stringify(await listAudit(records))).not.toContain('session-of-ada')
    expect(await verifyAudit(records)).toMatchObject({ intact: true })
  })

  it('reveal nothing to whoever may not look, and log no look', async () => {
    await as('admin', 'GET', '/crisis-events/event-1/session')
    expect(await audited()).toEqual([])
  })

  it('say why a session cannot be revealed', async () => {
    const path = '/crisis-events/event-1/session'
    const other = await as('clinical', 'GET', path, undefined, await createSeal(new Uint8Array(32).fill(1)))
    expect(other).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('another master key') } },
    })
    const without = await as('clinical', 'GET', path, undefined, 'none')
    expect(without).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('HALTGATE_MASTER_KEY') } },
    })
    const none = await as('clinical', 'GET', '/crisis-events/event-3/session')
    expect(none).toMatchObject({
      status: 404,
      body: { error: { message: expect.stringContaining('named no session') } },
    })
  })
})

describe('the register', () => {
  it('is exported by year, with the protocol beside it', async () => {
    const { body } = await as('admin', 'GET', '/referral-register?year=2026')
    expect(body.referrals).toHaveLength(2)
    expect(body.referrals.map(({ count }: { count: number }) => count)).toEqual([2, 1])
    expect(body.protocol).toMatchObject([{ kind: 'protocol', detail: 'crisis-1', count: 1 }])
    expect((await as('admin', 'GET', '/referral-register?year=2025')).body).toMatchObject({
      referrals: [],
      protocol: [],
    })
    expect((await as('admin', 'GET', '/referral-register?year=now')).status).toBe(400)
  })

  it('has counts from a day on, by mode', async () => {
    const { body } = await as('viewer', 'GET', '/screening-counts?since=2026-11-22&mode=enforce')
    expect(body.counts.find(({ what }: { what: string }) => what === 'all')).toEqual({
      day: '2026-11-22',
      side: 'message',
      what: 'all',
      level: '',
      action: '',
      count: 1,
    })
    expect((await as('viewer', 'GET', '/screening-counts?since=2026-11-22')).body.counts).toEqual([])
    expect((await as('viewer', 'GET', '/screening-counts?since=yesterday')).status).toBe(400)
  })
})
