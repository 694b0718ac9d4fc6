import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdminAnswer, type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { chatRequest, hello, sendRaw } from '../servers/raw-http.ts'
import { answers, completion, type ScriptedEngine, startScriptedEngine } from '../servers/scripted-engine.ts'

const roles = ['viewer', 'operator', 'clinical', 'commander', 'admin'] as const
type Role = (typeof roles)[number]

let engine: ScriptedEngine
let gateway: LiveGateway
const keys: Record<string, string> = {}

beforeAll(async () => {
  engine = await startScriptedEngine(answers(completion('Tell me more.')))
  gateway = await startLiveGateway({
    engines: {
      primary: { url: engine.url, version: '7', breaker: { resetTimeoutMs: 100 } },
      backup: { url: engine.url },
    },
  })
  for (const role of roles) {
    const { body } = await gateway.admin('POST', '/keys', { person: `the ${role}`, roles: [role] })
    keys[role] = body.secret
  }
})

afterAll(async () => {
  await gateway.close()
  await engine.close()
})

const as = (role: Role, method: string, path: string, body?: unknown): Promise<AdminAnswer> =>
  gateway.admin(method, path, body, keys[role])

const reason = 'said in the test'

async function auditOf(target: string) {
  const { body } = await as('commander', 'GET', '/audit?limit=1000')
  return body.lines.filter((line: { target: string }) => line.target === target)
}

