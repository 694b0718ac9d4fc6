import { createRoute, z } from '@hono/zod-openapi'
import type { Breaker } from '../breakers/breaker.ts'
import { type EngineName, engineNames } from '../engines/engine.ts'
import { GatewayError } from '../errors.ts'
import { type AdminApp, bodyOf, json, Reason, refusals } from './admin-env.ts'
import type { RecordChange } from './parts.ts'
import { permit } from './permit.ts'

const EngineParam = z.object({
  engine: z.enum(engineNames).openapi({ param: { name: 'engine', in: 'path' } }),
})

const BreakerBody = z
  .object({ engine: z.enum(engineNames), state: z.enum(['closed', 'open', 'half-open', 'held']) })
  .openapi('Breaker')

const list = createRoute({
  method: 'get',
  path: '/breakers',
  summary: 'The circuit breaker of each engine.',
  middleware: permit('engines:read'),
  responses: { 200: json(z.object({ breakers: z.array(BreakerBody) }), 'The breakers.'), ...refusals },
})

const change = (verb: 'hold' | 'release', summary: string) =>
  createRoute({
    method: 'post',
    path: `/breakers/{engine}/${verb}`,
    summary,
    middleware: permit('engines:operate'),
    request: { params: EngineParam, ...bodyOf(z.strictObject({ reason: Reason })) },
    responses: { 200: json(z.object({ breaker: BreakerBody }), 'The breaker as it is now.'), ...refusals },
  })

/** `/admin/v1/breakers`: list; hold open by hand and release. */
export function breakerRoutes(
  app: AdminApp,
  parts: { breakers(): Partial<Record<EngineName, Breaker>>; recordChange: RecordChange },
): void {
  app.openapi(list, (c) => {
    const breakers = parts.breakers()
    const rows = engineNames.flatMap((engine) => {
      const breaker = breakers[engine]
      return breaker === undefined ? [] : [{ engine, state: breaker.state }]
    })
    return c.json({ breakers: rows }, 200)
  })

  for (const verb of ['hold', 'release'] as const) {
    const summary =
      verb === 'hold'
        ? 'Holds a circuit open by hand, until released.'
        : 'Ends a hold; the circuit closes and counts anew.'
    app.openapi(change(verb, summary), async (c) => {
      const { engine } = c.req.valid('param')
      const breaker = parts.breakers()[engine]
      if (breaker === undefined) throw new GatewayError('not_found', `no ${engine} engine is configured`)
      breaker[verb]()
      await parts.recordChange(
        c.get('actor'),
        `breaker.${verb}`,
        `engine:${engine}`,
        c.req.valid('json').reason,
      )
      return c.json({ breaker: { engine, state: breaker.state } }, 200)
    })
  }
}
