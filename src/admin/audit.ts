import { createRoute, z } from '@hono/zod-openapi'
import { listAudit, verifyAudit } from '../stores/audit.ts'
import type { Records } from '../stores/records.ts'
import { type AdminApp, json, refusals } from './admin-env.ts'
import { permit } from './permit.ts'

const LineBody = z
  .object({
    seq: z.number(),
    atMs: z.number(),
    actor: z.string(),
    action: z.string(),
    target: z.string(),
    reason: z.string(),
    data: z.record(z.string(), z.unknown()),
    ref: z.string().nullable(),
    hash: z.string(),
  })
  .openapi('AuditLine')

const list = createRoute({
  method: 'get',
  path: '/audit',
  summary: 'Who did what and why, newest first.',
  middleware: permit('audit:read'),
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      before: z.coerce.number().int().optional().describe('The `seq` to go on from.'),
    }),
  },
  responses: { 200: json(z.object({ lines: z.array(LineBody) }), 'Lines of the audit log.'), ...refusals },
})

const verify = createRoute({
  method: 'get',
  path: '/audit/verify',
  summary: 'Recomputes the chain of hashes.',
  middleware: permit('audit:read'),
  responses: {
    200: json(
      z.object({
        intact: z.boolean(),
        lines: z.number().optional(),
        seq: z.number().optional(),
        why: z.string().optional(),
      }),
      'Whether the log is as it was written; else the first line that is not.',
    ),
    ...refusals,
  },
})

/** `/admin/v1/audit`. */
export function auditRoutes(app: AdminApp, { records }: { records: Records }): void {
  app.openapi(list, async (c) => {
    const { limit, before } = c.req.valid('query')
    return c.json(
      { lines: await listAudit(records, { limit, ...(before === undefined ? {} : { before }) }) },
      200,
    )
  })
  app.openapi(verify, async (c) => c.json(await verifyAudit(records), 200))
}
