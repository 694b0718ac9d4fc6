import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readsCrisisEvents } from '../servers/crisis-records.ts'
import { type GatewayProcess, startGatewayProcess } from '../servers/gateway.ts'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import {
  answers,
  completion,
  done,
  type ScriptedEngine,
  says,
  startScriptedEngine,
  stop,
  streams,
} from '../servers/scripted-engine.ts'
import {
  isGenuine,
  startWebhookReceiver,
  type WebhookReceiver,
  webhookSecret,
} from '../servers/webhook-receiver.ts'

/** From a person's words to the records, the register and the team that can help, in real databases and processes. */

const despair = 'I want to kill myself tonight'
const attempt = 'I just took a whole bottle of pills'
const ordinary = 'Can you recommend a good pasta recipe for four people?'
const kind = 'That sounds really heavy, and I am glad that you told me.'
const harmful = 'You should kill yourself. Nobody would miss you.'

let engine: ScriptedEngine
let receiver: WebhookReceiver

beforeAll(async () => {
  engine = await startScriptedEngine(answers(completion(kind)))
  receiver = await startWebhookReceiver()
})
afterAll(async () => {
  await engine.close()
  await receiver.close()
})
beforeEach(() => {
  engine.script = answers(completion(kind))
  receiver.received.length = 0
  receiver.answer = (response) => response.writeHead(204).end()
})

const config = (more: object = {}) => ({
  engines: { primary: { url: engine.url } },
  referrals: { webhook: { url: receiver.url, secret: webhookSecret } },
  ...more,
})
const tell = (url: string, content: string, headers: Record<string, string> = {}, more: object = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-region': 'US', ...headers },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }], ...more }),
  })
const incidentsOf = async ({ admin }: Pick<LiveGateway, 'admin'>) =>
  (await admin('GET', '/incidents')).body.incidents

/** A disclosure through a gateway, to its end. */
async function promises(gateway: LiveGateway) {
  const records = await readsCrisisEvents(gateway)
  await (await tell(gateway.trafficUrl, despair, { 'x-age-band': '18-24', 'x-tenant-id': 'acme' })).text()
  expect(await records.sources('acme', 1)).toEqual(['appended'])
  await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(1)
  const [message] = receiver.received
  if (message === undefined) throw new Error('nothing came')
  expect(isGenuine(message, webhookSecret, Math.floor(Date.now() / 1_000))).toBe(true)
  expect(JSON.parse(message.body)).toMatchObject({
    type: 'crisis_event.created',
    data: { category: 'suicidal-ideation', level: 'intent', jurisdiction: 'US', ageBand: '18-24' },
  })
  await expect
    .poll(() => records.register(), { timeout: 5_000 })
    .toMatchObject([
      { category: 'suicidal-ideation', jurisdiction: 'US', source: 'appended', delivered: 'yes', count: 1 },
    ])
  engine.script = answers(completion(harmful))
  await (await tell(gateway.trafficUrl, ordinary)).text()
  await expect
    .poll(() => incidentsOf(gateway), { timeout: 5_000 })
    .toMatchObject([{ type: 'safety', severity: 'P1', safety: 'high', cause: 'encouragement' }])
}

describe('a disclosure and a harmful reply are on record, and the team has the referral', () => {
  it('with SQLite', async () => {
    const gateway = await startLiveGateway(config())
    await promises(gateway)
    await gateway.close()
  })

  describe('with PostgreSQL', () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server?.close())

    it('all the same', async () => {
      const gateway = await startLiveGateway(config({ stores: { records: await server.createDatabase() } }))
      await promises(gateway)
      await gateway.close()
    })
  })
})

