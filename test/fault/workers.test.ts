import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type GatewayProcess, killGateways, startGatewayProcess } from '../servers/gateway.ts'
import { until } from '../servers/redis.ts'
import { openReply, type RunningReply } from './support/clients.ts'
import { leaseMs } from './support/gateways.ts'
import { clear, engageDurably, halts } from './support/operators.ts'
import { nowMs, type StampingEngine, stampMark, startStampingEngine } from './support/stamping-engine.ts'
import {
  askAfresh,
  isAlive,
  primaryOnly,
  startWithWorkers,
  stateOf,
  untilAllServe,
  workerPids,
  workersOf,
} from './support/workers.ts'

/** For a timer that fires late on a busy machine. */
const slackMs = 500
/** Enough that each of two workers has some. */
const several = 6

let engine: StampingEngine
beforeAll(async () => {
  engine = await startStampingEngine()
})
afterAll(() => engine.close())

const open = (gateway: GatewayProcess, count = several): Promise<RunningReply[]> =>
  Promise.all(Array.from({ length: count }, () => openReply(gateway)))

function pidOf(pids: readonly number[], index: number): number {
  const pid = pids[index]
  if (pid === undefined) throw new Error(`there is no worker ${index}`)
  return pid
}

async function expectCut(reply: RunningReply): Promise<void> {
  expect(await reply.ended).toBe('done')
  expect(reply.finishReason).toBe('content_filter')
  expect(reply.otherText).toMatch(/\S/)
}

/** By how much AI text came after this moment, at the client; not above 0 when none did. */
function lateBy(reply: RunningReply, atMs: number): number {
  return (reply.pieces.at(-1)?.arrivedMs ?? 0) - atMs
}

