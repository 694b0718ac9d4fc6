import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { nowMs } from './drive.ts'
import { NotInTime } from './not-in-time.ts'
import type { GatewayProcess } from './processes.ts'

const Halts = z.looseObject({
  halts: z.array(
    z.looseObject({
      id: z.string(),
      cause: z.string(),
      reason: z.string(),
      state: z.string(),
      share: z.number(),
      engagedAtMs: z.number(),
      acknowledged: z.boolean(),
    }),
  ),
})
const Changed = z.looseObject({
  halt: z.looseObject({ id: z.string(), engagedAtMs: z.number() }),
  acknowledged: z.boolean(),
})
const Signals = z.looseObject({
  breaches: z.array(
    z.looseObject({
      threshold: z.string(),
      level: z.string(),
      engine: z.string().optional(),
      value: z.number(),
    }),
  ),
})
const Engines = z.looseObject({
  engines: z.array(z.looseObject({ name: z.string(), breaker: z.string(), state: z.string() })),
})
const Incidents = z.looseObject({
  incidents: z.array(
    z.looseObject({ id: z.string(), title: z.string(), severity: z.string(), detectedAtMs: z.number() }),
  ),
})
const Incident = z.looseObject({ events: z.array(z.looseObject({ data: z.unknown() })) })
const Clearance = z.looseObject({
  state: z.string(),
  share: z.number(),
  missing: z.array(z.string()),
  attempts: z.array(z.looseObject({ passed: z.boolean(), runHash: z.string() })),
})
const NewKey = z.looseObject({ secret: z.string() })
const Detection = z.looseObject({
  subjects: z.array(
    z.looseObject({
      subject: z.string(),
      outcomes: z.number(),
      accuracy: z.looseObject({
        core: z.looseObject({ recall: z.looseObject({ hits: z.number(), of: z.number() }) }),
      }),
    }),
  ),
})
export type Clearance = z.infer<typeof Clearance>

/** The admin API of one gateway, as far as the questions ask it. Each call throws what a refusal says. */
export function controlOf({ controlUrl, adminKey }: GatewayProcess) {
  async function call<T>(
    method: 'GET' | 'POST',
    path: string,
    shape: z.ZodType<T>,
    { body, key = adminKey }: { body?: object; key?: string } = {},
  ): Promise<T> {
    const response = await fetch(`${controlUrl}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`)
    return shape.parse(answer)
  }
  const get = <T>(path: string, shape: z.ZodType<T>) => call('GET', path, shape)
  const anything = z.unknown()

  return {
    halts: async (state: 'engaged' | 'all' = 'engaged') => (await get(`/halts?state=${state}`, Halts)).halts,
    engage: (body: { cause: string; reason: string }) => call('POST', '/halts', Changed, { body }),
    clear: (id: string, reason: string) => call('POST', `/halts/${id}/clear`, Changed, { body: { reason } }),
    clearance: (id: string) => get(`/halts/${id}/clearance`, Clearance),
    validate: (id: string, body: { author: string; statement: string; reason: string }) =>
      call('POST', `/halts/${id}/validations`, anything, { body }),
    approve: (id: string, key: string, body: { runHash: string; reason: string }) =>
      call('POST', `/halts/${id}/approvals`, anything, { key, body }),
    newKey: async (person: string, roles: string[]) =>
      (await call('POST', '/keys', NewKey, { body: { person, roles } })).secret,
    breaches: async () => (await get('/signals', Signals)).breaches,
    engines: async () => (await get('/engines', Engines)).engines,
    incidents: async () => (await get('/incidents?status=all&limit=200', Incidents)).incidents,
    /** What is noted with each event of an incident, as JSON. */
    eventFacts: async (id: string) =>
      (await get(`/incidents/${id}`, Incident)).events.map(({ data }) => JSON.stringify(data)),
    /** Core probes of an engine so far. */
    async recall(engine = 'primary') {
      const { subjects } = await get('/crisis-detection', Detection)
      const { hits = 0, of = 0 } =
        subjects.find(({ subject }) => subject === engine)?.accuracy.core.recall ?? {}
      return { hits, of, missed: of - hits }
    },
    /** The sum of all series of a metric whose labels hold `labels`; 0 when there is none. */
    async metric(name: string, labels = ''): Promise<number> {
      const response = await fetch(`${controlUrl}/metrics`, {
        headers: { authorization: `Bearer ${adminKey}` },
      })
      if (!response.ok) throw new Error(`/metrics answered ${response.status}`)
      return sumOf(await response.text(), name, labels)
    },
  }
}
export type Control = ReturnType<typeof controlOf>

/** Adds up the lines of a page of metrics that are of this name and hold these labels (`engine="primary"`). */
export function sumOf(page: string, name: string, labels = ''): number {
  let sum = 0
  for (const line of page.split('\n')) {
    const [, of, within = '', value] = /^([a-zA-Z0-9_:]+)(\{.*\})? (\S+)$/.exec(line) ?? []
    if (of === name && within.includes(labels)) sum += Number(value)
  }
  return sum
}

/**
 * Asks every `everyMs` until there is an answer, and tells when that was known, in epoch milliseconds. An error counts as "not
 * yet". Rejects, and the run is void, when nothing came in time.
 */
export async function until<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T | undefined | false>,
  everyMs = 50,
): Promise<{ found: T; atMs: number; tookMs: number }> {
  const beganMs = nowMs()
  let trouble = ''
  for (;;) {
    const found = await look().catch((error: unknown) => {
      trouble = `: ${error instanceof Error ? error.message : String(error)}`
      return undefined
    })
    const atMs = nowMs()
    if (found !== undefined && found !== false) return { found, atMs, tookMs: atMs - beganMs }
    if (atMs - beganMs > withinMs) throw new NotInTime(`${what} did not come within ${withinMs} ms${trouble}`)
    await pause(everyMs)
  }
}
