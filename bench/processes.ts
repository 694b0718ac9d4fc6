import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { type GatewayForm, programOf } from './gateway-program.ts'
import { killTree, treeCpuMs, treeResidentKb } from './process-tree.ts'

/** A program under measurement, in a process of its own. */
export interface Program {
  /** What its `ready` line says: an address. */
  url: string
  readyAfterMs: number
  /** CPU time of its processes and all their threads so far, in milliseconds; the kernel tells it in steps of 10 ms. */
  cpuMs(): number
  residentKb(): number
  end(): Promise<void>
}

export interface HaltgateProgram extends Program {
  controlUrl: string
  adminKey: string
  dataDir: string
}

/** The proxy has a core for itself; the engine, the load and Redis share the other. */
export type Core = 'proxy' | 'others'

const root = join(import.meta.dirname, '..')
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const { pid } of running) if (pid !== undefined) killTree(pid)
})
// A signal ends a process without its `exit`.
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

const canPin = availableParallelism() >= 2 && hasTaskset()
export const pinning = canPin ? 'proxy on core 0, the others on core 1' : 'not pinned to cores'

/** Pins this process, which makes the load, beside the engine. */
export function pinLoad(): void {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', '1', `${process.pid}`])
}

export const startEngine = () => start('others', [join(root, 'bench/engine.ts')])
export const startPassThrough = (engineUrl: string) =>
  start('proxy', [
    ...(process.env.BENCH_CPU_PROF ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_CPU_PROF}`] : []),
    join(root, 'bench/pass-through.ts'),
    engineUrl,
  ])

interface HaltgateOptions {
  /** The shared halt store. */
  halts?: string
  /** Marks a new halt store. */
  init?: boolean
  mode?: 'enforce' | 'observe'
  /** The engine of the other benchmarks is deaf, and would be found out within a minute: off unless given. */
  probes?: object
  /** Behind those of `haltgate start`. */
  startArgs?: string[]
  /** A build, as it is deployed, unless the sources are asked for. */
  as?: GatewayForm
}

/** A gateway with this engine, in a new data directory. */
export async function startHaltgate(
  engineUrl: string,
  {
    halts = 'sqlite',
    init = false,
    mode = 'enforce',
    probes = { enabled: false },
    startArgs = [],
    // A profile names the files of the sources.
    as = process.env.BENCH_CPU_PROF ? 'sources' : 'build',
  }: HaltgateOptions = {},
): Promise<HaltgateProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-bench-'))
  const dataDir = join(folder, 'data')
  const configFile = join(folder, 'haltgate.yaml')
  writeFileSync(configFile, configOf(engineUrl, { halts, mode, probes }))
  const haltgate = await programOf(as)
  const place = ['--config', configFile, '--data-dir', dataDir]
  if (init) execFileSync(process.execPath, [haltgate, 'init', ...place])
  const program = await start('proxy', [
    ...(process.env.BENCH_CPU_PROF ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_CPU_PROF}`] : []),
    ...[haltgate, 'start', ...place, '--port', '0', '--control-port', '0', ...startArgs],
  ])
  const [, url = '', controlUrl = ''] = /traffic=(\S+) control=(\S+)/.exec(program.url) ?? []
  return {
    ...program,
    url,
    controlUrl,
    dataDir,
    adminKey: readFileSync(join(dataDir, 'admin.key'), 'utf8').trim(),
    async end() {
      await program.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** How many messages and replies the gateway says that it has read. */
export async function screenedBy({ controlUrl, adminKey }: HaltgateProgram): Promise<number> {
  const response = await fetch(`${controlUrl}/metrics`, { headers: { authorization: `Bearer ${adminKey}` } })
  if (!response.ok) throw new Error(`the run is void: /metrics answered ${response.status}`)
  const page = await response.text()
  const clear = counterOf(page, 'haltgate_scanned_messages_total{outcome="clear"}')
  const replies = counterOf(page, 'haltgate_scanned_replies_total')
  if (clear !== replies)
    throw new Error(`the run is void: ${clear} messages were clear, of ${replies} exchanges`)
  return replies
}

const counterOf = (page: string, name: string): number => {
  const line = page.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? 0)
}

/** A redis-server on a free port, with nothing saved. */
export async function startRedis(port: number): Promise<{ url: string; end(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-bench-redis-'))
  const place = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '']
  const child = spawnPinned('others', 'redis-server', place)
  for await (const line of createInterface({ input: readable(child) })) if (line.includes('Ready')) break
  readable(child).resume()
  return {
    url: `redis://127.0.0.1:${port}/0`,
    async end() {
      await endChild(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Room for streams that stay idle for longer than the benchmark runs. */
function configOf(
  engineUrl: string,
  { halts, mode, probes }: { halts: string; mode: string; probes: object },
): string {
  return JSON.stringify({
    engines: {
      primary: {
        url: engineUrl,
        verdict: { header: 'x-crisis-detected' },
        firstByteTimeoutMs: 900_000,
        gapTimeoutMs: 900_000,
        totalTimeoutMs: 900_000,
        maxConnections: 2048,
      },
    },
    stores: { halts },
    policy: { mode },
    probes,
  })
}

/** A machine with other things to do takes its time; LiteLLM needs twenty seconds of CPU to start. */
const readyWithinMs = 300_000

/** A Node program that prints `ready ADDRESS`. */
export async function start(core: Core, args: string[]): Promise<Program> {
  const startedMs = performance.now()
  const child = spawnPinned(core, process.execPath, args)
  const tooLate = setTimeout(() => child.kill('SIGKILL'), readyWithinMs)
  let ready = ''
  for await (const line of createInterface({ input: readable(child) })) {
    if (!line.startsWith('ready ')) continue
    ready = line.slice('ready '.length)
    break
  }
  clearTimeout(tooLate)
  if (ready === '') throw new Error(`${args.join(' ')} ended, or was ended, before it was ready`)
  return asProgram(child, ready, startedMs)
}

/** Any other server, ready as soon as `health` answers 200 there. Rejects when it ends before, or after five minutes. */
export async function startServer(
  [program = '', ...args]: string[],
  { url, health, env = {} }: { url: string; health: string; env?: NodeJS.ProcessEnv },
): Promise<Program> {
  const startedMs = performance.now()
  const child = spawnPinned('proxy', program, args, { ...process.env, ...env })
  while (!(await isUp(`${url}${health}`))) {
    if (child.exitCode !== null || performance.now() - startedMs > readyWithinMs) {
      await endChild(child)
      throw new Error(`${program} was never ready: see what it says with BENCH_LOGS=1`)
    }
    await pause(50)
  }
  return asProgram(child, url, startedMs)
}

const isUp = (url: string) =>
  fetch(url).then(
    ({ status }) => status === 200,
    () => false,
  )

function asProgram(child: ChildProcess, url: string, startedMs: number): Program {
  const { pid } = child
  if (pid === undefined) throw new Error(`${child.spawnfile} could not be started`)
  readable(child).resume()
  return {
    url,
    readyAfterMs: performance.now() - startedMs,
    cpuMs: () => treeCpuMs(pid),
    residentKb: () => treeResidentKb(pid),
    end: () => endChild(child),
  }
}

function spawnPinned(core: Core, program: string, args: string[], env = process.env): ChildProcess {
  const command = canPin
    ? ['taskset', '-c', core === 'proxy' ? '0' : '1', program, ...args]
    : [program, ...args]
  const [first = program, ...rest] = command
  // taskset becomes the program, so the pid is the program's.
  const child = spawn(first, rest, {
    stdio: ['ignore', 'pipe', process.env.BENCH_LOGS ? 'inherit' : 'ignore'],
    env,
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Ends a child and waits for it; one that does not listen is killed. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 12_000)
  await exited
  clearTimeout(force)
}

function readable({ stdout }: ChildProcess) {
  if (stdout === null) throw new Error('expected a piped standard output')
  return stdout
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
