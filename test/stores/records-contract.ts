import fc from 'fast-check'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listIncidents } from '../../src/incidents/list.ts'
import { noteIncident, noteOpenIncident } from '../../src/incidents/note.ts'
import { type OpenIncidentRequest, openIncident } from '../../src/incidents/open.ts'
import { resolveIncident } from '../../src/incidents/resolve.ts'
import { showIncident } from '../../src/incidents/show.ts'
import { SafetySeverity, Severity } from '../../src/plan/severity.ts'
import { verifyAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'
import { testAuditLog } from './records-contract-audit.ts'
import { testCrisisRecords } from './records-contract-crisis.ts'
import { testHaltIncidents } from './records-contract-halts.ts'
import { testOutbox } from './records-contract-outbox.ts'
import { testReviews } from './records-contract-reviews.ts'

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

      it('lets nobody put a second open incident beside the first', async () => {
        const { incident } = await openIncident(records, request(), 1)
        const double = records.write(async (trx) => {
          const row = await trx.selectFrom('incident').selectAll().executeTakeFirstOrThrow()
          await trx
            .insertInto('incident')
            .values({ ...row, id: 'INC-DOUBLE' })
            .execute()
        })
        await expect(double).rejects.toThrow(/unique/i)
        expect(await listIncidents(records, { limit: 9 })).toEqual([incident])
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

      describe('halts', () => testHaltIncidents(() => ({ records, other })))
      describe('the audit log', () => testAuditLog(() => ({ records, other })))
      describe('crisis records', () => testCrisisRecords(() => ({ records, other })))
      describe('the outbox', () => testOutbox(() => ({ records, other })))

      describe('reviews', () => testReviews(() => ({ records, other })))

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
