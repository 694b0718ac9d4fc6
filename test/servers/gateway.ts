import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
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
  readonly configFile: string
  readonly pid: number
  /** All it has written to stdout and stderr, over all its starts. */
  readonly output: string
  /** Calls the admin API with the first key. */
  admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  /** Runs a command that speaks to this gateway, with its address and first key in the environment. */
  cli(command: string, ...args: string[]): Promise<CliRun>
  signal(signal: NodeJS.Signals): void
  /** Ends it and waits until it has ended, also when it stands still. Nothing to do when it has ended already. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** Starts it again on the same configuration and data directory, on new ports. */
  start(): Promise<void>
}

export interface CliRun {
  exitCode: number
  stdout: string
  stderr: string
}

const cliFile = fileURLToPath(new URL('../../bin/haltgate.mjs', import.meta.url))
const startTimeoutMs = 20_000
const running = new Set<ChildProcess>()
/** Those that were told to end; any other end is a crash. */
const asked = new WeakSet<ChildProcess>()
const folders = new Set<string>()

afterAll(async () => {
  await killGateways()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  folders.clear()
})
// The last resort, when a test run is ended before its hooks.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Starts a gateway with this configuration on free ports; it is ended when the test file is over. `program`: another file
 * than the repository's own command line, such as that of a build.
 */
export async function startGatewayProcess(
  config: Record<string, unknown>,
  options: { dataDir?: string; env?: Record<string, string>; program?: string } = {},
): Promise<GatewayProcess> {
  const program = options.program ?? cliFile
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-'))
  folders.add(folder)
  const dataDir = options.dataDir ?? join(folder, 'data')
  const configFile = writeConfig(folder, { ...config, dataDir })
  let child: ChildProcess | undefined
  let output = ''
  let address: { url: string; traffic: string } | undefined
  let key: string | undefined
  const adminKey = () => {
    key ??= /first admin key, shown once: (\S+)/.exec(output)?.[1]
    key ??= readFileSync(join(dataDir, 'admin.key'), 'utf8').trim()
    return key
  }

  const gateway: GatewayProcess = {
    get traffic() {
      return known(address).traffic
    },
    get control() {
      return known(address).url
    },
    dataDir,
    configFile,
    get pid() {
      return known(child?.pid)
    },
    get output() {
      return output
    },
    async admin(method, path, body) {
      const response = await fetch(`${gateway.control}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${adminKey()}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: await response.json() }
    },
    cli: (command, ...args) =>
      runCli(
        [command, ...args],
        { ...options.env, HALTGATE_URL: gateway.control, HALTGATE_KEY: adminKey() },
        program,
      ),
    signal(signal) {
      process.kill(known(child?.pid), signal)
    },
    async stop(signal = 'SIGTERM') {
      return child === undefined ? null : await end(child, signal)
    },
    async start() {
      const started = spawn(process.execPath, [program, 'start', '--config', configFile], {
        env: cleanEnv(options.env),
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      running.add(started)
      started.once('exit', (code, signal) => {
        running.delete(started)
        if (asked.has(started)) return
        console.error(`a gateway ended by itself with ${code ?? signal}:\n${output.slice(-4_000)}`)
      })
      const from = output.length
      address = await new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`the gateway ${why}:\n${output.slice(from)}`))
        const timer = setTimeout(() => fail(`was not ready within ${startTimeoutMs} ms`), startTimeoutMs)
        const collect = (chunk: Buffer) => {
          output += chunk.toString()
          const ready = /^ready traffic=(\S+) control=(\S+)$/m.exec(output.slice(from))
          if (ready?.[1] === undefined || ready[2] === undefined) return
          clearTimeout(timer)
          resolve({ traffic: ready[1], url: ready[2] })
        }
        started.stdout.on('data', collect)
        started.stderr.on('data', collect)
        started.once('exit', (code, signal) => {
          clearTimeout(timer)
          fail(`ended with ${code ?? signal}`)
        })
      })
    },
  }
  await gateway.start()
  return gateway
}

/** Ends all gateways that this test file has running, also after a failed test. */
export async function killGateways(): Promise<void> {
  await Promise.all([...running].map((child) => end(child, 'SIGKILL')))
}

/** Gives a Redis its genesis mark, as an operator does before the first gateway starts. */
export async function initialiseHaltStore(stores: Record<string, unknown>, program = cliFile): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-'))
  folders.add(folder)
  const { exitCode, stderr } = await runCli(
    ['init', '--config', writeConfig(folder, { stores })],
    {},
    program,
  )
  if (exitCode !== 0) throw new Error(`haltgate init ended with ${exitCode}: ${stderr}`)
}

function runCli(args: string[], env: Record<string, string> = {}, program = cliFile): Promise<CliRun> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: cleanEnv(env) }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ exitCode, stdout, stderr })
    })
  })
}

/** Listens on free ports unless the configuration says otherwise. */
function writeConfig(folder: string, config: Record<string, unknown>): string {
  const file = join(folder, 'haltgate.yaml')
  const listeners = { traffic: { listen: '127.0.0.1:0' }, control: { listen: '127.0.0.1:0' } }
  // Probes would stand among the calls that a scripted engine counts: who wants them asks for them.
  writeFileSync(file, stringify({ ...listeners, probes: { enabled: false }, ...config }))
  return file
}

/** Without what the person who runs the tests has set for a gateway of theirs. */
function cleanEnv(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('HALTGATE_'))
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...env }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  asked.add(child)
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    child.kill(signal)
    child.kill('SIGCONT')
    await exited
  }
  return child.exitCode
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the gateway is not running')
  return value
}
