import { beforeEach, expect, it } from 'vitest'
import type { ClearedEntry, EngagedEntry } from '../../src/breakers/halt-entry.ts'
import { deriveFromHalts } from '../../src/incidents/derive-from-halts.ts'
import { listIncidents } from '../../src/incidents/list.ts'
import { resolveIncident } from '../../src/incidents/resolve.ts'
import { showIncident } from '../../src/incidents/show.ts'
import { listAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'
import { cleared, halted, wholeWay } from '../breakers/chains.ts'

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

  it('is not over by a clearance that lacks what it rests on', async () => {
    const halt = engaged('halt-0001', 'crisis-detection')
    const alone = [halt, clearedBy('entry-0001', halt.id, 7_000), cleared('entry-0002', halt.id)]
    expect(await deriveFromHalts(records, alone, options)).toEqual({ opened: 1, cleared: 0 })
    expect(await listIncidents(records, { limit: 9 })).toMatchObject([{ status: 'triage' }])
    expect((await listAudit(records)).map(({ action }) => action)).not.toContain('halt.clear')
  })

  it('have every step of their way back in the audit log, once, and are over at its end', async () => {
    const entries = [halted('halt-000a'), ...wholeWay('halt-000a')]
    await Promise.all([
      deriveFromHalts(records, entries, options),
      deriveFromHalts(other, entries.toReversed(), options),
    ])
    expect(await deriveFromHalts(records, entries, options)).toEqual({ opened: 0, cleared: 0 })
    const lines = (await listAudit(records)).filter(({ target }) => target === 'halt:halt-000a')
    expect(lines.map(({ action, ref }) => [ref, action]).sort()).toEqual([
      ['halt-entry:halt-000a', 'halt.engage'],
      ['halt-entry:halt-000a-clear', 'halt.clear'],
      ['halt-entry:halt-000a-clini', 'halt.approve'],
      ['halt-entry:halt-000a-comma', 'halt.approve'],
      ['halt-entry:halt-000a-ramp1', 'halt.ramp'],
      ['halt-entry:halt-000a-ramp2', 'halt.ramp'],
      ['halt-entry:halt-000a-ramp3', 'halt.ramp'],
      ['halt-entry:halt-000a-valid', 'halt.validate'],
    ])
    expect(await listIncidents(records, { limit: 9 })).toMatchObject([{ status: 'resolved', severity: 'P0' }])
  })

  it('that ended by break-glass have one more incident, P0 and Safety-Critical, which people resolve', async () => {
    const broken = cleared('entry-0001', 'halt-0001', {
      how: 'break-glass',
      by: 'ben',
      reason: 'no one answers',
    })
    const entries = [engaged('halt-0001', 'latency'), broken]
    await Promise.all([deriveFromHalts(records, entries, options), deriveFromHalts(other, entries, options)])
    await deriveFromHalts(records, entries, options)
    const open = await listIncidents(records, { status: 'open', limit: 9 })
    expect(open).toMatchObject([
      { cause: 'break-glass', severity: 'P0', safety: 'critical', signalCount: 1, haltId: broken.id },
    ])
    const lines = (await listAudit(records)).filter(({ action }) => action === 'halt.break-glass')
    expect(lines).toMatchObject([{ actor: 'ben', reason: 'no one answers', target: 'halt:halt-0001' }])
    const resolve = { id: open[0]?.id ?? '', actor: 'anna', reason: 'looked into' }
    expect(await resolveIncident(records, resolve, 9_500)).toMatchObject({ status: 'resolved' })
    await deriveFromHalts(other, entries, options)
    expect(await listIncidents(records, { status: 'open', limit: 9 })).toEqual([])
  })

  it('say so when another stands in their place, and are over with that one', async () => {
    const newer = halted('halt-newer', 'crisis-detection', { atMs: 4_300, supersedes: 'halt-000a' })
    const entries = [halted('halt-000a'), newer]
    await deriveFromHalts(records, entries, options)
    const incidents = await listIncidents(records, { status: 'open', limit: 9 })
    expect(incidents).toHaveLength(2)
    const older = incidents.find(({ haltId }) => haltId === 'halt-000a')?.id ?? ''
    const { events } = await showIncident(records, older)
    expect(events).toMatchObject([
      { type: 'opened' },
      { type: 'halt-superseded', data: { by: 'halt-newer' } },
    ])
    const end = cleared('entry-0001', newer.id, { how: 'break-glass' })
    await deriveFromHalts(records, [...entries, end], options)
    expect((await showIncident(records, older)).incident).toMatchObject({ status: 'resolved' })
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
