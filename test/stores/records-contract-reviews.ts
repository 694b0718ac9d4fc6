import { beforeEach, expect, it } from 'vitest'
import { listIncidents } from '../../src/incidents/list.ts'
import { silentLogger } from '../../src/logger.ts'
import { Plan } from '../../src/plan/schema.ts'
import { createMissResponder } from '../../src/responses/confirmed-miss.ts'
import { decide } from '../../src/reviews/decide.ts'
import { labelOutcomesSince } from '../../src/reviews/label-outcomes.ts'
import { findReview, listReviews } from '../../src/reviews/list-reviews.ts'
import { listAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'
import { deleteOldEvidence, holdEvidence, readEvidence, rewrapEvidence } from '../../src/vault/evidence.ts'
import { cipherOf, decision, forReview, keptMs, nowMs, recorded } from '../reviews/review-parts.ts'

/** The part of the records contract about the review queue and the vault; two handles on one migrated database. */
export function testReviews(handles: () => { records: Records; other: Records }): void {
  let records: Records
  let other: Records
  beforeEach(() => {
    ;({ records, other } = handles())
  })

  const ids = async (state: 'open' | 'decided' | 'all' = 'open') =>
    (await listReviews(other, { state, limit: 50 })).map(({ id }) => id)

  it('put live items of high risk first, then misses, caught replies, reports and the sample', async () => {
    const items = [
      forReview({ kind: 'sampled-clear', level: undefined }),
      forReview({ kind: 'reported', level: undefined }),
      forReview({ kind: 'caught-reply', level: undefined }),
      forReview({ level: 'passive' }),
      forReview({ level: 'intent' }),
    ]
    await recorded(records, items)
    expect(await ids()).toEqual(items.map(({ id }) => id).reverse())
    expect(await findReview(other, items[4]?.id ?? '')).toMatchObject({ paging: 'clinical', level: 'intent' })
  })

  it('keep evidence only under a master key, and say so', async () => {
    const [bare, sealed, none] = [forReview(), forReview(), forReview({ excerpt: undefined })]
    await recorded(records, [bare])
    await recorded(records, [sealed, none], { cipher: await cipherOf(1) })
    const kept = async (id: string) => (await findReview(other, id)).evidence
    expect([await kept(bare.id), await kept(sealed.id), await kept(none.id)]).toEqual([
      'no-master-key',
      'kept',
      'none',
    ])
    const rows = await other.read((db) => db.selectFrom('evidence').selectAll().execute())
    expect(rows).toHaveLength(1)
    expect(JSON.stringify([rows, await listReviews(other, { state: 'all', limit: 9 })])).not.toContain(
      'lovely',
    )
  })

  it('let no sample into a full queue, and give up the oldest sample for a miss', async () => {
    const samples = Array.from({ length: 3 }, () => forReview({ kind: 'sampled-clear', level: undefined }))
    const miss = forReview()
    expect(await recorded(records, [...samples, miss], { maxItems: 2 })).toBe(2)
    expect(await ids()).toEqual([miss.id, samples[1]?.id])
  })

  it('give up no sample that is held, or that somebody has begun to read', async () => {
    const samples = Array.from({ length: 3 }, () => forReview({ kind: 'sampled-clear', level: undefined }))
    const [held, begun, plain] = samples
    const cipher = await cipherOf(1)
    await recorded(records, samples, { cipher })
    await holdEvidence(records, { itemId: held?.id ?? '', held: true, actor: 'x', reason: 'inquiry' }, nowMs)
    await decide(records, decision(begun?.id ?? '', 'p-1', { readers: 2 }), nowMs)
    const misses = [forReview(), forReview()]
    await recorded(records, misses, { maxItems: 3, cipher })
    expect(new Set(await ids())).toEqual(new Set([held?.id, begun?.id, ...misses.map(({ id }) => id)]))
    expect(await listAudit(other)).toMatchObject([
      { action: 'review.drop', target: `review:${plain?.id}` },
      {},
      {},
    ])
  })

  it('give evidence after the look is in the audit log, and not without', async () => {
    const item = forReview()
    const cipher = await cipherOf(1)
    await recorded(records, [item], { cipher })
    const look = { itemId: item.id, actor: 'Dr Reed' }
    expect(await readEvidence(other, cipher, look, nowMs)).toEqual(item.excerpt)
    expect(await listAudit(other)).toMatchObject([{ action: 'evidence.read', actor: 'Dr Reed' }])
    // A look that fails was one, too.
    await expect(readEvidence(other, undefined, look, nowMs)).rejects.toMatchObject({ code: 'conflict' })
    expect(await listAudit(other)).toHaveLength(2)
    await expect(readEvidence(other, cipher, { ...look, itemId: 'nothing' }, nowMs)).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('open no evidence that was put under another item, or under another key', async () => {
    const [one, two] = [forReview(), forReview()]
    const cipher = await cipherOf(1)
    await recorded(records, [one, two], { cipher })
    await expect(
      readEvidence(other, await cipherOf(2), { itemId: one.id, actor: 'x' }, nowMs),
    ).rejects.toThrow('another master key')
    const rows = await other.read((db) => db.selectFrom('evidence').selectAll().execute())
    const from = rows.find(({ item_id }) => item_id === two.id)
    await records.write((trx) =>
      trx
        .updateTable('evidence')
        .set({ sealed: from?.sealed ?? '', wrapped_key: from?.wrapped_key ?? '' })
        .where('item_id', '=', one.id)
        .execute(),
    )
    await expect(readEvidence(other, cipher, { itemId: one.id, actor: 'x' }, nowMs)).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('wrap evidence anew under a new master key, so that the old one can go', async () => {
    const item = forReview()
    await recorded(records, [item], { cipher: await cipherOf(1) })
    expect(await rewrapEvidence(records, await cipherOf(2, 1))).toEqual({ count: 1, next: undefined })
    expect(await rewrapEvidence(records, await cipherOf(2, 1))).toEqual({ count: 0, next: undefined })
    const look = { itemId: item.id, actor: 'Dr Reed' }
    expect(await readEvidence(other, await cipherOf(2), look, nowMs)).toEqual(item.excerpt)
    await expect(readEvidence(other, await cipherOf(1), look, nowMs)).rejects.toThrow('another master key')
  })

  it('delete evidence when its time is over, unless it is held; the item stays and says so', async () => {
    const [old, held] = [forReview(), forReview()]
    const cipher = await cipherOf(1)
    await recorded(records, [old, held], { cipher })
    await holdEvidence(other, { itemId: held.id, held: true, actor: 'Dr Reed', reason: 'inquiry' }, nowMs)
    expect(await deleteOldEvidence(records, nowMs + keptMs - 1)).toBe(0)
    expect(await deleteOldEvidence(records, nowMs + keptMs)).toBe(1)
    expect((await findReview(other, old.id)).evidence).toBe('gone')
    await expect(
      readEvidence(other, cipher, { itemId: old.id, actor: 'Dr Reed' }, nowMs),
    ).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('gone') })
    await holdEvidence(other, { itemId: held.id, held: false, actor: 'Dr Reed', reason: 'over' }, nowMs)
    expect(await deleteOldEvidence(records, nowMs + keptMs)).toBe(1)
  })

  it('are decided by one reader, once; the same word again changes nothing', async () => {
    const item = forReview({ excerpt: { user: 'u', reply: 'r' } })
    await recorded(records, [item], { cipher: await cipherOf(1) })
    const first = await decide(records, decision(item.id, 'p-1'), nowMs)
    expect(first).toMatchObject({ isNew: true, item: { state: 'decided', missed: 'yes' } })
    expect(await decide(other, decision(item.id, 'p-1'), nowMs)).toMatchObject({ isNew: false })
    await expect(decide(other, decision(item.id, 'p-1', { missed: 'no' }), nowMs)).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(decide(other, decision(item.id, 'p-2'), nowMs)).rejects.toMatchObject({ code: 'conflict' })
    await expect(decide(other, decision('nothing', 'p-1'), nowMs)).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('are decided without evidence only by who says so', async () => {
    const item = forReview()
    await recorded(records, [item])
    await expect(decide(records, decision(item.id, 'p-1'), nowMs)).rejects.toMatchObject({
      code: 'conflict',
      missing: [expect.stringContaining('without evidence')],
    })
    const said = decision(item.id, 'p-1', { withoutEvidence: true })
    expect((await decide(records, said, nowMs)).item.state).toBe('decided')
  })

  it('need two readers who agree, or a third where they do not', async () => {
    const [agreed, disputed] = [forReview(), forReview()]
    await recorded(records, [agreed, disputed], { cipher: await cipherOf(1) })
    const two = { readers: 2 }
    expect((await decide(records, decision(agreed.id, 'p-1', two), nowMs)).item.state).toBe('open')
    expect((await decide(other, decision(agreed.id, 'p-2', two), nowMs)).item.state).toBe('decided')
    await decide(records, decision(disputed.id, 'p-1', two), nowMs)
    const no = { ...two, missed: 'no' }
    expect((await decide(records, decision(disputed.id, 'p-2', no), nowMs)).item.state).toBe('disputed')
    // One who has spoken is no third, and a plan that asks for one reader meanwhile settles no dispute by itself.
    await expect(decide(records, decision(disputed.id, 'p-2', two), nowMs)).rejects.toMatchObject({
      code: 'conflict',
    })
    const last = await decide(records, decision(disputed.id, 'p-3', { ...no, readers: 1 }), nowMs)
    expect(last.item).toMatchObject({ state: 'decided', missed: 'no' })
  })

  it('are decided by one of two people who decide at once', async () => {
    const item = forReview()
    await recorded(records, [item], { cipher: await cipherOf(1) })
    const results = await Promise.allSettled([
      decide(records, decision(item.id, 'p-1'), nowMs),
      decide(other, decision(item.id, 'p-2', { missed: 'no' }), nowMs),
    ])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('never go back in time, whatever a clock does', async () => {
    const item = forReview()
    await recorded(records, [item], { cipher: await cipherOf(1) })
    const { item: decided } = await decide(records, decision(item.id, 'p-1'), 5)
    expect(decided.decidedAtMs).toBe(nowMs)
  })

  it('feed the tests with the random sample alone, in an order without gaps', async () => {
    const sample = (change = {}) =>
      forReview({ kind: 'sampled-clear', category: 'sampled', level: undefined, ...change })
    const items = [sample(), forReview(), sample({ engineHeard: true }), sample(), sample()]
    await recorded(records, items, { cipher: await cipherOf(1) })
    const words = [{}, {}, { crisis: 'no', missed: 'no' }, { crisis: 'unsure', missed: 'unsure' }, {}]
    for (const [at, item] of items.entries())
      await decide(at % 2 ? records : other, decision(item.id, 'p-1', words[at]), nowMs)
    const outcomes = await labelOutcomesSince(other, 0, 10)
    expect(outcomes.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(outcomes.map(({ outcome }) => [outcome.label, outcome.heard])).toEqual([
      [1, false],
      [0, true],
      [1, false],
    ])
    expect(await labelOutcomesSince(other, 2, 10)).toHaveLength(1)
  })

  it('lose no confirmed miss in a crash, and answer each once, whichever gateway comes to it', async () => {
    const item = forReview({ level: 'plan' })
    await recorded(records, [item], { cipher: await cipherOf(1) })
    await decide(records, decision(item.id, 'p-1'), nowMs)
    // Whoever took the decision is gone.
    const clock = { wallMs: () => nowMs + 29_999 }
    const engaged: string[] = []
    const others = [records, other].map((one) => missResponder(one, engaged, clock))
    await Promise.all(others.map((one) => one.answer()))
    expect(engaged).toEqual([])
    clock.wallMs = () => nowMs + 30_000
    await Promise.all(others.map((one) => one.answer()))
    expect(engaged).toEqual(['engine:primary'])
    // Said again long after, with the halt cleared meanwhile: it was answered.
    engaged.splice(0)
    await decide(records, decision(item.id, 'p-1'), nowMs + 3_600_000)
    for (const one of others) await one.answer(item.id)
    expect(engaged).toEqual([])
    const incidents = await listIncidents(other, { limit: 9 })
    expect(incidents.map(({ signalCount }) => signalCount)).toEqual([1])
  })

  it.each([
    ['passive', [0, 1]],
    ['plan', [1]],
  ] as const)(
    'halt an engine that missed a %s: at once when it is grave, else at the second within an hour',
    async (level, halts) => {
      const engaged: string[] = []
      const { answer } = missResponder(records, engaged)
      for (const expected of halts) {
        const item = forReview({ level })
        await recorded(records, [item], { cipher: await cipherOf(1) })
        await decide(records, decision(item.id, 'p-1'), nowMs)
        await answer(item.id)
        expect(engaged).toHaveLength(expected)
      }
      const [incident, ...more] = await listIncidents(other, { limit: 9 })
      expect(more).toEqual([])
      expect(incident).toMatchObject({ severity: 'P0', safety: 'critical', signalCount: halts.length })
    },
  )

  it('are blind: until an item is decided no answer of one reader is in the audit log', async () => {
    const item = forReview()
    await recorded(records, [item], { cipher: await cipherOf(1) })
    await decide(records, decision(item.id, 'p-1', { readers: 2, outcomeCode: 'reached' }), nowMs)
    await decide(records, decision(item.id, 'p-2', { readers: 2, missed: 'no' }), nowMs)
    const blind = JSON.stringify([await listAudit(other), await findReview(other, item.id)])
    expect(blind).not.toMatch(/missed":"|missed yes|missed no|reached/)
    await decide(records, decision(item.id, 'p-3', { readers: 2 }), nowMs)
    const [last] = await listAudit(other)
    expect(last?.data).toMatchObject({
      state: 'decided',
      reader1: expect.stringContaining('missed yes, harmful no, reached'),
      reader2: expect.stringContaining('missed no'),
      reader3: expect.stringContaining('missed yes'),
    })
  })

  it('grow beyond their bound for what must not be left out, and count nothing as lost by that', async () => {
    const items = Array.from({ length: 3 }, () => forReview())
    expect(await recorded(records, items, { maxItems: 1 })).toBe(0)
    expect(await ids()).toHaveLength(3)
  })

  it('lose no decision to a queue that is full at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const sample = forReview({ kind: 'sampled-clear', level: undefined, excerpt: undefined })
      await recorded(records, [sample])
      const [result] = await Promise.allSettled([
        decide(other, decision(sample.id, 'p-1', { readers: 2, withoutEvidence: true }), nowMs),
        recorded(records, [forReview()], { maxItems: 1 }),
      ])
      // Either it was there, and is with its decision, or it had been given up, and the reader is told.
      const isThere = (await ids()).includes(sample.id)
      expect(result.status).toBe(isThere ? 'fulfilled' : 'rejected')
    }
  })

  it('are listed page by page, each item once', async () => {
    const items = Array.from({ length: 7 }, (_, at) =>
      forReview({ level: at % 2 ? 'plan' : 'passive', kind: at % 3 ? 'presumed-miss' : 'reported' }),
    )
    await recorded(records, items)
    for (const state of ['open', 'all'] as const) {
      const all = (await listReviews(other, { state, limit: 9 })).map(({ id }) => id)
      const paged: string[] = []
      for (;;) {
        const page = await listReviews(other, { state, limit: 3, after: paged.at(-1) })
        paged.push(...page.map(({ id }) => id))
        if (page.length < 3) break
      }
      expect(paged).toEqual(all)
      expect(all).toHaveLength(7)
    }
    await expect(listReviews(other, { state: 'all', limit: 3, after: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('take the word of the clinician before the verdict of the machine', async () => {
    const items = [true, false, undefined].map((engineHeard) =>
      forReview({ kind: 'sampled-clear', level: undefined, engineHeard }),
    )
    await recorded(records, items, { cipher: await cipherOf(1) })
    for (const [at, missed] of ['yes', 'no', 'unsure'].entries())
      await decide(records, decision(items[at]?.id ?? '', 'p-1', { missed }), nowMs)
    const outcomes = await labelOutcomesSince(other, 0, 10)
    // Of the last nobody knows anything.
    expect(outcomes.map(({ outcome }) => outcome.heard)).toEqual([false, true])
  })

  it('are no miss where there was no crisis', async () => {
    const item = forReview()
    await recorded(records, [item], { cipher: await cipherOf(1) })
    for (const crisis of ['no', 'unsure'])
      await expect(decide(records, decision(item.id, 'p-1', { crisis }), nowMs)).rejects.toMatchObject({
        code: 'invalid_request',
      })
    expect((await findReview(other, item.id)).state).toBe('open')
  })

  it('lose no code of what was done: a repeat that brings another one is refused', async () => {
    const item = forReview()
    await recorded(records, [item], { cipher: await cipherOf(1) })
    await decide(records, decision(item.id, 'p-1', { outcomeCode: 'reached' }), nowMs)
    await expect(
      decide(records, decision(item.id, 'p-1', { outcomeCode: 'declined' }), nowMs),
    ).rejects.toMatchObject({ code: 'conflict' })
  })
}

/** A gateway's, and the scopes that it halts. */
function missResponder(records: Records, engaged: string[], clock = { wallMs: () => nowMs }) {
  return createMissResponder({
    records,
    rules: () => Plan.parse({}).crisisDetection,
    isHalted: () => engaged.length > 0,
    engage: async ({ scope }) => engaged.push(scope),
    actor: 'haltgate:test',
    timeScale: () => 1,
    clock,
    logger: silentLogger,
  })
}