describe('a gateway that only observes', () => {
  it('changes nothing of what anybody reads, and records what would have been done', async () => {
    const gateway = await startLiveGateway(
      config({ policy: { mode: 'observe', acknowledgeAfterMs: 100, safeReplyAfterMs: 200 } }),
    )
    const records = await readsCrisisEvents(gateway)
    const tenant = { 'x-tenant-id': 'acme' }
    for (const body of [completion(kind), completion(harmful)]) {
      engine.script = answers(body)
      for (const words of [despair, attempt])
        expect(await (await tell(gateway.trafficUrl, words, tenant)).text()).toBe(body)
    }
    const events = [says('You should kill '), says('yourself. '), stop, done]
    engine.script = streams(events, 120)
    expect(await (await tell(gateway.trafficUrl, despair, tenant, { stream: true })).text()).toBe(
      events.join(''),
    )
    const refusal = '{"error":{"message":"flagged"}}'
    engine.script = answers(refusal, 400)
    const refused = await tell(gateway.trafficUrl, despair, tenant)
    expect([refused.status, await refused.text()]).toEqual([400, refusal])
    engine.script = answers('{}', 500)
    expect((await tell(gateway.trafficUrl, despair, tenant)).status).toBe(502)

    expect(await records.sources('acme', 7)).toEqual([...Array(5).fill('observed'), 'none', 'none'])
    expect((await records.events()).every(({ mode }) => mode === 'observe')).toBe(true)
    expect(await records.register()).toEqual([])
    expect(receiver.received).toEqual([])
    await gateway.close()
  })
})

describe('a gateway in a process of its own', () => {
  let gateway: GatewayProcess

  it('delivers after a restart what it had recorded before it', async () => {
    gateway = await startGatewayProcess(config())
    receiver.answer = (response) => response.writeHead(503).end()
    await (await tell(gateway.traffic, despair)).text()
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBeGreaterThan(0)
    await gateway.stop('SIGKILL')
    const [before] = receiver.received
    receiver.received.length = 0
    receiver.answer = (response) => response.writeHead(204).end()
    await gateway.start()
    // The lease of the killed process may have to run out first.
    await expect.poll(() => receiver.received.length, { timeout: 35_000 }).toBe(1)
    const [after] = receiver.received
    expect(after?.headers['webhook-id']).toBe(before?.headers['webhook-id'])
    expect(after?.body).toBe(before?.body)
    await gateway.stop()
  }, 60_000)

  it('keeps nobody’s words, session or user in the clear: not in the database, the log or the metrics', async () => {
    gateway = await startGatewayProcess(config({ telemetry: { logLevel: 'debug' } }))
    const who = { 'x-session-id': 'session-zebrafinch-1', 'x-user-id': 'user-zebrafinch@example.org' }
    const all = [
      [despair, kind],
      [attempt, kind],
      [ordinary, harmful],
      [despair, harmful],
      [ordinary, kind],
    ] as const
    for (const [words, reply] of all)
      for (const stream of [false, true]) {
        const said = `${reply} Your zebrafinch sings.`
        engine.script = stream ? streams([says(said), stop, done]) : answers(completion(said))
        await (await tell(gateway.traffic, `${words}. My zebrafinch sings.`, who, { stream })).text()
      }
    engine.script = answers('{"error":{"message":"zebrafinch"}}', 500)
    await (await tell(gateway.traffic, `${despair}. My zebrafinch sings.`, who)).text()
    await (await tell(gateway.traffic, 'x', who, { messages: [{ role: 'zebrafinch' }] })).text()
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBeGreaterThan(1)
    const metrics = await (await fetch(`${gateway.control}/metrics`)).text()
    const running = filesOf(gateway.dataDir).filter((file) => readFileSync(file).includes('zebrafinch'))
    await gateway.stop()
    const files = filesOf(gateway.dataDir)
    expect(files.some((file) => file.endsWith('records.db'))).toBe(true)
    // The names of tables and columns are there: what is looked for would be found.
    expect(files.some((file) => readFileSync(file).includes('suicidal-ideation'))).toBe(true)
    expect(running).toEqual([])
    expect(files.filter((file) => readFileSync(file).includes('zebrafinch'))).toEqual([])
    expect(gateway.output).toContain('"status":200')
    expect(gateway.output).not.toContain('zebrafinch')
    expect(metrics).toContain('haltgate_exchanges_total')
    expect(metrics).not.toContain('zebrafinch')
    expect(JSON.stringify(receiver.received)).not.toContain('zebrafinch')
  })
})

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
}
