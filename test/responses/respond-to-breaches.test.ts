import { beforeEach, describe, expect, it } from 'vitest'
import type { Breaker } from '../../src/breakers/breaker.ts'
import { createRoute, type Route } from '../../src/engines/route.ts'
import type { OpenIncidentRequest } from '../../src/incidents/open.ts'
import { type LogFields, silentLogger } from '../../src/logger.ts'
import { defaultThresholds } from '../../src/plan/default-plan.ts'
import { respondToBreaches } from '../../src/responses/respond-to-breaches.ts'
import type { Breach, BreachChange } from '../../src/signals/breach.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

let active: Breach[]
let opened: OpenIncidentRequest[]
let noted: { key: string; type: string; data: Record<string, string | number> }[]
let logged: { fields: LogFields; message: string }[]
let route: Route
let metrics: ReturnType<typeof createMetrics>
let respond: (changes: readonly BreachChange[]) => void

beforeEach(() => wire(true))

function wire(
  withBackup: boolean,
  backup: Pick<Breaker, 'state' | 'onChange'> = { state: 'closed', onChange() {} },
) {
  active = []
  opened = []
  noted = []
  logged = []
  const log = (fields: LogFields, message: string) => void logged.push({ fields, message })
  metrics = createMetrics({ process: false, version: 'test' })
  const breaker = { state: 'closed', onChange() {} } as const
  route = createRoute({
    engines: { primary: {}, ...(withBackup ? { backup: {} } : {}) },
    breakers: { primary: breaker, backup },
    failback: { retryAfterMs: 1_000, healthyForMs: 1_000 },
    clock: { monotonicMs: () => 0, wallMs: () => 0 },
  })
  respond = respondToBreaches({
    metrics,
    logger: { ...silentLogger, warn: log, info: log },
    route,
    active: () => active,
    openIncident: (request) => opened.push(request),
    noteIncident: (key, type, data) => noted.push({ key, type, data }),
    actor: 'haltgate:test',
    timeScale: 1,
  })
}

function breach(threshold: string, changes: Partial<Breach> = {}): Breach {
  const {
    signal = '',
    level = 'warning',
    severity = null,
    responses = ['record'],
    type,
  } = { ...defaultThresholds[threshold] }
  return {
    id: `id-${threshold}`,
    key: `${threshold}:primary`,
    incidentKey: `${signal}:primary`,
    threshold,
    signal,
    level,
    engine: 'primary',
    limit: { kind: 'above', value: 1 },
    value: 2,
    samples: 40,
    worstValue: 2,
    crossedAtMs: 1_000,
    startedAtMs: 4_000,
    severity,
    safety: 'none',
    type: type ?? 'performance',
    responses,
    ...changes,
  }
}

/** The breach begins, beside those that last. */
function begins(one: Breach) {
  active.push(one)
  respond([{ kind: 'opened', breach: one }])
}

const countOf = async (threshold: string) => {
  const { values } = await metrics.breachesTotal.get()
  return values.find(({ labels }) => labels.threshold === threshold)?.value ?? 0
}

describe('a breach', () => {
  it('is logged, counted and opens its incident, from when the limit was crossed', async () => {
    begins(breach('response-time-warning'))
    expect(logged).toMatchObject([
      {
        message: 'threshold breached',
        fields: { threshold: 'response-time-warning', value: 2, samples: 40, limit: 'above 1' },
      },
    ])
    expect(await countOf('response-time-warning')).toBe(1)
    expect(opened).toMatchObject([
      {
        severity: 'P1',
        cause: 'response-time',
        scope: 'engine:primary',
        dedupeKey: 'response-time:primary',
        detectedAtMs: 1_000,
        source: 'signals',
      },
    ])
    expect(route.state).toBe('primary')
  })

  it('of the mildest kind opens no incident', () => {
    begins(breach('error-rate-notice'))
    expect(opened).toEqual([])
    expect(logged).toHaveLength(1)
  })

  it('that is critical turns to the backup', () => {
    begins(breach('response-time-critical'))
    expect(route.state).toBe('backup')
  })

  it('of the backup itself turns nowhere', () => {
    begins(breach('error-rate-critical', { engine: 'backup' }))
    expect(route.state).toBe('primary')
  })

  it('that is critical opens its incident also where no backup stands', () => {
    wire(false)
    begins(breach('error-rate-critical'))
    expect(route.state).toBe('primary')
    expect(opened).toHaveLength(1)
  })

  it('that deepens gives its incident the gravest severity of all that last', () => {
    begins(breach('error-rate-warning'))
    begins(breach('complete-outage'))
    expect(opened.map(({ severity }) => severity)).toEqual(['P2', 'P0'])
    expect(new Set(opened.map(({ dedupeKey }) => dedupeKey)).size).toBe(1)
  })

  it('that triggers a rollback says so in the incident’s title', () => {
    begins(breach('error-rate-rollback'))
    expect(opened[0]?.title).toContain('rollback trigger')
  })

  it('of the service as a whole has the scope of everything', () => {
    const { engine: _none, ...whole } = breach('satisfaction-critical')
    begins(whole)
    expect(opened[0]).toMatchObject({ scope: 'all', severity: 'P2' })
  })
})

describe('the end of a breach', () => {
  it('is logged, noted in the incident, and the gauge falls', async () => {
    const one = breach('response-time-warning')
    begins(one)
    respond([{ kind: 'ended', breach: { ...one, worstValue: 9 }, why: 'recovered' }])
    expect(noted).toEqual([
      {
        key: 'response-time:primary',
        type: 'breach-ended',
        data: { threshold: 'response-time-warning', worstValue: 9 },
      },
    ])
    const { values } = await metrics.breaches.get()
    expect(values.map(({ value }) => value)).toEqual([0])
    expect(await countOf('response-time-warning')).toBe(1)
  })

  it('that never had an incident is noted nowhere', () => {
    respond([{ kind: 'ended', breach: breach('error-rate-notice'), why: 'recovered' }])
    expect(noted).toEqual([])
  })
})

it('fails over later when the backup was not ready as the breach began', () => {
  let backupState: 'held' | 'closed' = 'held'
  const backup = {
    get state() {
      return backupState
    },
    onChange() {},
  }
  wire(true, backup)
  const lasting = breach('error-rate-critical')
  active = [lasting]
  respond([{ kind: 'opened', breach: lasting }])
  expect(route.state).toBe('primary')
  backupState = 'closed'
  respond([])
  expect(route.state).toBe('backup')
})
