import type { EngagedEntry, HaltEntry } from '../../src/breakers/halt-entry.ts'
import type { LogFields, Logger } from '../../src/logger.ts'
import type { HaltStore } from '../../src/stores/halt-store.ts'
import { type RedisServer, until } from '../servers/redis.ts'

export const genesis = { id: 'genesis-1', atMs: 1_000 }

/** A key prefix that no other test of the file has used: an empty store on a server in use. */
export function newPrefix(): string {
  return `test-${crypto.randomUUID()}`
}

export function halt(id: string): EngagedEntry {
  return { id, kind: 'engaged', atMs: 5, by: 'ada', reason: 'a drill', scope: 'all', cause: 'drill' }
}

/** All that is pushed to a store from now on. */
export function collect(store: HaltStore): HaltEntry[] {
  const heard: HaltEntry[] = []
  store.subscribe((entries) => heard.push(...entries))
  return heard
}

/** Whether the store can confirm; no answer is no. */
export async function durable(store: HaltStore): Promise<boolean> {
  const confirmed = await store.confirm('gateway-x').catch(() => undefined)
  return confirmed?.durable ?? false
}

/** Waits until that many connections listen for pushes. */
export async function subscribers(server: RedisServer, prefix: string, count: number, db = 0): Promise<void> {
  await until(`${count} subscribers`, async () => {
    const reply = await server.command('PUBSUB', 'NUMSUB', `{${prefix}}:pushed:${db}`)
    return Array.isArray(reply) && Number(reply[1]) === count
  })
}

/** A logger that remembers. */
export function recorder() {
  const lines: { level: keyof Logger; fields: LogFields; message: string }[] = []
  const to = (level: keyof Logger) => (fields: LogFields, message: string) =>
    void lines.push({ level, fields, message })
  const logger: Logger = { debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') }
  return { lines, logger }
}
