import { OpenAPIHono } from '@hono/zod-openapi'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AdminEnv } from '../../src/admin/admin-env.ts'
import { answerAdminError } from '../../src/admin/errors.ts'
import type { Actor } from '../../src/admin/key-ring.ts'
import type { Role } from '../../src/admin/permissions.ts'
import { reviewRoutes } from '../../src/admin/reviews.ts'
import { GatewayError } from '../../src/errors.ts'
import { silentLogger } from '../../src/logger.ts'
import type { ForReview } from '../../src/reviews/review-recorder.ts'
import { listAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { deleteOldEvidence } from '../../src/vault/evidence.ts'
import { cipherOf, forReview, keptMs, nowMs, recorded } from '../reviews/review-parts.ts'

let records: Records
let call: Awaited<ReturnType<typeof control>>
let reported: ForReview[]
let decided: string[]
let takesReports: boolean

beforeEach(async () => {
  records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
  reported = []
  decided = []
  takesReports = true
  call = await control()
})
afterEach(() => records.close())

/** The routes as the control app has them; the caller says who asks. */
async function control(readers: 1 | 2 = 1) {
  let actor: Actor = { personId: '', keyId: '', name: '', kind: 'person', roles: [] }
  const app = new OpenAPIHono<AdminEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new GatewayError('invalid_request', result.error.message)
    },
  })
  app.onError((error, c) => answerAdminError(error, c, silentLogger))
  app.use('*', async (c, next) => {
    c.set('actor', actor)
    await next()
  })
  reviewRoutes(app, {
    records,
    clock: { wallMs: () => nowMs, monotonicMs: () => 0 },
    cipher: await cipherOf(1),
    readers: () => readers,
    dropped: () => 3,
    offerReview(item) {
      if (takesReports) reported.push(item)
      return takesReports
    },
    engineVersion: (engine) => `${engine}-7`,
    onDecided: async (itemId) => void decided.push(itemId),
  })
  return async (who: Role | Partial<Actor>, method: string, path: string, body?: unknown) => {
    const given = typeof who === 'string' ? { name: `the ${who}`, roles: [who] } : who
    actor = { personId: 'P-1', keyId: 'K-1', name: 'Dr Reed', kind: 'person', roles: ['clinical'], ...given }
    const response = await app.request(path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
  }
}

async function queued(change: Partial<ForReview> = {}): Promise<string> {
  const item = forReview(change)
  await recorded(records, [item], { cipher: await cipherOf(1) })
  return item.id
}

const miss = { crisis: 'yes', missed: 'yes' }

describe('reviews', () => {
  it.each([
    ['GET', '', undefined, ['clinical']],
    ['GET', '/ID', undefined, ['clinical']],
    ['GET', '/ID/evidence', undefined, ['clinical']],
    ['POST', '/ID/hold', { held: true, reason: 'inquiry' }, ['clinical']],
    ['POST', '/ID/decisions', miss, ['clinical']],
    ['POST', '', {}, ['operator', 'clinical', 'commander']],
  ] as const)('%s /reviews%s is for those alone who may', async (method, path, body, allowed) => {
    const id = await queued()
    for (const role of ['viewer', 'operator', 'clinical', 'commander', 'admin'] as const) {
      const { status } = await call(role, method, `/reviews${path.replace('ID', id)}`, body)
      expect([role, status < 300]).toEqual([role, (allowed as readonly Role[]).includes(role)])
    }
  })

  it('are listed and shown without a word of anybody', async () => {
    const id = await queued()
    const { body: queue } = await call('clinical', 'GET', '/reviews')
    expect(queue).toMatchObject({ items: [{ id, evidence: 'kept' }], evidence: 'kept', dropped: 3 })
    const { body: one } = await call('clinical', 'GET', `/reviews/${id}`)
    expect(one.keeping).toEqual({ held: false, deleteAfterMs: nowMs + keptMs })
    expect(JSON.stringify([queue, one])).not.toMatch(/lovely|here any more/)
  })

  it('go on behind the last item of a page', async () => {
    const [first, second] = [await queued(), await queued()]
    const { body } = await call('clinical', 'GET', `/reviews?limit=1&after=${first}`)
    expect(body.items).toMatchObject([{ id: second }])
    expect((await call('clinical', 'GET', '/reviews?after=nobody')).status).toBe(404)
  })

  it('give evidence that nobody may store on the way, with the look on record', async () => {
    const id = await queued()
    const { headers, body } = await call('clinical', 'GET', `/reviews/${id}/evidence`)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({ id, user: expect.stringContaining('here any more') })
    expect(await listAudit(records)).toMatchObject([
      { action: 'evidence.read', actor: 'the clinical', target: `review:${id}` },
    ])
  })

  it('keep held evidence until it is released', async () => {
    const id = await queued()
    const hold = (held: boolean) =>
      call('clinical', 'POST', `/reviews/${id}/hold`, { held, reason: 'inquiry' })
    expect((await hold(true)).body.keeping).toMatchObject({ held: true })
    expect(await deleteOldEvidence(records, nowMs + keptMs)).toBe(0)
    expect((await hold(false)).body.keeping).toMatchObject({ held: false })
    expect(await deleteOldEvidence(records, nowMs + keptMs)).toBe(1)
    expect((await call('clinical', 'GET', `/reviews/${id}`)).body).toMatchObject({
      item: { evidence: 'gone' },
      keeping: null,
    })
    expect((await hold(true)).status).toBe(404)
  })
})

