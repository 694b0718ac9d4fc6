import { createRoute, z } from '@hono/zod-openapi'
import { type EngineName, engineNames } from '../engines/engine.ts'
import type { Route } from '../engines/route.ts'
import { type AdminApp, bodyOf, json, Reason, refusals } from './admin-env.ts'
import type { RecordChange } from './parts.ts'
import { permit } from './permit.ts'

/** One engine as operators see it. */
export interface EngineView {
  name: EngineName
  /** Scheme, host and port only. */
  url: string
  version: string | undefined
  breaker: string
  /** `active` serves; `trial` is being tried again; `pinned` serves alone by hand; `standby` waits. */
  state: 'active' | 'trial' | 'pinned' | 'standby'
  signals: unknown
}

const EngineBody = z
  .object({
    name: z.enum(engineNames),
    url: z.string(),
    version: z.string().optional(),
    breaker: z.string(),
    state: z.enum(['active', 'trial', 'pinned', 'standby']),
    signals: z.unknown(),
  })
  .openapi('Engine')

const list = createRoute({
  method: 'get',
  path: '/engines',
  summary: 'The engines and which of them serves.',
  middleware: permit('engines:read'),
  responses: { 200: json(z.object({ engines: z.array(EngineBody) }), 'The engines.'), ...refusals },
})

const pin = createRoute({
  method: 'post',
  path: '/engines/pin',
  summary: 'Serves from one engine alone until unpinned.',
  middleware: permit('engines:operate'),
  request: bodyOf(z.strictObject({ engine: z.enum(engineNames), reason: Reason })),
  responses: { 200: json(z.object({ route: z.string() }), 'The state of the route.'), ...refusals },
})

const unpin = createRoute({
  method: 'post',
  path: '/engines/unpin',
  summary: 'Lets the gateway choose the engine again.',
  middleware: permit('engines:operate'),
  request: bodyOf(z.strictObject({ reason: Reason })),
  responses: { 200: json(z.object({ route: z.string() }), 'The state of the route.'), ...refusals },
})

/** `/admin/v1/engines`: list, pin, unpin. */
export function engineRoutes(
  app: AdminApp,
  parts: { engineViews(): EngineView[]; route(): Route; recordChange: RecordChange },
): void {
  app.openapi(list, (c) => c.json({ engines: parts.engineViews() }, 200))
  app.openapi(pin, async (c) => {
    const { engine, reason } = c.req.valid('json')
    parts.route().pin(engine)
    await parts.recordChange(c.get('actor'), 'engine.pin', `engine:${engine}`, reason)
    return c.json({ route: parts.route().state }, 200)
  })
  app.openapi(unpin, async (c) => {
    parts.route().unpin()
    await parts.recordChange(c.get('actor'), 'engine.unpin', 'engines', c.req.valid('json').reason)
    return c.json({ route: parts.route().state }, 200)
  })
}