describe('keys', () => {
  const operations: [method: string, path: string, body: unknown, roles: Role[]][] = [
    ['GET', '/state', undefined, [...roles]],
    ['GET', '/signals', undefined, [...roles]],
    ['GET', '/halts', undefined, [...roles]],
    ['GET', '/halts/none-such', undefined, [...roles]],
    ['GET', '/breakers', undefined, [...roles]],
    ['GET', '/engines', undefined, [...roles]],
    ['GET', '/incidents', undefined, [...roles]],
    ['GET', '/incidents/none-such', undefined, [...roles]],
    ['GET', '/persons', undefined, ['commander', 'admin']],
    ['GET', '/keys', undefined, ['admin']],
    ['GET', '/audit', undefined, ['clinical', 'commander', 'admin']],
    ['GET', '/audit/verify', undefined, ['clinical', 'commander', 'admin']],
    ['GET', '/crisis-events', undefined, ['clinical']],
    ['GET', '/crisis-events/none-such/session', undefined, ['clinical']],
    ['POST', '/crisis-events/none-such/acknowledge', {}, ['clinical']],
    ['POST', '/crisis-events/none-such/outcome', {}, ['clinical']],
    ['GET', '/referral-register', undefined, ['clinical', 'commander', 'admin']],
    ['GET', '/screening-counts', undefined, [...roles]],
    ['POST', '/halts', {}, ['operator', 'clinical', 'commander', 'admin']],
    ['POST', '/halts/none-such/clear', {}, ['commander']],
    ['GET', '/halts/none-such/clearance', undefined, [...roles]],
    ['POST', '/halts/none-such/validations', {}, ['operator', 'clinical', 'commander']],
    ['POST', '/halts/none-such/approvals', {}, ['clinical', 'commander']],
    ['GET', '/crisis-detection', undefined, [...roles]],
    ['POST', '/probes', { count: 0 }, ['operator', 'clinical', 'commander']],
    ['GET', '/reviews', undefined, ['clinical']],
    ['POST', '/reviews', { engine: 'none-such' }, ['operator', 'clinical', 'commander']],
    ['GET', '/reviews/none-such', undefined, ['clinical']],
    ['GET', '/reviews/none-such/evidence', undefined, ['clinical']],
    ['POST', '/reviews/none-such/hold', {}, ['clinical']],
    ['POST', '/reviews/none-such/decisions', {}, ['clinical']],
    ['POST', '/breakers/primary/hold', {}, ['operator', 'commander']],
    ['POST', '/breakers/primary/release', {}, ['operator', 'commander']],
    ['POST', '/engines/pin', {}, ['operator', 'commander']],
    ['POST', '/engines/unpin', {}, ['operator', 'commander']],
    ['POST', '/incidents/none-such/resolve', {}, ['operator', 'clinical', 'commander']],
    ['POST', '/signals', {}, ['operator', 'clinical', 'commander']],
    ['POST', '/persons', {}, ['admin']],
    ['POST', '/persons/none-such/disable', {}, ['admin']],
    ['POST', '/keys', {}, ['admin']],
    ['POST', '/keys/none-such/revoke', {}, ['admin']],
  ]

  it.each(operations)(
    '%s %s is for its roles alone, and the refusal names them',
    async (method, path, body, allowed) => {
      for (const role of roles) {
        const answer = await as(role, method, path, body)
        expect([role, answer.status === 403]).toEqual([role, !allowed.includes(role)])
        if (answer.status === 403) {
          expect(answer.body.error.code).toBe('forbidden')
          for (const name of allowed) expect(answer.body.error.message).toContain(name)
        }
        expect([200, 400, 403, 404]).toContain(answer.status)
      }
    },
  )

  it('cover every operation of the API', async () => {
    const { paths } = await (await fetch(`${gateway.controlUrl}/openapi.json`)).json()
    const named = Object.entries<object>(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const tried = operations.map(
      ([method, path]) =>
        `${method} /admin/v1${path.replace('none-such', '{id}').replace('/primary/', '/{engine}/')}`,
    )
    expect(named.sort()).toEqual(tried.sort())
  })

  it('that are wrong or missing are refused with 401', async () => {
    for (const key of ['hg_wrong', 'the%20first', '']) {
      const { status, body } = await gateway.admin('GET', '/state', undefined, key)
      expect(status).toBe(401)
      expect(body.error).toMatchObject({
        code: 'unauthorized',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })
    }
    expect((await fetch(`${gateway.controlUrl}/admin/v1/state`)).status).toBe(401)
  })

  it('that are revoked, or whose person is disabled, end at once', async () => {
    const first = await gateway.admin('POST', '/keys', { person: 'Ada', roles: ['operator'], reason })
    const second = await gateway.admin('POST', '/keys', { person: 'Ada', roles: ['viewer'], reason })
    expect((await gateway.admin('GET', '/state', undefined, first.body.secret)).status).toBe(200)

    await gateway.admin('POST', `/keys/${first.body.key.id}/revoke`, { reason })
    expect((await gateway.admin('GET', '/state', undefined, first.body.secret)).status).toBe(401)
    expect((await gateway.admin('GET', '/state', undefined, second.body.secret)).status).toBe(200)

    await gateway.admin('POST', '/persons/Ada/disable', { reason })
    expect((await gateway.admin('GET', '/state', undefined, second.body.secret)).status).toBe(401)
    expect(
      (await auditOf(`key:${first.body.key.id}`)).map(({ action }: { action: string }) => action),
    ).toEqual(['key.revoke', 'key.create'])
  })

  it('are listed without their secrets', async () => {
    const { body } = await as('admin', 'GET', '/keys')
    const text = JSON.stringify(body)
    for (const secret of Object.values(keys)) expect(text).not.toContain(secret)
    expect(text).not.toContain('"hash"')
  })
})

it('many wrong keys from one address are limited, and a right key still halts from there', async () => {
  const other = await startLiveGateway({ engines: { primary: { url: engine.url } } })
  const statuses: number[] = []
  for (let n = 0; n < 30; n++)
    statuses.push((await other.admin('GET', '/state', undefined, `hg_guess${n}`)).status)
  expect(statuses.filter((status) => status === 401)).toHaveLength(20)
  expect(statuses.slice(20)).toEqual(Array.from({ length: 10 }, () => 429))
  const { status } = await other.admin('POST', '/halts', { reason })
  expect(status).toBe(201)
  expect(await other.metric('haltgate_refused_keys_total{why="too-many"}')).toBe(10)
  await other.close()
})

describe('a halt over HTTP', () => {
  it('is engaged by one, cleared by a commander, and audited with both names', async () => {
    const engaged = await as('operator', 'POST', '/halts', {
      scope: 'tenant:acme',
      cause: 'maintenance',
      reason: 'odd replies',
    })
    expect(engaged.status).toBe(201)
    expect(engaged.body).toMatchObject({
      acknowledged: true,
      halt: { scope: 'tenant:acme', state: 'engaged', engagedBy: 'the operator', reason: 'odd replies' },
    })
    const { id } = engaged.body.halt
    expect((await as('viewer', 'GET', '/halts?state=engaged')).body.halts).toMatchObject([{ id }])
    expect((await as('viewer', 'GET', `/halts/${id.slice(0, 10)}`)).body.halt.id).toBe(id)

    const of = (tenant: string) => sendRaw(gateway.trafficUrl, chatRequest(hello, { 'x-tenant-id': tenant }))
    expect((await of('acme')).headers['x-haltgate']).toContain(`id=${id}`)
    expect((await of('other')).headers['x-haltgate']).toBeUndefined()

    const cleared = await as('commander', 'POST', `/halts/${id}/clear`, { reason: 'replies read and good' })
    expect(cleared.body.halt).toMatchObject({ state: 'cleared', clearedBy: 'the commander' })
    expect((await of('acme')).headers['x-haltgate']).toBeUndefined()
    const again = await as('commander', 'POST', `/halts/${id}/clear`, { reason: 'once more' })
    expect(again.status).toBe(409)

    await expect
      .poll(() => auditOf(`halt:${id}`))
      .toMatchObject([
        { action: 'halt.clear', actor: 'the commander', reason: 'replies read and good' },
        { action: 'halt.engage', actor: 'the operator', reason: 'odd replies' },
      ])
  })

  it('is cleared by one of two commanders who clear it at once; the other learns of it', async () => {
    const { body } = await as('operator', 'POST', '/halts', { scope: 'tenant:two', cause: 'drill', reason })
    const clear = () => as('commander', 'POST', `/halts/${body.halt.id}/clear`, { reason })
    const answers = await Promise.all([clear(), clear()])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  it('for a real cause ends by a proof, two people and a ramp only, and each refusal says what is missing', async () => {
    const { body } = await as('operator', 'POST', '/halts', {
      scope: 'tenant:way',
      cause: 'security',
      reason,
    })
    const path = `/halts/${body.halt.id}`
    const refused = await as('commander', 'POST', `${path}/clear`, { reason })
    expect(refused.status).toBe(409)
    expect(refused.body.error.missing).toContain('a passed validation')
    expect((await as('clinical', 'POST', `${path}/approvals`, { reason })).body.error.missing).toEqual([
      'a passed validation',
    ])
    const proof = { author: 'the commander', statement: 'the key was replaced', reason }
    expect((await as('clinical', 'POST', `${path}/validations`, proof)).status).toBe(403)
    const validated = await as('operator', 'POST', `${path}/validations`, { ...proof, author: 'the admin' })
    expect(validated).toMatchObject({ status: 201, body: { clearance: { state: 'awaiting-approval' } } })
    const { runHash } = validated.body.clearance.attempts[0]
    const approve = (role: 'clinical' | 'commander') =>
      as(role, 'POST', `${path}/approvals`, { runHash, reason })
    expect((await approve('clinical')).body.clearance).toMatchObject({ state: 'awaiting-approval' })
    expect((await approve('clinical')).status).toBe(409)
    expect((await approve('commander')).body.clearance).toMatchObject({ state: 'ramping', share: 0.1 })
    const { body: now } = await as('viewer', 'GET', `${path}/clearance`)
    expect(now).toMatchObject({ approvals: [{ by: 'the clinical' }, { by: 'the commander' }] })
    const actions = ['halt.ramp', 'halt.approve', 'halt.approve', 'halt.validate', 'halt.engage']
    await expect
      .poll(async () =>
        (await auditOf(`halt:${body.halt.id}`)).map((line: { action: string }) => line.action),
      )
      .toEqual(actions)
    await as('commander', 'POST', `${path}/clear`, { reason, breakGlass: true })
    await expect
      .poll(async () => (await as('viewer', 'GET', '/incidents?limit=200')).body.incidents)
      .toContainEqual(expect.objectContaining({ cause: 'break-glass', severity: 'P0', safety: 'critical' }))
  })

  it.each([
    ['crisis-detection', 'P0', 'critical'],
    ['harmful-reply', 'P0', 'critical'],
    ['drill', 'P1', 'high'],
  ])('for %s has its incident, %s and Safety-%s, once', async (cause, severity, safety) => {
    const { body } = await as('clinical', 'POST', '/halts', { scope: 'tenant:one', cause, reason })
    const { id } = body.halt
    const mine = async () => {
      const { body } = await as('viewer', 'GET', '/incidents?status=all&limit=200')
      return body.incidents.filter(({ haltId }: { haltId: string }) => haltId === id)
    }
    await expect
      .poll(mine)
      .toMatchObject([{ severity, safety, source: 'halt', scope: 'tenant:one', drill: cause === 'drill' }])
    const [incident] = await mine()

    const early = await as('commander', 'POST', `/incidents/${incident.id}/resolve`, { reason })
    expect(early.status).toBe(409)
    await as('commander', 'POST', `/halts/${id}/clear`, { reason, breakGlass: cause !== 'drill' })
    await expect.poll(mine).toMatchObject([{ status: 'resolved', haltClearedAtMs: expect.any(Number) }])
    const { body: shown } = await as('viewer', 'GET', `/incidents/${incident.id}`)
    expect(shown.events).toMatchObject([
      { type: 'opened', actor: 'the clinical' },
      { type: 'halt-cleared', actor: 'the commander' },
      { type: 'resolved', actor: 'the commander' },
    ])
  })

  it.each([
    ['a scope that is none', { scope: 'everything', reason }, 'scope'],
    ['a cause that is none', { cause: 'bad mood', reason }, 'cause'],
    ['no reason', {}, 'reason'],
    ['a reason of blanks', { reason: '   ' }, 'reason'],
    ['a field that is none', { reason, until: 'tomorrow' }, 'until'],
  ])('with %s is refused, and the message says where', async (_what, request, where) => {
    const { status, body } = await as('operator', 'POST', '/halts', request)
    expect(status).toBe(400)
    expect(body.error.code).toBe('invalid_request')
    expect(body.error.message).toContain(where)
    expect((await as('viewer', 'GET', '/halts?state=engaged')).body.halts).toEqual([])
  })

  it('with a body that is not JSON is refused', async () => {
    const response = await fetch(`${gateway.controlUrl}/admin/v1/halts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
      body: '{"reason": "half',
    })
    expect(response.status).toBe(400)
    expect((await response.json()).error.code).toBe('invalid_json')
  })

  it('with a reason as long as a book is refused', async () => {
    const { status, body } = await as('operator', 'POST', '/halts', { reason: 'x'.repeat(70_000) })
    expect(status).toBe(413)
    expect(body.error.code).toBe('body_too_large')
  })

  it('that is not declared as JSON is not engaged by guess', async () => {
    const response = await fetch(`${gateway.controlUrl}/admin/v1/halts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'text/plain' },
      body: JSON.stringify({ reason }),
    })
    expect(response.status).toBe(415)
    expect((await response.json()).error.message).toContain('content-type: application/json')
    expect((await as('viewer', 'GET', '/halts?state=engaged')).body.halts).toEqual([])
  })
})

describe('breakers and engines', () => {
  const primaryState = async () => (await as('viewer', 'GET', '/breakers')).body.breakers[0].state

  it('a hold survives the reset timeout, is obeyed, and ends by release alone', async () => {
    await as('operator', 'POST', '/breakers/primary/hold', { reason: 'it rambles' })
    await wait(350)
    expect(await primaryState()).toBe('held')
    const served = await sendRaw(gateway.trafficUrl, chatRequest(hello))
    expect(served.headers['x-haltgate-engine']).toBe('backup')
    await wait(150)
    expect(await primaryState()).toBe('held')
    expect(await gateway.metric('haltgate_breaker_state{engine="primary",state="held"}')).toBe(1)

    await as('operator', 'POST', '/breakers/primary/release', { reason: 'repaired' })
    expect(await primaryState()).toBe('closed')
    const lines = await auditOf('engine:primary')
    expect(lines.slice(0, 2)).toMatchObject([
      { action: 'breaker.release', actor: 'the operator', reason: 'repaired' },
      { action: 'breaker.hold', actor: 'the operator', reason: 'it rambles' },
    ])
  })

  it('a pinned engine serves alone until it is unpinned', async () => {
    await as('operator', 'POST', '/engines/pin', { engine: 'backup', reason })
    expect((await sendRaw(gateway.trafficUrl, chatRequest(hello))).headers['x-haltgate-engine']).toBe(
      'backup',
    )
    const { body } = await as('viewer', 'GET', '/engines')
    expect(body.engines).toMatchObject([
      { name: 'primary', version: '7', state: 'standby', breaker: 'closed' },
      { name: 'backup', state: 'pinned', breaker: 'closed' },
    ])
    await as('operator', 'POST', '/engines/unpin', { reason })
    expect((await auditOf('engines'))[0]).toMatchObject({ action: 'engine.unpin', actor: 'the operator' })
  })

  it('an engine that is not configured cannot be pinned or held, and nothing is audited', async () => {
    expect((await as('operator', 'POST', '/engines/pin', { engine: 'previous', reason })).status).toBe(404)
    expect((await as('operator', 'POST', '/breakers/previous/hold', { reason })).status).toBe(404)
    expect((await as('operator', 'POST', '/breakers/nobody/hold', { reason })).status).toBe(400)
    expect(await auditOf('engine:previous')).toEqual([])
  })
})

describe('signals', () => {
  it('pushed ones are taken into their window', async () => {
    const { status } = await as('operator', 'POST', '/signals', {
      signal: 'satisfaction',
      value: 8.5,
      samples: 3,
    })
    expect(status).toBe(202)
    const { body } = await as('viewer', 'GET', '/signals')
    expect(body.signals.pushed).toContainEqual(
      expect.objectContaining({ signal: 'satisfaction', value: 8.5, samples: 3 }),
    )
  })

  it.each([
    ['an unknown name', { signal: 'happiness', value: 1 }, /satisfaction/],
    ['a value out of range', { signal: 'satisfaction', value: 11 }, /from 0 to 10/],
    ['a value that is no number', { signal: 'satisfaction', value: 'good' }, /value/],
    ['an engine that is none', { signal: 'satisfaction', value: 5, engine: 'tertiary' }, /engine/],
  ])('%s is refused, and the message says what would be right', async (_what, sample, message) => {
    const { status, body } = await as('operator', 'POST', '/signals', sample)
    expect(status).toBe(400)
    expect(body.error.message).toMatch(message)
  })
})

describe('persons', () => {
  it('are added, listed and disabled, and a name is taken once', async () => {
    const added = await as('admin', 'POST', '/persons', { name: 'Grace  Hopper', kind: 'person', reason })
    expect(added.status).toBe(201)
    expect(added.body.person.name).toBe('Grace Hopper')
    expect((await as('admin', 'POST', '/persons', { name: 'grace hopper', reason })).status).toBe(409)
    expect((await as('admin', 'POST', '/persons', { name: 'local-admin', reason })).status).toBe(400)
    const { body } = await as('commander', 'GET', '/persons')
    expect(body.persons.map(({ name }: { name: string }) => name)).toContain('Grace Hopper')
    const { id } = added.body.person
    await as('admin', 'POST', `/persons/${id}/disable`, { reason: 'left' })
    expect((await as('admin', 'POST', '/keys', { person: id, roles: ['viewer'] })).status).toBe(409)
    expect(await auditOf(`person:${id}`)).toMatchObject([
      { action: 'person.disable', actor: 'the admin', reason: 'left' },
      { action: 'person.create', actor: 'the admin' },
    ])
  })
})

it('the audit log is whole after all of this', async () => {
  const { body } = await as('clinical', 'GET', '/audit/verify')
  expect(body.intact).toBe(true)
  expect(body.lines).toBeGreaterThan(4)
})

it('the state shows in one answer what matters now', async () => {
  const { body } = await as('viewer', 'GET', '/state')
  expect(body).toMatchObject({
    version: 'test',
    timeScale: 1,
    replies: 'on',
    halts: [],
    engines: [{ name: 'primary' }, { name: 'backup' }],
    records: { reachable: true },
    health: { suspended: false, unacknowledged: 0 },
  })
})

describe('open pages', () => {
  const get = async (path: string) => {
    const response = await fetch(`${gateway.controlUrl}${path}`)
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    }
  }

  it('tell that the gateway lives, and what it is ready for', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' })
    const { status, text } = await get('/readyz')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual({
      ready: true,
      replies: 'on',
      records: 'reachable',
      haltStore: 'confirmed',
    })
  })

  it('hold every series an operator needs, in the text format', async () => {
    await sendRaw(gateway.trafficUrl, chatRequest(hello))
    const { body } = await as('operator', 'POST', '/halts', {
      scope: 'engine:backup',
      cause: 'latency',
      reason,
    })
    const { text, type } = await get('/metrics')
    await as('commander', 'POST', `/halts/${body.halt.id}/clear`, { reason, breakGlass: true })
    expect(type).toContain('text/plain')
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    for (const line of samples)
      expect(line).toMatch(/^[a-zA-Z_:][\w:]*(\{(\w+="(\\.|[^"\\])*",?)*\})? (-?[\d.eE+-]+|\+Inf|NaN)$/)
    for (const series of [
      /^haltgate_exchanges_total\{engine="(primary|backup)",form="json",outcome="ok"\} [1-9]/m,
      /^haltgate_open_exchanges 0$/m,
      /^haltgate_exchange_seconds_bucket\{.*form="json"/m,
      /^haltgate_engine_first_byte_seconds_count\{engine="(primary|backup)"\} [1-9]/m,
      /^haltgate_engine_seconds_sum\{engine="(primary|backup)"\} /m,
      /^haltgate_overhead_seconds_count\{form="json"\} [1-9]/m,
      /^haltgate_breaker_state\{engine="primary",state="closed"\} 1$/m,
      /^haltgate_halts_engaged\{scope="engine",cause="latency"\} 1$/m,
      /^haltgate_suspended 0$/m,
      /^haltgate_halt_lease_age_seconds /m,
      /^haltgate_halt_store_errors 0$/m,
      /^haltgate_halt_entries_unacknowledged 0$/m,
      /^haltgate_scanned_replies_total [1-9]/m,
      /^haltgate_engine_active\{engine="(primary|backup)"\} 1$/m,
      /^haltgate_build_info\{version="test"\} 1$/m,
      /^process_resident_memory_bytes /m,
    ])
      expect(text).toMatch(series)
  })

  it('describe the API as OpenAPI 3.1, every reference of which leads somewhere', async () => {
    const { text } = await get('/openapi.json')
    const api = JSON.parse(text)
    expect(api.openapi).toBe('3.1.0')
    expect(api.info).toEqual({ title: 'haltgate admin API', version: 'test' })
    expect(api.components.securitySchemes).toEqual({ key: { type: 'http', scheme: 'bearer' } })
    for (const [, reference] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = (reference ?? '').split('/').reduce<unknown>((node, name) => memberOf(node, name), api)
      expect([reference, typeof found]).toEqual([reference, 'object'])
    }
    for (const [path, operations] of Object.entries<Record<string, Operation>>(api.paths)) {
      for (const operation of Object.values(operations)) {
        expect(operation.summary).toBeTypeOf('string')
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '429']))
        for (const { description } of Object.values(operation.responses))
          expect(description).toBeTypeOf('string')
        const inPath = (operation.parameters ?? []).filter(({ in: place }) => place === 'path')
        expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
      }
    }
  })

  it('end where nothing is, with an error that says where to look', async () => {
    const { status, text } = await get('/admin/v2/state')
    expect(status).toBe(404)
    expect(text).toContain('/openapi.json')
  })
})

