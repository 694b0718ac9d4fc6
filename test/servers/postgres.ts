import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from './ports.ts'

export interface PostgresServer {
  readonly port: number
  /** A new, empty database. Answers with its URL. */
  createDatabase(): Promise<string>
  /** Statements from outside, as the owner of everything. */
  query(url: string, sql: string): Promise<void>
  /** Ends the server and waits for it; connections break. */
  stop(): Promise<void>
  /** Starts it again on the same port with what it held; nothing happens while it runs. */
  start(): Promise<void>
  /** Ends it and removes its directory. For `afterAll`. */
  close(): Promise<void>
}

const running = new Set<ChildProcess>()
// The last resort, when a test run is ended before its hooks.
process.once('exit', () => {
  for (const child of running) child.kill('SIGQUIT')
})

/** A PostgreSQL of its own on a free loopback port, in a temporary directory, without `fsync`. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = findPrograms()
  const user = unprivileged()
  const port = await freePort()
  const dir = mkdtempSync(join(tmpdir(), 'haltgate-postgres-'))
  if (user !== undefined) chownSync(dir, user.uid, user.gid)
  chmodSync(dir, 0o700)
  const data = join(dir, 'data')
  const setup = ['-D', data, '-U', 'haltgate', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C']
  await promisify(execFile)(join(bin, 'initdb'), setup, { cwd: dir, ...user })
  let child: ChildProcess | undefined
  let databases = 0

  const urlOf = (name: string) => `postgres://haltgate@127.0.0.1:${port}/${name}`
  const server: PostgresServer = {
    port,
    async createDatabase() {
      const name = `test_${++databases}`
      await server.query(urlOf('postgres'), `create database ${name}`)
      return urlOf(name)
    },
    async query(url, sql) {
      const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
      client.on('error', () => {})
      await client.connect()
      try {
        await client.query(sql)
      } finally {
        await client.end()
      }
    },
    async start() {
      if (child && child.exitCode === null && child.signalCode === null) return
      const settings = [
        'fsync=off',
        'full_page_writes=off',
        'listen_addresses=127.0.0.1',
        'unix_socket_directories=',
      ]
      const args = ['-D', data, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])]
      const started = spawn(join(bin, 'postgres'), args, {
        cwd: dir,
        stdio: ['ignore', 'ignore', 'pipe'],
        ...user,
      })
      child = started
      running.add(started)
      started.once('exit', () => running.delete(started))
      let log = ''
      started.stderr.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-2_000)
      })
      await untilAnswers(server, urlOf('postgres'), () => {
        if (started.exitCode !== null) throw new Error(`PostgreSQL ended at its start:\n${log}`)
      })
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      // The quickest orderly end: the server process takes its own children along.
      child.kill('SIGQUIT')
      await exited
    },
    async close() {
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
  try {
    await server.start()
  } catch (error) {
    await server.close()
    throw error
  }
  return server
}

/** The newest installed version. */
function findPrograms(): string {
  const versions = '/usr/lib/postgresql'
  const found = (existsSync(versions) ? readdirSync(versions) : [])
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(versions, version, 'bin'))
  const folders = [...found, ...(process.env.PATH ?? '').split(':')]
  const bin = folders.find((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))),
  )
  if (bin === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return bin
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function untilAnswers(server: PostgresServer, url: string, check: () => void): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    check()
    try {
      return await server.query(url, 'select 1')
    } catch (error) {
      if (performance.now() > deadline) throw error
      await pause(50)
    }
  }
}
