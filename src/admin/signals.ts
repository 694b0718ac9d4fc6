import { createRoute, z } from '@hono/zod-openapi'
import { engineNames } from '../engines/engine.ts'
import type { SignalBook } from '../signals/book.ts'
import type { Evaluator } from '../signals/evaluator.ts'
import { type AdminApp, bodyOf, json, refusals } from './admin-env.ts'
import { permit } from './permit.ts'

const push = createRoute({
  method: 'post',
  path: '/signals',
  summary: 'Takes a measurement from another system, such as satisfaction.',
  middleware: permit('signals:push'),
  request: bodyOf(
    z.strictObject({
      signal: z.string().describe("A name from the plan's `pushedSignals`."),
      value: z.number().describe('The value, or the mean of `samples` values.'),
      samples: z.number().int().min(1).max(1_000_000).optional(),
      engine: z.enum(engineNames).optional().describe('Whom it is about; absent: the service as a whole.'),
      atMs: z.number().int().optional().describe('Epoch milliseconds of the measurement; now unless given.'),
    }),
  ),
  responses: { 202: json(z.object({ taken: z.literal(true) }), 'Taken into the window.'), ...refusals },
})

const read = createRoute({
  method: 'get',
  path: '/signals',
  summary: 'Every measured quantity over its windows, and the breaches that last.',
  middleware: permit('state:read'),
  responses: {
    200: json(
      z.object({ signals: z.unknown(), breaches: z.array(z.unknown()) }),
      'Latencies in milliseconds, rates as shares from 0 to 1.',
    ),
    ...refusals,
  },
})

/** `/admin/v1/signals`: push and read. */
export function signalRoutes(app: AdminApp, parts: { book: SignalBook; evaluator: Evaluator }): void {
  app.openapi(push, (c) => {
    parts.book.push(c.req.valid('json'))
    return c.json({ taken: true as const }, 202)
  })
  app.openapi(read, (c) => c.json({ signals: parts.book.read(), breaches: parts.evaluator.active() }, 200))
}
