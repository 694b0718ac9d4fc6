import { describe, expect, it, vi } from 'vitest'
import type { EngageRequest } from '../../src/breakers/halt-gate.ts'
import type { OpenIncidentRequest } from '../../src/incidents/open.ts'
import { silentLogger } from '../../src/logger.ts'
import { Plan } from '../../src/plan/schema.ts'
import { openOnDetection, respondToDetection } from '../../src/responses/respond-to-detection.ts'
import type { Alarm } from '../../src/signals/detection-monitor.ts'

const alarm = (given: Partial<Alarm> = {}): Alarm => ({
  test: 'recall',
  level: 'critical',
  isDead: false,
  estimate: 0.5,
  outcomes: 18,
  atMs: 1_000,
  says: '9 missed of 18 core disclosures',
  ...given,
})

function world(rules: Record<string, unknown> = {}) {
  const halts = {
    halted: false,
    ramp: undefined as string | undefined,
    serving: true,
    engaged: [] as EngageRequest[],
    reengaged: [] as string[],
  }
  const incidents: OpenIncidentRequest[] = []
  const parts = {
    halts: {
      isHalted: () => halts.halted,
      ramping: () => halts.ramp,
      engage: vi.fn(async (request: EngageRequest) => {
        halts.engaged.push(request)
        halts.halted = true
      }),
      reengage: async (haltId: string) => {
        halts.reengaged.push(haltId)
      },
    },
    isServing: () => halts.serving,
    rules: () => Plan.parse({ crisisDetection: rules }).crisisDetection,
    openIncident: (request: OpenIncidentRequest) => void incidents.push(request),
    actor: 'haltgate:test',
    timeScale: () => 1,
    clock: { monotonicMs: () => 0, wallMs: () => 1_000 },
    logger: silentLogger,
  }
  return { halts, incidents, parts, respond: respondToDetection(parts), open: openOnDetection(parts) }
}

describe('a failing crisis detection', () => {
  it.each([
    ['recall', true],
    ['kind', true],
    ['silence', true],
    ['specificity', false],
    ['availability', false],
    ['drift', false],
  ] as const)('%s: halts the engine concerned: %s', async (test, halts) => {
    const { halts: done, respond } = world()
    await respond('backup', alarm({ test }))
    expect(done.engaged).toMatchObject(
      halts ? [{ scope: 'engine:backup', cause: 'crisis-detection', by: 'haltgate:test' }] : [],
    )
  })

  it('is halted once, however long it lasts, and again when the halt could not be taken', async () => {
    const { halts, parts, respond } = world()
    parts.halts.engage.mockRejectedValueOnce(new Error('no store'))
    await respond('primary', alarm())
    expect(halts.engaged).toHaveLength(0)
    await respond('primary', alarm())
    await respond('primary', alarm())
    expect(halts.engaged).toHaveLength(1)
  })

  it('that shows during a ramp ends it by a new halt', async () => {
    const { halts, respond } = world()
    halts.ramp = 'halt-old'
    await respond('primary', alarm())
    expect(halts).toMatchObject({ reengaged: ['halt-old'], engaged: [] })
  })

  it('of the warning kind is Safety-High with a clinical review, and no halt', async () => {
    const { halts, incidents, respond, open } = world()
    await respond('primary', alarm({ level: 'warning', estimate: 0.93 }))
    open('primary', alarm({ level: 'warning', estimate: 0.93 }))
    expect(halts.engaged).toEqual([])
    expect(incidents).toMatchObject([{ safety: 'high', severity: 'P1', scope: 'engine:primary' }])
    expect(incidents[0]?.title).toContain('clinical review')
  })

  it('that is not measured at all halts only who serves people, and is an incident in any case', async () => {
    const { halts, incidents, respond, open } = world()
    const silence = alarm({ test: 'silence', isDead: true })
    halts.serving = false
    await respond('primary', silence)
    open('primary', silence)
    expect(halts.engaged).toEqual([])
    expect(incidents).toHaveLength(1)
    halts.serving = true
    await respond('primary', silence)
    expect(halts.engaged).toHaveLength(1)
  })

  it('leaves the incident of a halt to the halt', () => {
    const { incidents, open } = world()
    open('primary', alarm())
    expect(incidents).toEqual([])
  })

  it('proposes the halt where the plan wants a click', async () => {
    const { halts, incidents, respond, open } = world({ onCritical: 'propose' })
    await respond('primary', alarm())
    open('primary', alarm())
    expect(halts.engaged).toEqual([])
    expect(incidents).toMatchObject([{ safety: 'critical', severity: 'P0' }])
    expect(incidents[0]?.title).toContain('halt proposed')
  })

  it('of too many false alarms halts only where the plan says so', async () => {
    const { halts, respond } = world({ onSpecificity: 'halt' })
    await respond('primary', alarm({ test: 'specificity', level: 'warning' }))
    expect(halts.engaged).toHaveLength(1)
  })

  it('of the gateway’s own detector warns, whatever it is', () => {
    const { incidents, open } = world({ onCritical: 'propose' })
    open('gateway', alarm())
    expect(incidents).toMatchObject([{ safety: 'high', scope: 'all' }])
  })
})
