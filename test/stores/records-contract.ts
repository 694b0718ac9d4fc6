import fc from 'fast-check'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClearedEntry, EngagedEntry } from '../../src/breakers/halt-entry.ts'
import { deriveFromHalts } from '../../src/incidents/derive-from-halts.ts'
import { listIncidents } from '../../src/incidents/list.ts'
import { noteIncident, noteOpenIncident } from '../../src/incidents/note.ts'
import { type OpenIncidentRequest, openIncident } from '../../src/incidents/open.ts'
import { resolveIncident } from '../../src/incidents/resolve.ts'
import { showIncident } from '../../src/incidents/show.ts'
import { SafetySeverity, Severity } from '../../src/plan/severity.ts'
import { appendAudit, listAudit, verifyAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'

/** One database under test; `open` gives a handle on it, as another gateway would have. */
export interface RecordsStorage {
  open(): Records
  dispose(): Promise<void>
}

/** What the records promise, for SQLite and PostgreSQL alike. `create` makes an empty database. */
export function testRecords(name: string, create: () => Promise<RecordsStorage>): void {
  describe(`${name} as the records database`, () => {
    let storage: RecordsStorage
    let records: Records
    let other: Records

    beforeEach(async () => {
      storage = await create()
      records = storage.open()
      other = storage.open()
    })

    afterEach(async () => {
      await Promise.all([records.close(), other.close()])
      await storage.dispose()
    })

    it('is unavailable until it has been migrated, then usable', async () => {
      await expect(openIncident(records, request(), 1)).rejects.toMatchObject({ code: 'unavailable' })
      expect(records.reachable).toBe(false)
      await records.migrate()
      await openIncident(records, request(), 1)
      expect(records.reachable).toBe(true)
    })

    it('is migrated by two gateways at once, and once more without effect', async () => {
      await Promise.all([records.migrate(), other.migrate()])
      await records.migrate()
      expect(await verifyAudit(other)).toEqual({ intact: true, lines: 0 })
    })

    describe('once migrated', () => {
      beforeEach(() => records.migrate())

      it('opens exactly one incident for one key, twenty callers at once', async () => {
        const opened = await Promise.all(
          Array.from({ length: 20 }, (_, i) => openIncident(i % 2 ? records : other, request(), 10 + i)),
        )
        expect(opened.filter(({ created }) => created)).toHaveLength(1)
        const [incident, ...more] = await listIncidents(records, { limit: 50 })
        expect(more).toEqual([])
        expect(incident?.signalCount).toBe(20)
        const { events } = await showIncident(records, incident?.id ?? '')
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
        expect(events[0]?.type).toBe('opened')
      })

      it('gives back exactly what was put in', async () => {
        const data = {
          value: 0.25,
          many: 3_000_000_000_000,
          yes: true,
          nothing: null,
          text: '⚠ "quoted" \\ ü',
        }
        const { incident } = await openIncident(
          records,
          { ...request(), scope: 'tenant:a', data, drill: true },
          77,
        )
        expect(incident).toEqual({
          id: expect.stringMatching(/^INC-[0-9A-Z]{12}$/),
          title: 'error-rate critical on primary',
          type: 'availability',
          severity: 'P1',
          safety: 'none',
          status: 'triage',
          source: 'signals',
          cause: 'error-rate',
          scope: 'tenant:a',
          dedupeKey: 'error-rate:primary',
          haltId: null,
          haltClearedAtMs: null,
          detectedAtMs: 1_790_000_000_000,
          openedAtMs: 77,
          acknowledgedAtMs: null,
          containedAtMs: null,
          resolvedAtMs: null,
          closedAtMs: null,
          signalCount: 1,
          lastSignalAtMs: 1_790_000_000_000,
          drill: true,
          timeScale: 0.5,
        })
        const { events, incident: shown } = await showIncident(other, incident.id)
        expect(shown).toEqual(incident)
        expect(events).toEqual([
          {
            seq: 1,
            atMs: 77,
            actor: 'haltgate',
            type: 'opened',
            data: { ...data, severity: 'P1', safety: 'none', cause: 'error-rate' },
          },
        ])
      })

      it('keeps records whose text no database takes as it is', async () => {
        const broken = `nul\u0000 half \ud83d`
        const { incident } = await openIncident(
          records,
          { ...request(), title: broken, data: { broken, wide: Number.POSITIVE_INFINITY, gone: undefined } },
          1,
        )
        expect(incident.title).toBe('nul  half \ufffd')
        const { events } = await showIncident(records, incident.id)
        expect(events[0]?.data).toMatchObject({ broken: 'nul  half \ufffd', wide: 'Infinity' })
        expect(await verifyAudit(records)).toMatchObject({ intact: true })
      })

      it('raises severity and safety with a graver repeat, and says so', async () => {
        const { incident } = await openIncident(records, request({ severity: 'P2', safety: 'high' }), 1)
        await openIncident(records, request({ severity: 'P0', safety: 'none', detectedAtMs: 5 }), 2)
        const { incident: now, events } = await showIncident(records, incident.id)
        expect(now).toMatchObject({ severity: 'P0', safety: 'high', signalCount: 2, detectedAtMs: 5 })
        expect(events.map(({ type }) => type)).toEqual(['opened', 'severity-raised'])
      })

      it('counts every repeat and keeps the timeline short', async () => {
        for (let i = 0; i < 70; i++) await openIncident(records, request(), i)
        const [incident] = await listIncidents(records, { limit: 1 })
        expect(incident?.signalCount).toBe(70)
        const { events } = await showIncident(records, incident?.id ?? '')
        // 1 to 10, then 16, 32, 64
        expect(events).toHaveLength(13)
        expect(events.at(-1)?.data.count).toBe(64)
      })

      it('opens a new incident when the signal comes back after the end', async () => {
        const first = await openIncident(records, request(), 1)
        await resolveIncident(records, { id: first.incident.id, actor: 'anna', reason: 'fixed' }, 2)
        const second = await openIncident(records, request(), 3)
        expect(second.created).toBe(true)
        expect(second.incident.id).not.toBe(first.incident.id)
        expect(await listIncidents(records, { status: 'resolved', limit: 9 })).toMatchObject([
          { resolvedAtMs: 2 },
        ])
        expect(await listIncidents(records, { status: 'open', limit: 9 })).toHaveLength(1)
      })

      it('resolves once', async () => {
        const { incident } = await openIncident(records, request(), 1)
        const resolve = (handle: Records) =>
          resolveIncident(handle, { id: incident.id, actor: 'anna', reason: 'fixed' }, 2)
        const outcomes = await Promise.allSettled([resolve(records), resolve(other)])
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
        await expect(resolve(records)).rejects.toMatchObject({ code: 'conflict' })
        const { events } = await showIncident(records, incident.id)
        expect(events.map(({ type }) => type)).toEqual(['opened', 'resolved'])
      })

      it('takes notes by id and by key', async () => {
        const { incident } = await openIncident(records, request(), 1)
        await noteIncident(records, { id: incident.id, actor: 'anna', type: 'note', data: { seen: true } }, 2)
        const key = { dedupeKey: 'error-rate:primary', actor: 'haltgate', type: 'breach-ended' }
        await noteOpenIncident(records, key, 3)
        expect(await noteOpenIncident(records, { ...key, dedupeKey: 'unknown' }, 4)).toBeUndefined()
        const { events } = await showIncident(records, incident.id)
        expect(events.map(({ type, seq }) => [seq, type])).toEqual([
          [1, 'opened'],
          [2, 'note'],
          [3, 'breach-ended'],
        ])
      })

      it('finds an incident by the beginning of its id, and names the candidates when there are several', async () => {
        const ids: string[] = []
        for (let i = 0; i < 33; i++) {
          ids.push((await openIncident(records, request({ dedupeKey: `key-${i}` }), i)).incident.id)
        }
        const [id = ''] = ids
        expect((await showIncident(records, id.slice(4).toLowerCase())).incident.id).toBe(id)
        // Among 33 ids two begin alike: there are 32 letters.
        const twins = ids.map((one) => one[4] ?? '').find((letter, i, all) => all.indexOf(letter) !== i) ?? ''
        await expect(showIncident(records, twins)).rejects.toMatchObject({
          code: 'conflict',
          message: expect.stringMatching(/several incidents begin with INC-.: INC-\w{12}, INC-\w{12}/),
        })
        await expect(showIncident(records, "INC-'; drop")).rejects.toMatchObject({ code: 'not_found' })
      })

      it('lists page after page, the newest first, each incident once', async () => {
        for (let i = 0; i < 7; i++)
          await openIncident(records, request({ dedupeKey: `key-${i}` }), Math.floor(i / 2))
        const all = await listIncidents(records, { limit: 10 })
        expect(all.map(({ openedAtMs }) => openedAtMs)).toEqual([3, 2, 2, 1, 1, 0, 0])
        const pages = []
        for (let before: string | undefined; ; before = pages.at(-1)?.id) {
          const page = await listIncidents(records, { limit: 3, before })
          pages.push(...page)
          if (page.length < 3) break
        }
        expect(pages).toEqual(all)
      })

      it('never has two open incidents of one key and never lowers one, whatever comes in whatever order', async () => {
        const step = fc.oneof(
          fc.record({
            do: fc.constant('open' as const),
            key: fc.constantFrom('a', 'b'),
            severity: fc.constantFrom(...Severity.options),
            safety: fc.constantFrom(...SafetySeverity.options),
            handle: fc.boolean(),
          }),
          fc.record({ do: fc.constant('resolve' as const), key: fc.constantFrom('a', 'b') }),
        )
        let run = 0
        await fc.assert(
          fc.asyncProperty(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 6 }), async (batches) => {
            run++
            const keyOf = (key: string) => `${run}:${key}`
            const before = new Map<string, { severity: Severity; safety: SafetySeverity }>()
            for (const batch of batches) {
              // Each batch runs at once, on both handles.
              await Promise.all(
                batch.map(async (one) => {
                  if (one.do === 'open') {
                    const { severity, safety, handle } = one
                    const asked = request({ dedupeKey: keyOf(one.key), severity, safety })
                    const { incident } = await openIncident(handle ? records : other, asked, 1)
                    expect(Severity.options.indexOf(incident.severity)).toBeLessThanOrEqual(
                      Severity.options.indexOf(severity),
                    )
                    return
                  }
                  const open = await listIncidents(records, { status: 'open', limit: 1000 })
                  const found = open.find(({ dedupeKey }) => dedupeKey === keyOf(one.key))
                  if (found === undefined) return
                  await resolveIncident(other, { id: found.id, actor: 'anna', reason: 'over' }, 2).catch(
                    (error) => {
                      if (error.code !== 'conflict') throw error
                    },
                  )
                }),
              )
              const open = (await listIncidents(records, { status: 'open', limit: 1000 })).filter(
                ({ dedupeKey }) => dedupeKey.startsWith(`${run}:`),
              )
              expect(new Set(open.map(({ dedupeKey }) => dedupeKey)).size).toBe(open.length)
              for (const { id, severity, safety } of open) {
                const was = before.get(id) ?? { severity: 'P3', safety: 'none' }
                expect(severity <= was.severity).toBe(true)
                expect(SafetySeverity.options.indexOf(safety)).toBeGreaterThanOrEqual(
                  SafetySeverity.options.indexOf(was.safety),
                )
                before.set(id, { severity, safety })
              }
            }
          }),
          { numRuns: 25 },
        )
      })

      describe('halts', () => {
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
          const halt = engaged('halt-0001', 'operator')
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
          const both = [cleared, engaged('halt-0001', 'security')]
          expect(await deriveFromHalts(records, both, options)).toEqual({ opened: 1, cleared: 1 })
          expect(await listIncidents(records, { limit: 9 })).toMatchObject([
            { status: 'resolved', severity: 'P0' },
          ])
        })

        it('passes over entries of a kind it does not know', async () => {
          const unknown = { id: 'ramp-00001', kind: 'ramp', atMs: 5 }
          expect(await deriveFromHalts(records, [unknown], options)).toEqual({ opened: 0, cleared: 0 })
        })
      })

      describe('the audit log', () => {
        const line = (i: number) => ({
          atMs: i,
          actor: 'anna',
          action: 'test.do',
          target: `thing:${i}`,
          reason: 'why',
        })
        const append = (handle: Records, i: number, ref?: string) =>
          handle.write((trx) => appendAudit(trx, ref === undefined ? line(i) : { ...line(i), ref }))

        it('is one unbroken chain after fifty appends at once', async () => {
          await Promise.all(Array.from({ length: 50 }, (_, i) => append(i % 2 ? records : other, i)))
          expect(await verifyAudit(records)).toEqual({ intact: true, lines: 50 })
          const lines = await listAudit(records, { limit: 20, before: 31 })
          expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => 30 - i))
          expect(new Set((await listAudit(records)).map(({ target }) => target)).size).toBe(50)
        })

        it('takes a line with a ref once', async () => {
          await Promise.all([1, 2, 3, 4].map((i) => append(i % 2 ? records : other, i, 'one-and-only')))
          await append(records, 5)
          expect(await verifyAudit(records)).toEqual({ intact: true, lines: 2 })
        })

        it('loses the line with the transaction', async () => {
          const failed = records.write(async (trx) => {
            await appendAudit(trx, line(1))
            throw new Error('no')
          })
          await expect(failed).rejects.toThrow('no')
          await append(records, 2)
          expect(await verifyAudit(records)).toEqual({ intact: true, lines: 1 })
        })

        it.each([
          ['a changed line', sql`update audit set reason = 'another' where seq = 2`, 2],
          ['a removed line', sql`delete from audit where seq = 2`, 2],
          ['lines cut off at the end', sql`delete from audit where seq > 2`, 3],
          [
            'a line put in after the last',
            sql`insert into audit (seq, at_ms, actor, action, target, reason, data, prev_hash, hash)
              values (4, 1, 'eve', 'halt.clear', 'halt:x', 'none', '{}', 'x', 'y')`,
            4,
          ],
          ['a line put in the place of the last', sql`update audit set hash = prev_hash where seq = 3`, 3],
        ])('shows %s', async (_, damage, seq) => {
          for (let i = 0; i < 3; i++) await append(records, i)
          await disarm(records)
          await records.write((trx) => damage.execute(trx))
          expect(await verifyAudit(other)).toMatchObject({ intact: false, seq })
        })
      })

      it.each([
        ['an audit line', sql`update audit set reason = 'another'`],
        ['an audit line', sql`delete from audit`],
        ['an event', sql`update incident_event set type = 'another'`],
        ['an event', sql`delete from incident_event`],
      ])('refuses to change or remove %s', async (_, change) => {
        await openIncident(records, request(), 1)
        await expect(records.write((trx) => change.execute(trx))).rejects.toThrow('is append-only')
      })

      it('rolls back what a failing transaction did', async () => {
        const failed = records.write(async (trx) => {
          await sql`insert into audit_head (one, seq, hash) values (1, 0, 'x')`.execute(trx)
        })
        await expect(failed).rejects.toThrow()
        expect(await verifyAudit(records)).toEqual({ intact: true, lines: 0 })
      })
    })
  })
}