it('metrics need a key where the listener is not on loopback', async () => {
  const other = await startLiveGateway({ engines: { primary: { url: engine.url } } }, { openMetrics: false })
  expect((await fetch(`${other.controlUrl}/metrics`)).status).toBe(401)
  const withKey = await fetch(`${other.controlUrl}/metrics`, {
    headers: { authorization: `Bearer ${other.adminKey}` },
  })
  expect(withKey.status).toBe(200)
  await other.close()
})

it('nothing of the control listener is served to applications: they reach the engine', async () => {
  const headers = { authorization: `Bearer ${gateway.adminKey}` }
  for (const path of ['/metrics', '/admin/v1/state', '/openapi.json', '/intake/x', '/console', '/status']) {
    const before = engine.calls.length
    const text = await (await fetch(`${gateway.trafficUrl}${path}`, { headers })).text()
    expect(text).toBe(completion('Tell me more.'))
    expect(engine.calls.length).toBe(before + 1)
  }
})

it('the traffic listener has its own health pages, which never reach the engine', async () => {
  const before = engine.calls.length
  for (const path of ['/healthz', '/readyz'])
    expect((await fetch(`${gateway.trafficUrl}${path}`)).status).toBe(200)
  expect(engine.calls.length).toBe(before)
})

interface Operation {
  summary: string
  parameters?: { name: string; in: string }[]
  responses: Record<string, { description: string }>
}

const memberOf = (node: unknown, name: string): unknown =>
  typeof node === 'object' && node !== null
    ? Object.entries(node).find(([key]) => key === name)?.[1]
    : undefined
