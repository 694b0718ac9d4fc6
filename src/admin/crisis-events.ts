import { createRoute, z } from '@hono/zod-openapi'
import type { Clock } from '../clock.ts'
import { acknowledgeEvent, recordOutcome } from '../referrals/answer-event.ts'
import { CrisisEvent, OutcomeCode } from '../referrals/crisis-event.ts'
import { listCrisisEvents } from '../referrals/list-events.ts'
import { revealSession } from '../referrals/reveal-session.ts'
import type { Seal } from '../referrals/seal.ts'
import type { Records } from '../stores/records.ts'
import { type AdminApp, bodyOf, json, refusals } from './admin-env.ts'
import { permit } from './permit.ts'

// The schema may have been made before the OpenAPI methods were put on zod: a new object has them.
const EventBody = z.object(CrisisEvent.shape).openapi('CrisisEvent')
const OneEvent = z.object({ event: EventBody })

const EventParam = z.object({
  id: z
    .string()
    .min(4)
    .max(64)
    .openapi({ param: { name: 'id', in: 'path' }, description: 'The id, whole.' }),
})

const list = createRoute({
  method: 'get',
  path: '/crisis-events',
  summary: 'Disclosures of a crisis, newest first.',
  middleware: permit('crisis-events:read'),
  request: {
    query: z.object({
      state: z
        .enum(['open', 'overdue', 'all'])
        .default('open')
        .describe('`open`: acknowledged by nobody; `overdue`: not in time.'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      before: z.string().max(64).optional().describe('The id to go on from.'),
    }),
  },
  responses: { 200: json(z.object({ events: z.array(EventBody) }), 'The events.'), ...refusals },
})

const acknowledge = createRoute({
  method: 'post',
  path: '/crisis-events/{id}/acknowledge',
  summary: 'Says that somebody clinical has seen it and takes it on.',
  middleware: permit('crisis-events:write'),
  request: { params: EventParam, ...bodyOf(z.strictObject({})) },
  responses: { 200: json(OneEvent, 'The event, acknowledged.'), ...refusals },
})

const outcome = createRoute({
  method: 'post',
  path: '/crisis-events/{id}/outcome',
  summary: 'Records what became of it: a code, no narrative.',
  middleware: permit('crisis-events:write'),
  request: { params: EventParam, ...bodyOf(z.strictObject({ code: OutcomeCode })) },
  responses: { 200: json(OneEvent, 'The event with its outcome.'), ...refusals },
})

const session = createRoute({
  method: 'get',
  path: '/crisis-events/{id}/session',
  summary:
    "Reveals the platform's own session id, so that a team can reach the person. Each look is audited.",
  middleware: permit('crisis-sessions:reveal'),
  request: { params: EventParam },
  responses: { 200: json(z.object({ id: z.string(), session: z.string() }), 'The session id.'), ...refusals },
})

/** `/admin/v1/crisis-events`: list, acknowledge, record the outcome, reveal the session. */
export function crisisEventRoutes(
  app: AdminApp,
  parts: {
    records: Records
    clock: Clock
    /** Opens session ids; undefined without a master key. */
    seal: Seal | undefined
  },
): void {
  const { records, clock, seal } = parts
  app.openapi(list, async (c) => {
    const events = await listCrisisEvents(records, { ...c.req.valid('query'), nowMs: clock.wallMs() })
    return c.json({ events }, 200)
  })
  app.openapi(acknowledge, async (c) => {
    const request = { id: c.req.valid('param').id, actor: c.get('actor').name }
    return c.json({ event: await acknowledgeEvent(records, request, clock.wallMs()) }, 200)
  })
  app.openapi(outcome, async (c) => {
    const { id } = c.req.valid('param')
    const request = { id, code: c.req.valid('json').code, actor: c.get('actor').name }
    return c.json({ event: await recordOutcome(records, request, clock.wallMs()) }, 200)
  })
  app.openapi(session, async (c) => {
    const { id } = c.req.valid('param')
    const revealed = await revealSession(records, seal, { id, actor: c.get('actor').name }, clock.wallMs())
    c.header('cache-control', 'no-store')
    return c.json({ id, session: revealed }, 200)
  })
}