const options = { timeScale: 1, nowMs: 9_000 }

function request(change: Partial<OpenIncidentRequest> = {}): OpenIncidentRequest {
  return {
    title: 'error-rate critical on primary',
    type: 'availability',
    severity: 'P1',
    safety: 'none',
    source: 'signals',
    cause: 'error-rate',
    dedupeKey: 'error-rate:primary',
    detectedAtMs: 1_790_000_000_000,
    actor: 'haltgate',
    timeScale: 0.5,
    ...change,
  }
}

function engaged(id: string, cause: EngagedEntry['cause']): EngagedEntry {
  return { id, kind: 'engaged', atMs: 1_000, by: 'anna', reason: 'because', scope: 'all', cause }
}

function clearedBy(id: string, haltId: string, atMs: number): ClearedEntry {
  return { id, kind: 'cleared', atMs, by: 'ben', reason: 'proof', haltId }
}

/** Takes the triggers away, as somebody with the owner's rights could. */
async function disarm(records: Records): Promise<void> {
  const drops =
    records.kind === 'sqlite'
      ? ['drop trigger audit_no_update', 'drop trigger audit_no_delete']
      : ['drop trigger audit_no_change on audit']
  for (const drop of drops) await records.write((trx) => sql.raw(drop).execute(trx))
}
