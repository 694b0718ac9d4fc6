import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { stringify } from 'yaml'

/** A gateway in a process of its own, as an operator starts it. */
export interface GatewayProcess {
  readonly traffic: string
  readonly control: string
  readonly dataDir: string
  readonly pid: number
  /** All it has written to stdout and stderr. */
  readonly output: string
  /** Calls the admin API with the first key. */
  admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  signal(signal: NodeJS.Signals): void
  /** Ends it and waits until it has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** Starts it again on the same configuration and data directory. */
  start(): Promise<void>
}

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const running = new Set<GatewayProcess>()

afterAll(async () => {
  for (const gateway of running) await gateway.stop('SIGKILL')
})

/** Starts a gateway with this configuration on free ports; it is ended when the test file is over. */
export async function startGatewayProcess(
  config: Record<string, unknown>,
  options: { dataDir?: string; env?: Record<string, string> } = {},
): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-'))
  const dataDir = options.dataDir ?? join(folder, 'data')
  const file = join(folder, 'haltgate.yaml')
  writeFileSync(
    file,
    stringify({ traffic: { listen: '127.0.0.1:0' }, control: { listen: '127.0.0.1:0' }, ...config, dataDir }),
  )
  let child: ChildProcess | undefined
  let output = ''
  let address: { url: string; traffic: string } | undefined
  let exited: Promise<number | null> = Promise.resolve(null)

  const gateway: GatewayProcess = {
    get traffic() {
      return known(address).traffic
    },
    get control() {
      return known(address).url
    },
    dataDir,
    get pid() {
      return known(child?.pid)
    },
    get output() {
      return output
    },
    async admin(method, path, body) {
      const key = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim()
      const response = await fetch(`${gateway.control}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: await response.json() }
    },
    signal(signal) {
      process.kill(known(child?.pid), signal)
    },
    async stop(signal = 'SIGTERM') {
      if (child?.exitCode === null && child.signalCode === null) child.kill(signal)
      const code = await exited
      running.delete(gateway)
      if (running.size === 0 && signal === 'SIGKILL') rmSync(folder, { recursive: true, force: true })
      return code
    },
    async start() {
      const started = spawn(process.execPath, [cli, 'start', '--config', file], {
        env: { ...process.env, NO_COLOR: '1', ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      running.add(gateway)
      exited = new Promise((resolve) => started.once('exit', (code) => resolve(code)))
      address = await new Promise((resolve, reject) => {
        const collect = (chunk: Buffer) => {
          output += chunk.toString()
          const ready = /^ready traffic=(\S+) control=(\S+)$/m.exec(output.slice(from))
          if (ready?.[1] !== undefined && ready[2] !== undefined) resolve({ traffic: ready[1], url: ready[2] })
        }
        const from = output.length
        started.stdout.on('data', collect)
        started.stderr.on('data', collect)
        started.once('exit', (code) => reject(new Error(`the gateway ended with ${code}:\n${output.slice(from)}`)))
      })
    },
  }
  await gateway.start()
  return gateway
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the gateway is not running')
  return value
}
