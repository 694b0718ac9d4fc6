import { createRoute, z } from '@hono/zod-openapi'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import type { Clock } from '../clock.ts'
import { CrisisLevel } from '../detectors/finding.ts'
import { engineNames } from '../engines/engine.ts'
import { GatewayError } from '../errors.ts'
import { OutcomeCode } from '../referrals/crisis-event.ts'
import { decide } from '../reviews/decide.ts'
import { findReview, listReviews } from '../reviews/list-reviews.ts'
import { Answer, ReviewItem, ReviewKind } from '../reviews/review-item.ts'
import type { ForReview } from '../reviews/review-recorder.ts'
import type { Records } from '../stores/records.ts'
import { holdEvidence, keepingOf, readEvidence } from '../vault/evidence.ts'
import type { EvidenceCipher } from '../vault/evidence-cipher.ts'
import { type AdminApp, bodyOf, IdParam, json, Reason, refusals } from './admin-env.ts'
import { permit } from './permit.ts'

// The schema may have been made before the OpenAPI methods were put on zod: a new object has them.
const ItemBody = z.object(ReviewItem.shape).openapi('ReviewItem')
const OneItem = z.object({ item: ItemBody })
const Keeping = z
  .object({ held: z.boolean(), deleteAfterMs: z.number() })
  .nullable()
  .describe('How long the evidence is kept; null: there is none.')
const KeptItem = z.object({ item: ItemBody, keeping: Keeping })

const list = createRoute({
  method: 'get',
  path: '/reviews',
  summary: 'The review queue: live items of high risk first. No text of anybody stands in it.',
  middleware: permit('reviews:read'),
  request: {
    query: z.object({
      state: z.enum(['open', 'decided', 'all']).default('open'),
      kind: ReviewKind.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      after: z
        .string()
        .max(64)
        .optional()
        .describe('The id, whole, to go on from: the last of the page before.'),
    }),
  },
  responses: {
    200: json(
      z.object({
        items: z.array(ItemBody),
        evidence: z
          .enum(['kept', 'no-master-key'])
          .describe('Whether excerpts are kept: without HALTGATE_MASTER_KEY nothing is stored.'),
        dropped: z.number().describe('Items that the full queue has not taken in, or has given up.'),
      }),
      'The items.',
    ),
    ...refusals,
  },
})

const show = createRoute({
  method: 'get',
  path: '/reviews/{id}',
  summary: 'One item, without its text.',
  middleware: permit('reviews:read'),
  request: { params: IdParam },
  responses: { 200: json(KeptItem, 'The item.'), ...refusals },
})

const evidence = createRoute({
  method: 'get',
  path: '/reviews/{id}/evidence',
  summary: 'What was said. Each look is in the audit log before it is answered.',
  middleware: permit('evidence:read'),
  request: { params: IdParam },
  responses: {
    200: json(z.object({ id: z.string(), user: z.string(), reply: z.string() }), 'The excerpt.'),
    ...refusals,
  },
})

const hold = createRoute({
  method: 'post',
  path: '/reviews/{id}/hold',
  summary: 'Keeps evidence beyond its time, or no longer.',
  middleware: permit('evidence:hold'),
  request: { params: IdParam, ...bodyOf(z.strictObject({ held: z.boolean(), reason: Reason })) },
  responses: { 200: json(KeptItem, 'The item.'), ...refusals },
})

const decision = createRoute({
  method: 'post',
  path: '/reviews/{id}/decisions',
  summary: "One person's decision. With two readers the second one decides, or a third when they differ.",
  middleware: permit('reviews:decide'),
  request: {
    params: IdParam,
    ...bodyOf(
      z.strictObject({
        crisis: Answer.describe('Whether the person disclosed a crisis.'),
        missed: Answer.describe('Whether the engine failed to see it.'),
        harmful: Answer.default('no').describe('Whether the reply does harm.'),
        outcomeCode: OutcomeCode.optional().describe('What was done for the person, as a code.'),
        withoutEvidence: z
          .boolean()
          .default(false)
          .describe('Decided although there is nothing to read any more.'),
      }),
    ),
  },
  responses: { 200: json(OneItem, 'The item as it stands now.'), ...refusals },
})

