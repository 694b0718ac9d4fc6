import { beforeEach, expect, it } from 'vitest'
import type { ClearedEntry, EngagedEntry } from '../../src/breakers/halt-entry.ts'
import { deriveFromHalts } from '../../src/incidents/derive-from-halts.ts'
import { listIncidents } from '../../src/incidents/list.ts'
import { resolveIncident } from '../../src/incidents/resolve.ts'
import { showIncident } from '../../src/incidents/show.ts'
import { listAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'

/** The part of the records contract about halts; two handles on one migrated database. */
export function testHaltIncidents(handles: () => { records: Records; other: Records }): void {
  let records: Records
  let other: Records

  beforeEach(() => {
    ;({ records, other } = handles())
  })

  it('have exactly one incident and one audit line each, derived by two gateways at once and again', async () => {
    const entries = [engaged('halt-0001', 'crisis-detection'), engaged('halt-0002', 'operator')]
    const derived = await Promise.all([
      deriveFromHalts(records, entries, options),
      deriveFromHalts(other, entries, options),
      deriveFromHalts(records, [...entries].reverse(), options),
    ])
    expect(derived.reduce((sum, { opened }) => sum + opened, 0)).toBe(2)
    expect(await deriveFromHalts(other, entries, options)).toEqual({ opened: 0, cleared: 0 })
    const incidents = await listIncidents(records, { limit: 9 })
    expect(incidents.map(({ haltId, severity, safety }) => [haltId, severity, safety]).sort()).toEqual([
      ['halt-0001', 'P0', 'critical'],
      ['halt-0002', 'P1', 'high'],
    ])
    const lines = (await listAudit(records)).filter(({ action }) => action === 'halt.engage')
    expect(lines.map(({ target }) => target).sort()).toEqual(['halt:halt-0001', 'halt:halt-0002'])
    expect(incidents.every(({ signalCount }) => signalCount === 1)).toBe(true)
  })

  it('have the same incident id in every database', async () => {
    await deriveFromHalts(records, [engaged('halt-0001', 'drill')], options)
    const [incident] = await listIncidents(records, { limit: 1 })
    expect(incident).toMatchObject({
      id: 'INC-B4Q6X4A8V8FW',
      drill: true,
      detectedAtMs: 1_000,
      openedAtMs: 9_000,
    })
  })

  it('keep their incident open until they are cleared', async () => {
    const halt = engaged('halt-0001', 'drill')
    await deriveFromHalts(records, [halt], options)
    const [incident] = await listIncidents(records, { limit: 1 })
    const resolve = { id: incident?.id ?? '', actor: 'anna', reason: 'looks fine' }
    await expect(resolveIncident(records, resolve, 5)).rejects.toMatchObject({ code: 'conflict' })
    const cleared = [clearedBy('entry-0002', halt.id, 8_000), clearedBy('entry-0001', halt.id, 7_000)]
    await Promise.all([
      deriveFromHalts(records, [...cleared, halt], options),
      deriveFromHalts(other, [halt, ...cleared], options),
    ])
    const { incident: now, events } = await showIncident(records, resolve.id)
    expect(now).toMatchObject({ status: 'resolved', resolvedAtMs: 7_000, haltClearedAtMs: 7_000 })
    expect(events.map(({ type }) => type)).toEqual(['opened', 'halt-cleared', 'resolved'])
    const lines = (await listAudit(records)).filter(({ action }) => action === 'halt.clear')
    expect(lines).toHaveLength(2)
  })

  it('ignores a clearance until its halt is known', async () => {
    const cleared = clearedBy('entry-0001', 'halt-0001', 7_000)
    expect(await deriveFromHalts(records, [cleared], options)).toEqual({ opened: 0, cleared: 0 })
    const both = [cleared, engaged('halt-0001', 'maintenance')]
    expect(await deriveFromHalts(records, both, options)).toEqual({ opened: 1, cleared: 1 })
    expect(await listIncidents(records, { limit: 9 })).toMatchObject([{ status: 'resolved', severity: 'P1' }])
  })

  it('passes over entries of a kind it does not know', async () => {
    const unknown = { id: 'later-0001', kind: 'of a later version', atMs: 5 }
    expect(await deriveFromHalts(records, [unknown], options)).toEqual({ opened: 0, cleared: 0 })
  })
}

const options = { timeScale: 1, nowMs: 9_000 }

function engaged(id: string, cause: EngagedEntry['cause']): EngagedEntry {
  return { id, kind: 'engaged', atMs: 1_000, by: 'anna', reason: 'because', scope: 'all', cause }
}

function clearedBy(id: string, haltId: string, atMs: number): ClearedEntry {
  return { id, kind: 'cleared', atMs, by: 'ben', reason: 'proof', haltId }
}