describe('A gateway of two workers on its own disk', () => {
  // A lease that busy machines do not run out of: these are about the messages between the processes.
  const longLeaseMs = 10_000
  let gateway: GatewayProcess
  beforeAll(async () => {
    gateway = await startWithWorkers({ engines: primaryOnly(engine), leaseMs: longLeaseMs })
  })
  afterAll(killGateways)

  it('serves by both, and one that is killed is replaced', async () => {
    const { restarts } = await workersOf(gateway)
    // One by one they come to both; many at once may come to the one that was first.
    const running: RunningReply[] = []
    for (let each = 0; each < 2 * several; each++) running.push(await openReply(gateway))
    const [first, second] = workerPids(gateway)
    process.kill(pidOf([first ?? 0], 0), 'SIGKILL')
    const broken = (reply: RunningReply) =>
      Promise.race([reply.ended.then((how) => how === 'broken'), pause(1_000).then(() => false)])
    const ends = await Promise.all(running.map(broken))
    expect(new Set(ends)).toEqual(new Set([true, false]))
    for (const reply of running) reply.leave()
    await untilAllServe(gateway)
    expect(await workersOf(gateway)).toEqual({ count: 2, listening: 2, restarts: restarts + 1 })
    expect(workerPids(gateway)).toContain(second)
    expect(workerPids(gateway)).not.toContain(first)
    const { stdout } = await gateway.cli('status')
    expect(stdout).toContain('2 of 2 serving')
  })

  it('leaves nobody waiting on a connection to a worker that is killed', async () => {
    await untilAllServe(gateway)
    const failures: string[] = []
    let answered = 0
    let isOver = false
    const client = async () => {
      while (!isOver)
        await askAfresh(gateway).then(
          () => answered++,
          (error: Error) => failures.push(error.message),
        )
    }
    const clients = Array.from({ length: 6 }, client)
    await until('answers', () => answered > 50)
    process.kill(pidOf(workerPids(gateway), 0), 'SIGKILL')
    const before = answered
    await until('more answers', () => answered > before + 50)
    isOver = true
    await Promise.all(clients)
    expect(failures.filter((why) => why.startsWith('no answer'))).toEqual([])
  })

  it('has a halt in force in both when it is acknowledged, running replies too', async ({ annotate }) => {
    await untilAllServe(gateway)
    const { restarts } = await workersOf(gateway)
    const late: number[] = []
    const tookMs: number[] = []
    for (let round = 0; round < 10; round++) {
      const running = await open(gateway)
      const halt = await engageDurably(gateway)
      for (let each = 0; each < 4; each++)
        expect((await askAfresh(gateway)).mark).toBe(`halted; id=${halt.id}; cause=drill`)
      for (const reply of running) {
        await expectCut(reply)
        late.push(lateBy(reply, halt.answeredAtMs))
      }
      tookMs.push(halt.answeredAtMs - halt.sentAtMs)
      expect(await clear(gateway, halt.id)).toBe(200)
      await until('AI replies again', async () => {
        const answers = [await askAfresh(gateway), await askAfresh(gateway)]
        return answers.every(({ text }) => text.includes(stampMark))
      })
    }
    await annotate(
      `last AI text at the client after the acknowledgement: at most ${Math.max(...late).toFixed(1)} ms; the acknowledgement took at most ${Math.max(...tookMs).toFixed(1)} ms`,
    )
    // What the kernel had when the worker confirmed is read by a client that has other things to do.
    expect(Math.max(...late)).toBeLessThan(100)
    expect((await workersOf(gateway)).restarts).toBe(restarts)
  })

  it('refuses from the first exchange of the worker that replaces a killed one', async () => {
    await untilAllServe(gateway)
    const halt = await engageDurably(gateway)
    const [first] = workerPids(gateway)
    process.kill(pidOf([first ?? 0], 0), 'SIGKILL')
    let serving = 0
    const asked: string[] = []
    while (serving < 2 || asked.length < 20) {
      const answer = await askAfresh(gateway).catch(() => undefined)
      if (answer !== undefined) asked.push(answer.mark)
      serving = (await workersOf(gateway)).listening
    }
    for (let each = 0; each < 4; each++) asked.push((await askAfresh(gateway)).mark)
    expect(new Set(asked)).toEqual(new Set([`halted; id=${halt.id}; cause=drill`]))
    expect(await clear(gateway, halt.id)).toBe(200)
  })

  it('acknowledges a halt also when a worker stands still, which then serves nobody any more', async () => {
    await untilAllServe(gateway)
    const running = await open(gateway)
    const stopped = pidOf(workerPids(gateway), 0)
    process.kill(stopped, 'SIGSTOP')
    await until('the worker to stand still', () => stateOf(stopped) === 'T')
    const halt = await engageDurably(gateway)
    expect(halt.answeredAtMs - halt.sentAtMs).toBeLessThan(2_500)
    expect(isAlive(stopped)).toBe(false)
    await Promise.all(running.map(({ ended }) => ended))
    for (const reply of running) expect(lateBy(reply, halt.answeredAtMs)).toBeLessThan(100)
    expect(gateway.output).toContain('a worker does not confirm a halt: it is killed')
    await untilAllServe(gateway)
    expect((await askAfresh(gateway)).mark).toContain(halt.id)
    expect(await clear(gateway, halt.id)).toBe(200)
  })

  it('counts what both have measured as one', async () => {
    await untilAllServe(gateway)
    await until('AI replies', async () => (await askAfresh(gateway)).text.includes(stampMark))
    const count = async () => {
      const metrics = await (await fetch(`${gateway.control}/metrics`)).text()
      const counted = /^haltgate_exchanges_total\{engine="primary",form="json",outcome="ok"\} (\d+)$/m.exec(
        metrics,
      )
      return { counted: Number(counted?.[1] ?? 0), samples: await samplesOf(gateway) }
    }
    // Measures arrive in batches.
    await pause(200)
    const before = await count()
    for (let each = 0; each < 20; each++) await askAfresh(gateway)
    await until('all of them to be counted', async () => {
      const after = await count()
      return after.counted - before.counted === 20 && after.samples - before.samples === 20
    })
  })

  it('records what people disclose to either, each once', async () => {
    await untilAllServe(gateway)
    const listed = async () => {
      const records = new DatabaseSync(join(gateway.dataDir, 'records.db'), {
        readOnly: true,
        timeout: 5_000,
      })
      try {
        return Number(records.prepare('SELECT count(*) AS n FROM crisis_event').get()?.n)
      } finally {
        records.close()
      }
    }
    const before = await listed()
    for (let each = 0; each < 6; each++)
      await askAfresh(gateway, 'I want to kill myself tonight', {
        'x-session-id': `session-${before}-${each}`,
      })
    await until('six crisis events', async () => (await listed()) === before + 6)
  })

  it('leaves an engine alone with both while an operator holds it', async () => {
    await untilAllServe(gateway)
    expect((await gateway.admin('POST', '/breakers/primary/hold', { reason: 'a fault test' })).status).toBe(
      200,
    )
    await until('both to leave the engine alone', async () => {
      const answers = [await askAfresh(gateway), await askAfresh(gateway)]
      return answers.every(({ mark }) => mark === 'unavailable')
    })
    expect((await gateway.admin('POST', '/breakers/primary/release', { reason: 'it is over' })).status).toBe(
      200,
    )
    await until('both to ask it again', async () => {
      const answers = [await askAfresh(gateway), await askAfresh(gateway)]
      return answers.every(({ text }) => text.includes(stampMark))
    })
  })
})

