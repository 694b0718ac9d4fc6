import { z } from 'zod'
import { startDrillGateway } from './drill-gateway.ts'
import { createTimeline, type DrillDisplay, DrillFailure, type DrillStep } from './timeline.ts'

/** How a drill ended: all its steps, in their time or not. */
export interface DrillResult {
  ok: boolean
  steps: readonly DrillStep[]
  tookMs: number
  failure?: string
}

/** An hour of the plan in a minute. */
const usualTimeScale = 60
/** Many at once, because the demo engine takes its time for a streamed reply. */
const concurrency = 16
/** A dead detector is halted within this many missed core probes. */
const mostMisses = 6

const Subjects = z.looseObject({
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
const Halts = z.looseObject({
  halts: z.array(z.looseObject({ id: z.string(), state: z.string(), cause: z.string(), reason: z.string() })),
})
const Incidents = z.looseObject({
  incidents: z.array(
    z.looseObject({
      id: z.string(),
      severity: z.string(),
      safety: z.string(),
      haltId: z.string().nullable(),
      status: z.string(),
    }),
  ),
})
const Clearance = z.looseObject({
  state: z.string(),
  share: z.number().optional(),
  missing: z.array(z.string()),
  attempts: z.array(z.looseObject({ passed: z.boolean(), runHash: z.string(), says: z.string().optional() })),
})
const Engines = z.looseObject({ engines: z.array(z.looseObject({ name: z.string(), url: z.string() })) })
const NewKey = z.looseObject({ secret: z.string() })

/**
 * The drill "crisis detection fails": a gateway of its own with the demo engine, whose crisis detection is switched off
 * while it serves. From there on everything is the product's own work, and the two approvals are given by two drill
 * identities. Nothing outside this machine is touched, and no real engine.
 */
export async function drillCrisisDetectionFailure(
  display: DrillDisplay,
  {
    env,
    fetch,
    timeScale = usualTimeScale,
  }: { env: NodeJS.ProcessEnv; fetch: typeof globalThis.fetch; timeScale?: number },
): Promise<DrillResult> {
  const startedMs = performance.now()
  const timeline = createTimeline(display)
  const result = (failure?: string): DrillResult => ({
    ok: failure === undefined,
    steps: timeline.steps,
    tookMs: Math.round(performance.now() - startedMs),
    ...(failure === undefined ? {} : { failure }),
  })
  let gateway: Awaited<ReturnType<typeof startDrillGateway>> | undefined
  try {
    const config = { plan: { timeScale }, probes: { concurrency } }
    gateway = await timeline.expect('gateway and demo engine started', 40_000, async () => {
      const found = await startDrillGateway(config, env)
      return { found, detail: found.controlUrl }
    })
    await play(gateway, timeline, fetch)
    return result()
  } catch (error) {
    if (error instanceof DrillFailure) return result(error.message)
    throw error
  } finally {
    await gateway?.close()
  }
}

async function play(
  { trafficUrl, controlUrl, adminKey }: Awaited<ReturnType<typeof startDrillGateway>>,
  { expect }: ReturnType<typeof createTimeline>,
  fetch: typeof globalThis.fetch,
): Promise<void> {
  async function call<T>(
    method: 'GET' | 'POST',
    path: string,
    shape: z.ZodType<T>,
    { key = adminKey, body }: { key?: string; body?: object } = {},
  ): Promise<T> {
    const response = await fetch(`${controlUrl}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (!response.ok) throw new Refused(response.status, answer)
    return shape.parse(answer)
  }
  const get = <T>(path: string, shape: z.ZodType<T>) => call('GET', path, shape)
  const anything = z.unknown()

  /** One exchange as an application has it. */
  async function talk(session: string): Promise<'engine' | 'safe-reply'> {
    const response = await fetch(`${trafficUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': session },
      body: JSON.stringify({ model: 'drill', messages: [{ role: 'user', content: 'I slept badly.' }] }),
    })
    await response.arrayBuffer()
    if (response.headers.get('x-haltgate')?.startsWith('halted') === true) return 'safe-reply'
    if (response.headers.get('x-haltgate-engine') === 'primary') return 'engine'
    throw new Error(`an exchange ended with HTTP ${response.status}`)
  }

  async function recall() {
    const { subjects } = await get('/crisis-detection', Subjects)
    const primary = subjects.find(({ subject }) => subject === 'primary')
    const { hits = 0, of = 0 } = primary?.accuracy.core.recall ?? {}
    return { hits, of, missed: of - hits }
  }

  const { engines } = await get('/engines', Engines)
  const engineUrl = engines.find(({ name }) => name === 'primary')?.url ?? ''
  const setFaults = async (faults: object) => {
    const response = await fetch(`${engineUrl}/demo/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(faults),
    })
    if (!response.ok) throw new Error(`the demo engine answered ${response.status}`)
  }
  // Without the demo's pauses between words no reply from before a change comes in after it.
  const quick = { slow: { firstByteMs: 0, perChunkMs: 0 } }
  await setFaults(quick)
  const keyOf = async (person: string, roles: string[]) =>
    (await call('POST', '/keys', NewKey, { body: { person, roles } })).secret
  const clinical = await keyOf('drill clinician', ['clinical'])
  const commander = await keyOf('drill commander', ['commander'])

  const before = await expect('crisis detection is measured and works', 20_000, async () => {
    const found = await recall()
    return found.of >= 10 && found.missed === 0
      ? { found, detail: `${found.hits} of ${found.of} core probes heard` }
      : undefined
  })
  await expect('AI replies are on', 5_000, async () =>
    (await talk('drill-before')) === 'engine' ? { found: true } : undefined,
  )

  await expect('the engine goes deaf', 5_000, async () => {
    await setFaults({ ...quick, deaf: true })
    return { found: true }
  })
  await expect('first missed probe', 10_000, async () => {
    const { missed } = await recall()
    return missed > before.missed ? { found: true, detail: `${missed} missed` } : undefined
  })
  const halt = await expect('safety halt engaged', 10_000, async () => {
    const { halts } = await get('/halts?state=engaged', Halts)
    const found = halts.find(({ cause }) => cause === 'crisis-detection')
    return found && { found, detail: `${found.id}: ${found.reason}` }
  })
  const misses = Number(/(\d+) missed/.exec(halt.reason)?.[1] ?? Number.NaN)
  await expect(`within ${mostMisses} missed core probes`, 1_000, async () =>
    misses <= mostMisses ? { found: true, detail: `${misses} missed` } : undefined,
  )
  await expect('first safe reply', 5_000, async () =>
    (await talk('drill-halted')) === 'safe-reply' ? { found: true } : undefined,
  )
  await expect('P0 incident, Safety-Critical', 10_000, async () => {
    const { incidents } = await get('/incidents?status=open', Incidents)
    const found = incidents.find(({ haltId }) => haltId === halt.id)
    return found?.severity === 'P0' && found.safety === 'critical' ? { found, detail: found.id } : undefined
  })

  const halts = `/halts/${halt.id}`
  const validate = (reason: string, repeatReason?: string) =>
    call('POST', `${halts}/validations`, anything, {
      body: { author: 'drill engineer', reason, ...(repeatReason === undefined ? {} : { repeatReason }) },
    })
  const clearance = () => get(`${halts}/clearance`, Clearance)
  /** The verdict of the validation behind those known already. */
  const verdict = (passed: boolean, known: number) => async () => {
    const { attempts } = await clearance()
    const found = attempts[known]
    if (found === undefined) return undefined
    if (found.passed !== passed) throw new Error(`the validation ${found.passed ? 'passed' : 'failed'}`)
    return { found, ...(found.says === undefined ? {} : { detail: found.says }) }
  }
  await validate('drill: the fix is said to be in')
  await expect('validation refused while deaf', 60_000, verdict(false, 0))
  await expect('clearing refused, with what is missing', 5_000, async () => {
    const refused = await call('POST', `${halts}/clear`, anything, {
      key: commander,
      body: { reason: 'drill: clear at once' },
    }).catch((error: unknown) => error)
    const missing = refused instanceof Refused ? refused.missing : []
    return missing.length > 0 ? { found: true, detail: missing.join('; ') } : undefined
  })
  await expect('the engine is repaired', 5_000, async () => {
    await setFaults(quick)
    return { found: true }
  })
  await validate('drill: the engine was repaired', 'drill: the engine hears again')
  const { runHash } = await expect('validation passed', 60_000, verdict(true, 1))
  for (const [role, key] of [
    ['clinical', clinical],
    ['commander', commander],
  ] as const)
    await expect(`approved by a ${role} person`, 5_000, async () => {
      await call('POST', `${halts}/approvals`, anything, {
        key,
        body: { runHash, reason: 'drill: the figures are good' },
      })
      return { found: true }
    })
  for (const share of [0.1, 0.5, 1])
    await expect(`ramp at ${100 * share} % of sessions`, 25_000, async () => {
      const now = await clearance()
      return now.state === 'ramping' && now.share === share ? { found: true } : undefined
    })
  await expect('halt cleared', 25_000, async () =>
    (await clearance()).state === 'cleared' ? { found: true } : undefined,
  )
  await expect('AI replies are on again', 5_000, async () =>
    (await talk('drill-after')) === 'engine' ? { found: true } : undefined,
  )
}

const RefusalBody = z.looseObject({
  error: z.looseObject({ message: z.string(), missing: z.array(z.string()).optional() }),
})

/** The admin API said no. */
class Refused extends Error {
  readonly missing: string[]

  constructor(status: number, answer: unknown) {
    const read = RefusalBody.safeParse(answer)
    super(read.success ? read.data.error.message : `HTTP ${status}`)
    this.missing = read.success ? (read.data.error.missing ?? []) : []
  }
}
