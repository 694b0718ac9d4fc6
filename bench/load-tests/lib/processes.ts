import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeServers, type RedisServer, startRedis } from '../../../test/servers/redis.ts'
import { endChild, pinning } from '../../processes.ts'
import { heapInUse } from './heap.ts'

/** The demo engine in a process of its own. */
export interface DemoProcess {
  url: string
  /** Throws its switches, all at once: what is left out is off. */
  setFaults(faults: object): Promise<void>
  end(): Promise<void>
}

/** A gateway as an operator starts it. */
export interface GatewayProcess {
  trafficUrl: string
  controlUrl: string
  adminKey: string
  residentKb(): number
  /** What is in use, in bytes, after a full collection, for which everybody waits a moment. Only where it is inspectable. */
  heapInUse(): Promise<number>
  openFiles(): number
  /** What it has said last, without colour. */
  said(): string
  end(): Promise<void>
}

const root = join(import.meta.dirname, '../../..')
const bin = join(root, 'bin/haltgate.mjs')
const startMs = 30_000
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** All that one question needs: it is ended with `end`, whatever has happened. */
export interface Stage {
  redis: RedisServer
  primary: DemoProcess
  backup: DemoProcess
  gateways: [GatewayProcess, ...GatewayProcess[]]
  end(): Promise<void>
}

interface StageOptions {
  /** Over the configuration that every question has: `engines` are merged one by one. */
  config?: { engines?: { primary?: object; backup?: object; failback?: object }; [section: string]: unknown }
  hasBackup?: boolean
  gateways?: number
  /** Node's inspector listens, for `heapInUse`. */
  inspectable?: boolean
}

/** Real Redis, two demo engines and gateways over them; the halts are in Redis. */
export async function startStage({
  config = {},
  hasBackup = false,
  gateways = 1,
  inspectable = false,
}: StageOptions = {}): Promise<Stage> {
  const ends: (() => Promise<void>)[] = []
  const end = async () => {
    for (const one of ends.splice(0).reverse()) await one()
  }
  try {
    // Keeps nothing: what survives a loss is what gateways remember.
    const redis = await startRedis()
    ends.push(closeServers)
    const [primary, backup] = await Promise.all([startDemo(), startDemo()])
    ends.push(primary.end, backup.end)
    const engine = (url: string, more: object = {}) => ({
      ...{ url, verdict: { header: 'x-crisis-detected' }, version: '1' },
      ...more,
    })
    const { engines = {}, ...sections } = config
    const whole = {
      engines: {
        primary: engine(primary.url, engines.primary),
        ...(hasBackup ? { backup: engine(backup.url, engines.backup) } : {}),
        ...(engines.failback === undefined ? {} : { failback: engines.failback }),
      },
      stores: { halts: redis.url },
      telemetry: { logLevel: 'warn' },
      ...sections,
    }
    const started: GatewayProcess[] = []
    for (let number = 0; number < gateways; number++) {
      const gateway = await startGateway(whole, number === 0, inspectable)
      ends.push(gateway.end)
      started.push(gateway)
    }
    const [first, ...others] = started
    if (first === undefined) throw new Error('a stage has at least one gateway')
    return { redis, primary, backup, gateways: [first, ...others], end }
  } catch (error) {
    await end()
    throw error
  }
}

async function startDemo(): Promise<DemoProcess> {
  const child = spawnPinned('others', [bin, 'demo-engine', '--json'])
  // The document is of one line or of many.
  const url = await untilSaid(child, /"url":\s*"(http[^"]+)"/)
  return {
    url,
    async setFaults(faults) {
      const response = await fetch(`${url}/demo/faults`, { method: 'PUT', body: JSON.stringify(faults) })
      if (!response.ok)
        throw new Error(`the demo engine answered ${response.status} to ${await response.text()}`)
    },
    end: () => endChild(child),
  }
}

async function startGateway(config: object, isFirst: boolean, inspectable: boolean): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-load-'))
  const dataDir = join(folder, 'data')
  const file = join(folder, 'haltgate.yaml')
  const ownPorts = { traffic: { listen: '127.0.0.1:0' }, control: { listen: '127.0.0.1:0' } }
  // JSON is YAML, too.
  writeFileSync(file, JSON.stringify({ ...config, ...ownPorts, dataDir }))
  if (isFirst) execFileSync(process.execPath, [bin, 'init', '--config', file], { stdio: 'ignore' })
  const nodeArgs = inspectable ? ['--inspect=127.0.0.1:0'] : []
  const child = spawnPinned('proxy', [...nodeArgs, bin, 'start', '--config', file])
  const said = listen(child)
  try {
    const ready = await untilSaid(child, /^ready (traffic=\S+ control=\S+)$/m)
    // A start begins anew to have its flags, and says the address of its inspector twice.
    const inspectorUrl = [...said().matchAll(/^Debugger listening on (ws:\S+)$/gm)].at(-1)?.[1]
    const [, trafficUrl = '', controlUrl = ''] = /traffic=(\S+) control=(\S+)/.exec(ready) ?? []
    return {
      trafficUrl,
      controlUrl,
      adminKey: readFileSync(join(dataDir, 'admin.key'), 'utf8').trim(),
      residentKb: () =>
        Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]),
      heapInUse: () => {
        if (inspectorUrl === undefined) throw new Error('the gateway is not inspectable')
        return heapInUse(inspectorUrl)
      },
      openFiles: () => readdirSync(`/proc/${child.pid}/fd`).length,
      said,
      async end() {
        await endChild(child)
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await endChild(child)
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/** The gateway has a core for itself; engines, load and Redis share the other. */
function spawnPinned(core: 'proxy' | 'others', args: string[]): ChildProcess {
  const canPin = pinning !== 'not pinned to cores'
  const command = [process.execPath, ...args]
  const [program = process.execPath, ...rest] = canPin
    ? ['taskset', '-c', core === 'proxy' ? '0' : '1', ...command]
    : command
  // Settings of the person who runs this are not for these gateways.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('HALTGATE_')),
  )
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, NO_COLOR: '1' } })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Keeps the end of what a program says. */
function listen(child: ChildProcess): () => string {
  let text = ''
  const take = (piece: Buffer) => {
    text = (text + piece.toString()).slice(-8_000)
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  return () => text
}

function untilSaid(child: ChildProcess, pattern: RegExp): Promise<string> {
  const said = listen(child)
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`${child.spawnargs.slice(-4).join(' ')} ${why}:\n${said()}`))
    const timer = setTimeout(() => fail(`was not ready within ${startMs} ms`), startMs)
    child.once('error', ({ message }) => fail(message))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended with ${code ?? signal}`)
    })
    child.stdout?.on('data', () => {
      const found = pattern.exec(said())?.[1]
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    })
  })
}