describe('A primary process', () => {
  let gateway: GatewayProcess
  beforeEach(async () => {
    gateway = await startWithWorkers({ engines: primaryOnly(engine) })
  })
  afterEach(killGateways)

  it('that is killed takes its workers with it: nobody serves AI replies without it', async () => {
    const workers = workerPids(gateway)
    const running = await open(gateway)
    await gateway.stop('SIGKILL')
    const killedMs = nowMs()
    await until('the workers to have ended', () => !workers.some(isAlive), 2_000)
    for (const reply of running) {
      expect(await reply.ended).toBe('broken')
      expect(lateBy(reply, killedMs)).toBeLessThan(slackMs)
    }
    await expect(askAfresh(gateway)).rejects.toThrow()
  })

  it('that is killed while it is halted comes back halted, with all its workers', async () => {
    const halt = await engageDurably(gateway)
    await gateway.stop('SIGKILL')
    await gateway.start()
    for (let each = 0; each < 4; each++) expect((await askAfresh(gateway)).mark).toContain(halt.id)
    expect(await halts(gateway)).toMatchObject([{ id: halt.id, state: 'engaged' }])
  })

  it('that stands still suspends its workers within the lease, and they go on when it does', async () => {
    const running = await open(gateway)
    gateway.signal('SIGSTOP')
    const stoppedMs = nowMs()
    for (const reply of running) {
      await expectCut(reply)
      expect(lateBy(reply, stoppedMs)).toBeLessThan(leaseMs + slackMs)
    }
    // Whoever comes now gets a safe reply, and at once.
    for (let each = 0; each < 4; each++) expect((await askAfresh(gateway)).mark).toMatch(/^suspended/)
    gateway.signal('SIGCONT')
    await until('AI replies again', async () => {
      const answers = await Promise.all([askAfresh(gateway), askAfresh(gateway)]).catch(() => [])
      return answers.length === 2 && answers.every(({ text }) => text.includes(stampMark))
    })
    expect((await workersOf(gateway)).restarts).toBe(0)
  })

  it('that is told to stop ends when its workers have', async () => {
    const workers = workerPids(gateway)
    await askAfresh(gateway)
    expect(await gateway.stop('SIGTERM')).toBe(0)
    expect(workers.some(isAlive)).toBe(false)
  })
})

