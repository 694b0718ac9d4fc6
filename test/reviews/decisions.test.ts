import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { decide } from '../../src/reviews/decide.ts'
import { findReview } from '../../src/reviews/list-reviews.ts'
import type { Answer } from '../../src/reviews/review-item.ts'
import { verifyAudit } from '../../src/stores/audit.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { cipherOf, decision, forReview, nowMs, recorded } from './review-parts.ts'

let records: Records
beforeAll(async () => {
  records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
})
afterAll(() => records.close())

interface Said {
  person: string
  answers: { crisis: Answer; missed: Answer; harmful: Answer }
  readers: 1 | 2
  atMs: number
}
const said: fc.Arbitrary<Said> = fc.record({
  person: fc.constantFrom('p-1', 'p-2', 'p-3', 'p-4'),
  answers: fc.constantFrom<Said['answers']>(
    { crisis: 'yes', missed: 'yes', harmful: 'no' },
    { crisis: 'yes', missed: 'no', harmful: 'no' },
    { crisis: 'no', missed: 'no', harmful: 'no' },
  ),
  readers: fc.constantFrom(1, 2),
  // A clock that jumps to and fro.
  atMs: fc.integer({ min: 0, max: 2 * nowMs }),
})

/** What is promised, said once more and plainly: the answers taken in, and the state that they make. */
function expected(all: readonly Said[]) {
  const taken: Said[] = []
  let state = 'open'
  const results = all.map((one): 'new' | 'repeat' | 'refused' => {
    const own = taken.find(({ person }) => person === one.person)
    if (own !== undefined) return isSame(own, one) ? 'repeat' : 'refused'
    if (state === 'decided') return 'refused'
    taken.push(one)
    const [first, second] = taken
    if (taken.length >= 3) state = 'decided'
    else if (taken.length === 2 && first !== undefined && second !== undefined)
      state = isSame(first, second) ? 'decided' : 'disputed'
    else if (one.readers === 1) state = 'decided'
    return 'new'
  })
  return { results, taken, state }
}

const isSame = (one: Said, other: Said) => JSON.stringify(one.answers) === JSON.stringify(other.answers)

describe('decisions', () => {
  it('end in one word per item, once per person, whoever says what in which order', async () => {
    const cipher = await cipherOf(1)
    await fc.assert(
      fc.asyncProperty(
        fc.array(said, { maxLength: 8 }),
        fc.constantFrom('sampled-clear' as const, 'presumed-miss' as const, 'caught-reply' as const),
        async (all, kind) => {
          const item = forReview({ kind })
          await recorded(records, [item], { cipher })
          const { results, taken, state } = expected(all)
          for (const [at, { person, answers, readers, atMs }] of all.entries()) {
            const result = await decide(
              records,
              decision(item.id, person, { ...answers, readers }),
              atMs,
            ).then(
              ({ isNew }) => (isNew ? 'new' : 'repeat'),
              (error) => (error.code === 'conflict' ? 'refused' : error),
            )
            expect(result).toBe(results[at])
          }
          const found = await findReview(records, item.id)
          expect(found.state).toBe(state)
          const last = state === 'decided' ? taken.at(-1)?.answers : undefined
          expect([found.crisis, found.missed, found.harmful]).toEqual(
            last === undefined ? [null, null, null] : [last.crisis, last.missed, last.harmful],
          )
          await expectRows(
            item.id,
            taken.map(({ person }) => person),
            {
              label: kind === 'sampled-clear' && last !== undefined,
              miss: kind !== 'caught-reply' && last?.missed === 'yes',
            },
          )
        },
      ),
      { numRuns: 150 },
    )
    expect(await verifyAudit(records)).toMatchObject({ intact: true })
  }, 30_000)
})

async function expectRows(id: string, persons: string[], follows: { label: boolean; miss: boolean }) {
  const of = (table: 'label_outcome' | 'confirmed_miss') =>
    records.read((db) => db.selectFrom(table).select('item_id').where('item_id', '=', id).execute())
  const decisions = await records.read((db) =>
    db
      .selectFrom('review_decision')
      .select(['person_id', 'at_ms'])
      .where('item_id', '=', id)
      .orderBy('at_ms')
      .execute(),
  )
  // Times of one item only grow, so that they tell the order.
  expect(decisions.map(({ person_id }) => person_id)).toEqual(persons)
  expect(decisions.every(({ at_ms }) => at_ms >= nowMs)).toBe(true)
  expect(await of('label_outcome')).toHaveLength(follows.label ? 1 : 0)
  expect(await of('confirmed_miss')).toHaveLength(follows.miss ? 1 : 0)
}
