import { createRoute, z } from '@hono/zod-openapi'
import { type AdminApp, json, refusals } from './admin-env.ts'
import { permit } from './permit.ts'

const StateBody = z
  .object({
    version: z.string(),
    startedAtMs: z.number(),
    nowMs: z.number(),
    timeScale: z.number(),
    replies: z.enum(['on', 'halted', 'suspended']).describe('Whether AI replies go out, in one word.'),
    halts: z.array(z.unknown()).describe('The halts that are engaged.'),
    health: z.unknown(),
    engines: z.array(z.unknown()),
    breaches: z.array(z.unknown()),
    incidents: z.object({ open: z.number(), highest: z.string().optional() }),
    records: z.object({ reachable: z.boolean(), waiting: z.number() }),
    workers: z
      .object({ count: z.number(), listening: z.number(), restarts: z.number() })
      .optional()
      .describe('The processes that serve the traffic, where there are several.'),
    warnings: z.array(z.string()),
  })
  .openapi('State')
export type State = z.infer<typeof StateBody>

const show = createRoute({
  method: 'get',
  path: '/state',
  summary: 'All that matters now, in one answer.',
  middleware: permit('state:read'),
  responses: { 200: json(StateBody, 'The state of this gateway.'), ...refusals },
})

/** `/admin/v1/state`. */
export function stateRoutes(app: AdminApp, parts: { state(): Promise<State> }): void {
  app.openapi(show, async (c) => c.json(await parts.state(), 200))
}