describe('A gateway that cannot listen', () => {
  it.each([1, 2])('ends and says why, with %i worker(s)', async (workers) => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' ? address?.port : undefined
    try {
      const starting = startGatewayProcess({ traffic: { listen: `127.0.0.1:${port}`, workers } })
      await expect(starting).rejects.toThrow(/ended with 1[\s\S]*is taken: stop what uses it/)
    } finally {
      taken.close()
    }
  })
})

describe('A changed configuration', () => {
  let engineOfLater: StampingEngine
  let gateway: GatewayProcess
  beforeAll(async () => {
    engineOfLater = await startStampingEngine()
    gateway = await startWithWorkers({ engines: primaryOnly(engine) })
  })
  afterAll(async () => {
    await killGateways()
    await engineOfLater.close()
  })

  it('is in force in both workers, and in one that begins later', async () => {
    const before = readFileSync(gateway.configFile, 'utf8')
    writeFileSync(gateway.configFile, before.replace(engine.url, engineOfLater.url))
    gateway.signal('SIGHUP')
    const areOfLater = async () => {
      const [was, running] = [engineOfLater.streams, await open(gateway)]
      const isIt = engineOfLater.streams - was === running.length
      for (const reply of running) reply.leave()
      await until('the streams to end', () => engineOfLater.streams === 0)
      return isIt
    }
    await until('both to ask the other engine', areOfLater)
    process.kill(pidOf(workerPids(gateway), 0), 'SIGKILL')
    await until('it to be replaced', async () => (await workersOf(gateway)).restarts === 1)
    await untilAllServe(gateway)
    expect(await areOfLater()).toBe(true)
    expect(gateway.output).not.toContain('takes effect at the next start')
  })
})

describe('Two workers with an engine that fails', () => {
  let failing: Server
  let gateway: GatewayProcess
  beforeAll(async () => {
    failing = createServer((_, response) => {
      response.statusCode = 500
      response.end('{}')
    })
    await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve))
    const address = failing.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    gateway = await startWithWorkers({
      engines: {
        primary: { url: `http://127.0.0.1:${address.port}` },
        backup: { url: engine.url },
      },
    })
  })
  afterAll(async () => {
    await killGateways()
    failing.close()
  })

  it('both turn to the backup when the first of them has had enough', async () => {
    // The circuit of one worker needs five calls of the ten; all go to that worker on one connection.
    const oneConnection = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let each = 0; each < 5; each++) await askAfresh(gateway, 'hello', {}, oneConnection)
    oneConnection.destroy()
    const Engines = z.object({
      engines: z.array(z.object({ name: z.string(), state: z.string(), breaker: z.string() })),
    })
    await until('the primary process to know', async () => {
      const { engines } = Engines.parse((await gateway.admin('GET', '/engines')).body)
      return engines.some(
        ({ name, state, breaker }) => name === 'primary' && state === 'standby' && breaker === 'open',
      )
    })
    const served = await Promise.all(Array.from({ length: 6 }, () => askAfresh(gateway)))
    expect(served.map((answer) => answer.engine)).toEqual(Array.from({ length: 6 }, () => 'backup'))
    const metrics = await (await fetch(`${gateway.control}/metrics`)).text()
    expect(metrics).toMatch(/^haltgate_breaker_changes_total\{engine="primary",state="open"\} 1$/m)
  })
})

async function samplesOf(gateway: GatewayProcess): Promise<number> {
  const Signals = z.object({
    signals: z.object({
      engines: z.array(z.object({ engine: z.string(), windowMs: z.number(), samples: z.number() })),
    }),
  })
  const { signals } = Signals.parse((await gateway.admin('GET', '/signals')).body)
  const longest = Math.max(...signals.engines.map(({ windowMs }) => windowMs))
  return (
    signals.engines.find(({ engine, windowMs }) => engine === 'primary' && windowMs === longest)?.samples ?? 0
  )
}
