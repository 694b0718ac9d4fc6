import { createRoute, z } from '@hono/zod-openapi'
import { HaltCause, HaltScope } from '../breakers/halt-entry.ts'
import { type Halt, isInForce, type SafetyHalt } from '../breakers/halt-gate.ts'
import { GatewayError } from '../errors.ts'
import { type AdminApp, bodyOf, IdParam, json, Reason, refusals } from './admin-env.ts'
import { permit } from './permit.ts'

export const HaltBody = z
  .object({
    id: z.string(),
    scope: HaltScope,
    cause: HaltCause,
    reason: z.string(),
    engagedBy: z.string(),
    engagedAtMs: z.number(),
    state: z.enum(['engaged', 'awaiting-approval', 'ramping', 'cleared', 'superseded']),
    share: z.number().describe('Share of the sessions in its scope that get AI replies in spite of it.'),
    supersedes: z.string().optional().describe('The halt on its way back that this one stands in for.'),
    supersededBy: z.string().optional(),
    clearedBy: z.string().optional(),
    clearedAtMs: z.number().optional(),
    clearedReason: z.string().optional(),
    clearedHow: z.enum(['ramp', 'break-glass', 'commander']).optional(),
    acknowledged: z.boolean(),
  })
  .openapi('Halt')

const Changed = z.object({
  halt: HaltBody,
  acknowledged: z.boolean().describe('Durable on every store it must be on.'),
  missing: z.string().optional().describe('What is missing until it is durable; it is retried until it is.'),
})

const list = createRoute({
  method: 'get',
  path: '/halts',
  summary: 'Halts, newest first.',
  middleware: permit('halts:read'),
  request: {
    query: z.object({
      state: z
        .enum(['engaged', 'cleared', 'all'])
        .default('all')
        .describe('`engaged`: in force, those on their way back included.'),
    }),
  },
  responses: { 200: json(z.object({ halts: z.array(HaltBody) }), 'The halts.'), ...refusals },
})

const show = createRoute({
  method: 'get',
  path: '/halts/{id}',
  summary: 'One halt.',
  middleware: permit('halts:read'),
  request: { params: IdParam },
  responses: { 200: json(z.object({ halt: HaltBody }), 'The halt.'), ...refusals },
})

const engage = createRoute({
  method: 'post',
  path: '/halts',
  summary: 'Turns AI replies off. Enforced at once, before it is durable.',
  middleware: permit('halts:engage'),
  request: bodyOf(
    z.strictObject({
      scope: HaltScope.default('all').describe('`all`, `engine:<name>` or `tenant:<id>`.'),
      cause: HaltCause.default('operator'),
      reason: Reason,
    }),
  ),
  responses: {
    201: json(Changed, 'Engaged and durable.'),
    202: json(Changed, 'Enforced here, not yet durable: it is retried.'),
    ...refusals,
  },
})

const clear = createRoute({
  method: 'post',
  path: '/halts/{id}/clear',
  summary:
    'Ends a drill or maintenance; for other halts says what is missing, or breaks the glass. Needs the role commander.',
  middleware: permit('halts:clear'),
  request: {
    params: IdParam,
    ...bodyOf(
      z.strictObject({
        reason: Reason,
        breakGlass: z
          .boolean()
          .default(false)
          .describe('Without proof and approvals. Opens an incident of its own, P0 and Safety-Critical.'),
      }),
    ),
  },
  responses: {
    200: json(Changed, 'Cleared and durable.'),
    202: json(Changed, 'Cleared here, not yet durable: it is retried.'),
    ...refusals,
  },
})

/** `/admin/v1/halts`: engage, list, show, clear. */
export function haltRoutes(app: AdminApp, parts: { halt: SafetyHalt }): void {
  const { halt } = parts
  app.openapi(list, (c) => {
    const { state } = c.req.valid('query')
    const halts = halt
      .list()
      .filter((one) => state === 'all' || (state === 'engaged' ? isInForce(one) : one.state === state))
    return c.json({ halts }, 200)
  })
  app.openapi(show, (c) => c.json({ halt: findHalt(halt, c.req.valid('param').id) }, 200))
  app.openapi(engage, async (c) => {
    const { durability, halt: engaged } = await halt.engage({
      ...c.req.valid('json'),
      by: c.get('actor').name,
    })
    return c.json({ halt: engaged, ...durability }, durability.acknowledged ? 201 : 202)
  })
  app.openapi(clear, async (c) => {
    const { id } = findHalt(halt, c.req.valid('param').id)
    const { reason, breakGlass } = c.req.valid('json')
    const how = breakGlass ? 'break-glass' : 'commander'
    const { durability, halt: cleared } = await halt.clear(id, c.get('actor').name, reason, { how })
    return c.json({ halt: cleared, ...durability }, durability.acknowledged ? 200 : 202)
  })
}

/** By a unique beginning of its id. Throws `GatewayError` `not_found` or `conflict`. */
export function findHalt(halt: Pick<SafetyHalt, 'list'>, beginning: string): Halt {
  const found = halt.list().filter(({ id }) => id.startsWith(beginning))
  const [only] = found
  if (only === undefined) throw new GatewayError('not_found', `no halt with the id ${beginning}`)
  if (found.length > 1)
    throw new GatewayError('conflict', `${found.length} halts begin with ${beginning}: give more of the id`)
  return only
}
