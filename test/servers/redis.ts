import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from './ports.ts'

export interface RedisOptions {
  port?: number
  /** Keeps what it holds over `stop` and `start`. */
  appendOnly?: boolean
  /** Further settings, as on the command line: `['--requirepass', 'secret']`. */
  args?: string[]
  /** For `command`, when the server wants one. */
  password?: string
}

export interface RedisServer {
  readonly port: number
  /** `redis://127.0.0.1:<port>/0` */
  readonly url: string
  readonly dir: string
  /** Ends the process and waits for it. SIGTERM by default. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Starts again on the same port, with what `appendOnly` kept; else empty. */
  start(): Promise<void>
  /** The process stands still: connections stay open and nothing is answered. */
  pause(): void
  resume(): void
  /** One command, on a connection of its own. */
  command(...args: [string, ...(string | number)[]]): Promise<unknown>
  /** Ends the process and removes its directory. */
  close(): Promise<void>
}

interface Closable {
  close(): Promise<void>
}

const running = new Set<ChildProcess>()
const open = new Set<Closable>()
// The last resort, when a test run is ended before its hooks.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** For `afterAll`: ends all that this file and its neighbours have started, also after a failed test. */
export async function closeServers(): Promise<void> {
  const servers = [...open]
  open.clear()
  await Promise.all(servers.map((server) => server.close()))
}

/** Remembers something for `closeServers`. Closing it before that does no harm. */
export function closeLater<T extends Closable>(server: T): T {
  open.add(server)
  return server
}

/** A Redis of its own on a free loopback port, in a temporary directory, saving nothing unless told to. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const { appendOnly = false, args = [], password } = options
  const port = options.port ?? (await freePort())
  const dir = await mkdtemp(join(tmpdir(), 'haltgate-redis-'))
  let child: ChildProcess | undefined

  const server: RedisServer = {
    port,
    url: `redis://${password ? `:${password}@` : ''}127.0.0.1:${port}/0`,
    dir,
    async start() {
      child = await spawnRedis('redis-server', [
        ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--logfile', join(dir, 'log')],
        ...['--save', '', '--appendonly', appendOnly ? 'yes' : 'no', '--appendfsync', 'always'],
        ...['--maxmemory-policy', 'noeviction', ...args],
      ])
      await untilAnswers(child, port, dir, password)
    },
    stop: (signal = 'SIGTERM') => endProcess(child, signal),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    command: (...command) => redisCommand(port, command, password),
    async close() {
      await endProcess(child, 'SIGKILL')
      await rm(dir, { recursive: true, force: true })
    },
  }
  closeLater(server)
  await server.start()
  return server
}

/** Starts redis-server or redis-sentinel and remembers its pid. */
export async function spawnRedis(program: string, args: string[]): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: 'ignore' })
  try {
    await once(child, 'spawn')
  } catch (cause) {
    const message = 'redis-server is not installed: apt-get install redis-server redis-sentinel'
    throw new Error(message, { cause })
  }
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

export async function endProcess(
  child: ChildProcess | undefined,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGCONT')
  child.kill(signal)
  await exited
}

/** Waits until the process answers `PING`. Rejects with the end of its log when it has gone instead. */
export async function untilAnswers(
  child: ChildProcess,
  port: number,
  dir: string,
  password?: string,
): Promise<void> {
  await until(`an answer on port ${port}`, async () => {
    if (child.exitCode !== null) {
      const log = await readFile(join(dir, 'log'), 'utf8').catch(() => '')
      throw new Error(`the server on port ${port} has ended at its start: ${log.slice(-500)}`)
    }
    const answer = await redisCommand(port, ['PING'], password).catch(() => undefined)
    return answer === 'PONG'
  })
}

export async function redisCommand(
  port: number,
  [name, ...args]: [string, ...(string | number)[]],
  password?: string,
): Promise<unknown> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: null,
    enableReadyCheck: false,
    commandTimeout: 2_000,
    ...(password === undefined ? {} : { password }),
  })
  redis.on('error', () => {})
  try {
    return await redis.call(name, ...args)
  } finally {
    redis.disconnect()
  }
}

/** Asks again every 20 ms until the answer is yes; an error of the question ends it. */
export async function until(
  what: string,
  ask: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await pause(20)
  }
}
