import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { silentLogger } from '../../src/logger.ts'
import { createPseudonyms } from '../../src/referrals/pseudonym.ts'
import { listReviews } from '../../src/reviews/list-reviews.ts'
import { createReviewRecorder } from '../../src/reviews/review-recorder.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { readEvidence } from '../../src/vault/evidence.ts'
import { cipherOf, forReview, keptMs, nowMs, recorded } from './review-parts.ts'

let records: Records
beforeEach(async () => {
  records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
})
afterEach(() => records.close())

async function recorder(migrate: () => Promise<void> = async () => {}) {
  const errors: string[] = []
  const made = createReviewRecorder({
    records,
    migrate,
    cipher: await cipherOf(1),
    pseudonyms: await createPseudonyms(new Uint8Array(32).fill(9)),
    rules: () => ({ evidenceKeptMs: keptMs, maxItems: 1_000 }),
    clock: { monotonicMs: () => 0, wallMs: () => nowMs },
    logger: silentLogger,
    onError: (verb) => errors.push(verb),
  })
  return { ...made, offer: made.offer, errors, dropped: () => made.dropped }
}

const inQueue = () => listReviews(records, { state: 'all', limit: 200 })

describe('the review recorder', () => {
  it('keeps nobody waiting, and what it was given is in the queue soon after', async () => {
    const { offer, flush } = await recorder()
    const item = forReview()
    expect(offer(item)).toBe(true)
    expect(await inQueue()).toEqual([])
    await flush()
    expect(await inQueue()).toMatchObject([{ id: item.id, engine: 'primary', state: 'open' }])
  })

  it('lets samples wait for one another, and for nothing that somebody may have missed', async () => {
    const { offer, flush } = await recorder()
    let transactions = 0
    const { write } = records
    records.write = (work) => {
      transactions++
      return write(work)
    }
    for (let count = 0; count < 20; count++) offer(forReview({ kind: 'sampled-clear' }))
    offer(forReview())
    await vi.waitUntil(() => transactions > 0)
    await flush()
    expect(transactions).toBeLessThanOrEqual(2)
    expect(await inQueue()).toHaveLength(21)
  })

  it('writes no session, and the same pseudonym for the same one', async () => {
    await recorded(records, [
      forReview(),
      forReview(),
      forReview({ who: { session: 's-2', tenant: 'calm' } }),
    ])
    const sessions = (await inQueue()).map(({ session }) => session)
    expect(new Set(sessions).size).toBe(2)
    for (const session of sessions) expect(session).toMatch(/^[0-9a-f]{32}$/)
  })

  it('brings in what came while the database was away, once', async () => {
    let isAway = true
    const { offer, flush, errors } = await recorder(async () => {
      if (isAway) throw new GatewayError('unavailable', 'away')
    })
    const items = [forReview(), forReview()]
    for (const item of items) offer(item)
    await flush()
    expect(await inQueue()).toEqual([])
    expect(errors).toContain('review.record')
    isAway = false
    // The next one brings those before it along.
    items.push(forReview())
    offer(items[2] ?? forReview())
    await flush()
    expect((await inQueue()).map(({ id }) => id).sort()).toEqual(items.map(({ id }) => id))
    const { user } = await readEvidence(
      records,
      await cipherOf(1),
      { itemId: items[0]?.id ?? '', actor: 'Dr Reed' },
      nowMs,
    )
    expect(user).toBe(items[0]?.excerpt?.user)
  })

  it('is bounded while the database is away, and says what it left out', async () => {
    const { offer, close, dropped } = await recorder(() =>
      Promise.reject(new GatewayError('unavailable', 'away')),
    )
    const taken = Array.from({ length: 1_010 }, () => offer(forReview()))
    expect(taken.filter((isTaken) => !isTaken)).toHaveLength(10)
    expect(dropped()).toBe(10)
    await close()
  })

  it('writes what waits before it is closed, and takes nothing behind that', async () => {
    const { offer, close, dropped } = await recorder()
    offer(forReview({ kind: 'sampled-clear' }))
    await close()
    expect(await inQueue()).toHaveLength(1)
    expect(offer(forReview())).toBe(false)
    expect(dropped()).toBe(1)
  })

  it('cuts what a caller sends to what a column may hold', async () => {
    await recorded(records, [
      forReview({ category: 'x'.repeat(500), score: Number.NaN, language: 'y'.repeat(99) }),
    ])
    const [item] = await inQueue()
    expect(item?.category.length).toBeLessThanOrEqual(100)
    expect(item?.language.length).toBeLessThanOrEqual(20)
    expect(item?.score).toBe(1)
  })
})