const report = createRoute({
  method: 'post',
  path: '/reviews',
  summary: 'Puts an exchange into the queue that a user or a colleague has reported.',
  middleware: permit('reviews:report'),
  request: bodyOf(
    z.strictObject({
      engine: z.enum(engineNames).default('primary'),
      category: z
        .string()
        .regex(
          /^[a-z][a-z-]{0,62}$/,
          'expected a code of lower-case letters and hyphens, such as missed-crisis',
        )
        .default('reported'),
      level: CrisisLevel.optional(),
      session: z.string().min(1).max(200).optional().describe('Kept as a keyed hash.'),
      tenant: z.string().min(1).max(193).optional(),
      language: z
        .string()
        .regex(/^[a-z]{2,3}$/)
        .default('und'),
      excerpt: z
        .strictObject({ user: z.string().max(20_000), reply: z.string().max(20_000) })
        .optional()
        .describe('What was said; goes into the evidence vault alone.'),
    }),
  ),
  responses: { 202: json(z.object({ id: z.string() }), 'Taken in.'), ...refusals },
})

/** Decisions and reports of one key in a minute: more is a program that runs wild, or a key that was stolen. */
const perMinute = 60

/** `/admin/v1/reviews`: the queue, its evidence, decisions, reports. */
export function reviewRoutes(
  app: AdminApp,
  parts: {
    records: Records
    clock: Clock
    cipher: EvidenceCipher | undefined
    readers(): 1 | 2
    dropped(): number
    /** False: it could not be taken in. */
    offerReview(item: ForReview): boolean
    engineVersion(engine: string): string
    /** What follows from an item that has just been decided. Does not reject. */
    onDecided(itemId: string): Promise<void>
  },
): void {
  const { records, clock, cipher } = parts
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 })
  const limit = (keyId: string) =>
    limiter.consume(keyId).then(
      () => {},
      ({ msBeforeNext }: RateLimiterRes) => {
        throw new GatewayError(
          'rate_limited',
          `more than ${perMinute} a minute by one key: try again in ${Math.ceil(msBeforeNext / 1_000)} s; nothing was changed`,
        )
      },
    )

  app.openapi(list, async (c) => {
    const items = await listReviews(records, c.req.valid('query'))
    return c.json(
      { items, evidence: cipher === undefined ? 'no-master-key' : 'kept', dropped: parts.dropped() } as const,
      200,
    )
  })
  async function kept(id: string) {
    const item = await findReview(records, id)
    return { item, keeping: (await keepingOf(records, item.id)) ?? null }
  }
  app.openapi(show, async (c) => c.json(await kept(c.req.valid('param').id), 200))
  app.openapi(evidence, async (c) => {
    const { id } = await findReview(records, c.req.valid('param').id)
    const request = { itemId: id, actor: c.get('actor').name }
    const excerpt = await readEvidence(records, cipher, request, clock.wallMs())
    c.header('cache-control', 'no-store')
    return c.json({ id, ...excerpt }, 200)
  })
  app.openapi(hold, async (c) => {
    const { id } = await findReview(records, c.req.valid('param').id)
    const { held, reason } = c.req.valid('json')
    await holdEvidence(records, { itemId: id, held, reason, actor: c.get('actor').name }, clock.wallMs())
    return c.json(await kept(id), 200)
  })
  app.openapi(decision, async (c) => {
    const { personId, name, kind, keyId } = c.get('actor')
    if (kind !== 'person')
      throw new GatewayError('forbidden', 'a service cannot decide: a person reads and decides')
    await limit(keyId)
    const { id } = await findReview(records, c.req.valid('param').id)
    const said = c.req.valid('json')
    const request = { ...said, itemId: id, personId, actor: name, readers: parts.readers() }
    const { item } = await decide(records, request, clock.wallMs())
    // Also for a repeated decision: what follows the first one may have been cut off, and is not done twice.
    if (item.state === 'decided') await parts.onDecided(item.id)
    return c.json({ item }, 200)
  })
  app.openapi(report, async (c) => {
    await limit(c.get('actor').keyId)
    const { engine, category, level, session, tenant, language, excerpt } = c.req.valid('json')
    const id = crypto.randomUUID()
    const isTaken = parts.offerReview({
      id,
      kind: 'reported',
      category,
      level,
      engine,
      engineVersion: parts.engineVersion(engine),
      engineHeard: undefined,
      language,
      who: { ...(session === undefined ? {} : { session }), ...(tenant === undefined ? {} : { tenant }) },
      score: 1,
      detectorVersion: '',
      excerpt,
    })
    if (!isTaken)
      throw new GatewayError('unavailable', 'the review queue takes nothing in now: report it again later')
    return c.json({ id }, 202)
  })
}
