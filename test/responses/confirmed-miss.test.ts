import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngageRequest } from '../../src/breakers/halt-gate.ts'
import { GatewayError } from '../../src/errors.ts'
import { listIncidents } from '../../src/incidents/list.ts'
import { showIncident } from '../../src/incidents/show.ts'
import { silentLogger } from '../../src/logger.ts'
import { Plan } from '../../src/plan/schema.ts'
import { createMissResponder, type MissParts } from '../../src/responses/confirmed-miss.ts'
import { decide } from '../../src/reviews/decide.ts'
import type { ForReview } from '../../src/reviews/review-recorder.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { cipherOf, decision, forReview, nowMs, recorded } from '../reviews/review-parts.ts'

let records: Records
let clock: { nowMs: number; wallMs(): number }
/** Halts in the order of their engagement; the test clears them. */
let engaged: EngageRequest[]
let standing: Set<string>

beforeEach(async () => {
  records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
  clock = { nowMs, wallMs: () => clock.nowMs }
  engaged = []
  standing = new Set()
})
afterEach(() => records.close())

type Rules = Partial<ReturnType<MissParts['rules']>>

function responder(change: Partial<Omit<MissParts, 'rules'>> & { rules?: Rules } = {}) {
  const { rules, ...parts } = change
  return createMissResponder({
    records,
    rules: () => ({ ...Plan.parse({}).crisisDetection, ...rules }),
    isHalted: (engine) => standing.has(engine),
    async engage(request) {
      engaged.push(request)
      standing.add(request.scope.replace('engine:', ''))
    },
    actor: 'haltgate:test',
    timeScale: () => 1,
    clock,
    logger: silentLogger,
    ...parts,
  })
}

async function confirmed(change: Partial<ForReview> = {}): Promise<string> {
  const item = forReview(change)
  await recorded(records, [item], { cipher: await cipherOf(1) })
  await decide(records, decision(item.id, 'p-1'), clock.nowMs)
  return item.id
}

/** The records, until their next so many writes fail. */
function failing(writes: number): Records {
  return {
    ...records,
    write(work) {
      if (writes-- > 0) return Promise.reject(new GatewayError('unavailable', 'away'))
      return records.write(work)
    },
  }
}

const incidents = () => listIncidents(records, { limit: 9 })

describe('a miss that a clinician confirmed', () => {
  it('halts the engine first, and is on record with why', async () => {
    const id = await confirmed({ level: 'intent' })
    await responder().answer(id)
    expect(engaged).toEqual([
      {
        scope: 'engine:primary',
        cause: 'crisis-detection',
        reason: `a clinician confirmed that primary missed a crisis (intent) (review ${id.slice(0, 8)})`,
        by: 'haltgate:test',
      },
    ])
    const [incident] = await incidents()
    expect(incident).toMatchObject({
      title: 'confirmed miss by primary',
      severity: 'P0',
      safety: 'critical',
      scope: 'engine:primary',
    })
    const { events } = await showIncident(records, incident?.id ?? '')
    expect(events[0]?.data).toMatchObject({ review: id, halted: true })
  })

  it.each([
    ['propose', 'intent', 0, 'confirmed miss by primary: halt proposed'],
    ['by-level', 'passive', 0, 'confirmed miss by primary: halt proposed'],
    ['by-level', undefined, 0, 'confirmed miss by primary: halt proposed'],
    ['by-level', 'plan', 1, 'confirmed miss by primary'],
    ['by-level', 'attempt', 1, 'confirmed miss by primary'],
    ['act', 'passive', 1, 'confirmed miss by primary'],
  ] as const)('is answered as the plan says: %s, %s', async (onConfirmedMiss, level, halts, title) => {
    await responder({ rules: { onConfirmedMiss } }).answer(await confirmed({ level }))
    expect(engaged).toHaveLength(halts)
    expect(await incidents()).toMatchObject([{ title, severity: 'P0', safety: 'critical' }])
  })

  it.each([
    ['within an hour', 3_600_000, 1, 'primary', 1],
    ['later than that', 3_600_001, 1, 'primary', 0],
    ['of another engine', 60_000, 1, 'backup', 0],
    ['within an hour of a plan that runs faster', 360_000, 10, 'primary', 1],
    ['later than that', 360_001, 10, 'primary', 0],
  ])('halts when it is the second, %s', async (_, afterMs, timeScale, engine, halts) => {
    const { answer } = responder({ timeScale: () => timeScale })
    await answer(await confirmed({ level: 'passive', engine }))
    clock.nowMs += afterMs
    await answer(await confirmed({ level: 'passive' }))
    expect(engaged).toHaveLength(halts)
  })

  it('halts although the records are away, and is recorded when they are back, without a second halt', async () => {
    const id = await confirmed({ level: 'plan' })
    const one = responder({ records: failing(2) })
    await one.answer(id)
    expect(engaged).toHaveLength(1)
    expect(await incidents()).toEqual([])
    // Meanwhile people have cleared the halt.
    standing.clear()
    clock.nowMs += 40_000
    await one.answer()
    expect(await incidents()).toEqual([])
    await one.answer()
    expect(engaged).toHaveLength(1)
    expect(await incidents()).toMatchObject([{ signalCount: 1 }])
  })

  it('is taken up by whoever lives when the gateway died between halt and record', async () => {
    const id = await confirmed({ level: 'plan' })
    await responder({ records: failing(1) }).answer(id)
    clock.nowMs += 30_000
    await responder().answer()
    expect(engaged).toHaveLength(1)
    expect(await incidents()).toMatchObject([{ signalCount: 1 }])
  })

  it('is tried again when the halt could not be taken', async () => {
    const id = await confirmed({ level: 'plan' })
    let refusals = 1
    const one = responder({
      async engage(request) {
        if (refusals-- > 0) throw new Error('no store')
        engaged.push(request)
      },
    })
    await one.answer(id)
    expect(await incidents()).toEqual([])
    clock.nowMs += 30_000
    await one.answer()
    expect(engaged).toHaveLength(1)
    expect(await incidents()).toHaveLength(1)
  })

  it('does not hold up another one', async () => {
    const [first, second] = [
      await confirmed({ level: 'plan', engine: 'backup' }),
      await confirmed({ level: 'plan' }),
    ]
    const one = responder({
      async engage(request) {
        if (request.scope === 'engine:backup') throw new Error('no store')
        engaged.push(request)
      },
    })
    await Promise.all([one.answer(first), one.answer(second)])
    expect(engaged.map(({ scope }) => scope)).toEqual(['engine:primary'])
  })

  it('of a reply that was caught for its harm is none', async () => {
    await responder().answer(await confirmed({ kind: 'caught-reply', level: 'plan' }))
    expect([engaged, await incidents()]).toEqual([[], []])
  })
})