describe('a decision', () => {
  const decideOn = (id: string, who: Partial<Actor> = {}, said: object = miss) =>
    call(who, 'POST', `/reviews/${id}/decisions`, said)

  it('is taken once; the same again changes nothing, and what follows is not lost by a crash in between', async () => {
    const id = await queued()
    expect((await decideOn(id)).body.item).toMatchObject({ state: 'decided', missed: 'yes' })
    expect((await decideOn(id)).status).toBe(200)
    expect(decided).toEqual([id, id])
    expect((await decideOn(id, {}, { ...miss, missed: 'no' })).status).toBe(409)
    expect(await listAudit(records)).toHaveLength(1)
  })

  it('of one person under two keys is the decision of one person', async () => {
    call = await control(2)
    const id = await queued()
    expect((await decideOn(id, { keyId: 'K-1' })).body.item.state).toBe('open')
    expect((await decideOn(id, { keyId: 'K-2' })).body.item.state).toBe('open')
    expect((await decideOn(id, { keyId: 'K-2' }, { crisis: 'no', missed: 'no' })).status).toBe(409)
    expect((await decideOn(id, { personId: 'P-2', name: 'Dr Sand' })).body.item.state).toBe('decided')
    expect(decided).toEqual([id])
  })

  it('tells a second reader nothing of the first', async () => {
    call = await control(2)
    const id = await queued()
    await decideOn(id)
    const { body } = await call({ personId: 'P-2' }, 'GET', `/reviews/${id}`)
    expect(body.item).toMatchObject({ state: 'open', crisis: null, missed: null, harmful: null })
  })

  it('is a person’s, whatever roles a service has', async () => {
    const { status, body } = await decideOn(await queued(), { kind: 'service' })
    expect([status, body.error.message]).toEqual([403, 'a service cannot decide: a person reads and decides'])
  })

  it.each([
    ['no answer', {}],
    ['half an answer', { crisis: 'yes' }],
    ['another word', { crisis: 'maybe', missed: 'no' }],
    ['a misspelt field', { ...miss, harmfull: 'yes' }],
    ['a narrative', { ...miss, outcomeCode: 'she told me that' }],
    ['a miss without a crisis', { crisis: 'no', missed: 'yes' }],
    ['a miss of what may be one', { crisis: 'unsure', missed: 'yes' }],
  ])('with %s is refused and changes nothing', async (_, said) => {
    const id = await queued()
    expect((await decideOn(id, {}, said)).status).toBe(400)
    expect((await call('clinical', 'GET', `/reviews/${id}`)).body.item.state).toBe('open')
  })

  it('about nothing that is known is refused', async () => {
    expect((await decideOn('nothing-here')).status).toBe(404)
  })

  it('says so when there is nothing to read any more', async () => {
    const id = await queued()
    await deleteOldEvidence(records, nowMs + keptMs)
    const { status, body } = await decideOn(id)
    expect([status, body.error.missing]).toEqual([409, [expect.stringContaining('withoutEvidence')]])
    expect((await decideOn(id, {}, { ...miss, withoutEvidence: true })).status).toBe(200)
    expect((await listAudit(records))[0]?.data).toMatchObject({ withoutEvidence: true })
  })

  it('that comes in a flood from one key is refused, and others go on', async () => {
    const id = await queued()
    for (let at = 0; at < 60; at++) expect((await decideOn(id)).status).toBe(200)
    const { status, body } = await decideOn(id)
    expect([status, body.error.message]).toEqual([
      429,
      expect.stringMatching(/^more than 60 a minute by one key: try again in \d+ s; nothing was changed$/),
    ])
    expect((await decideOn(id, { keyId: 'K-2' })).status).toBe(200)
  })
})

describe('a report', () => {
  it('comes into the queue with the version of the engine, its excerpt for the vault alone', async () => {
    const excerpt = { user: 'words', reply: 'more words' }
    const said = { category: 'missed-crisis', level: 'plan', session: 's-1', excerpt }
    const { status, body } = await call('operator', 'POST', '/reviews', said)
    expect(status).toBe(202)
    expect(reported).toMatchObject([
      { ...body, kind: 'reported', engine: 'primary', engineVersion: 'primary-7', excerpt },
    ])
    expect(JSON.stringify(body)).not.toContain('words')
  })

  it('is not said to be taken in when it is not', async () => {
    takesReports = false
    expect((await call('operator', 'POST', '/reviews', {})).status).toBe(503)
  })

  it.each([
    ['a narrative as category', { category: 'she said that' }],
    ['an unknown engine', { engine: 'none' }],
    ['an unknown level', { level: 'bad' }],
    ['an excerpt without end', { excerpt: { user: 'u'.repeat(20_001), reply: '' } }],
  ])('with %s is refused', async (_, said) => {
    expect((await call('operator', 'POST', '/reviews', said)).status).toBe(400)
    expect(reported).toEqual([])
  })
})
