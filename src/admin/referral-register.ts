import { createRoute, z } from '@hono/zod-openapi'
import { protocolKinds, readProtocolLog } from '../referrals/protocol-log.ts'
import { deliveries, readRegister } from '../referrals/register.ts'
import { readCounts } from '../referrals/screening-counts.ts'
import type { Records } from '../stores/records.ts'
import { type AdminApp, json, refusals } from './admin-env.ts'
import { permit } from './permit.ts'

const ReferralBody = z
  .object({
    day: z.string(),
    jurisdiction: z.string(),
    ageBand: z.string(),
    category: z.string(),
    source: z.string(),
    textVersion: z.string(),
    detectorVersion: z.string(),
    delivered: z.enum(deliveries),
    count: z.number(),
  })
  .openapi('Referral')

const ProtocolBody = z
  .object({
    day: z.string(),
    kind: z.enum(protocolKinds),
    detail: z.string(),
    firstAtMs: z.number(),
    lastAtMs: z.number(),
    count: z.number(),
  })
  .openapi('ProtocolEntry')

const CountBody = z
  .object({
    day: z.string(),
    side: z.string(),
    what: z.string(),
    level: z.string(),
    action: z.string(),
    count: z.number(),
  })
  .openapi('ScreeningCount')

const register = createRoute({
  method: 'get',
  path: '/referral-register',
  summary:
    'The referral register of one year (UTC): counts without any identifier, and the protocol log beside it.',
  middleware: permit('register:read'),
  request: { query: z.object({ year: z.coerce.number().int().min(2000).max(9999) }) },
  responses: {
    200: json(
      z.object({ year: z.number(), referrals: z.array(ReferralBody), protocol: z.array(ProtocolBody) }),
      'The register.',
    ),
    ...refusals,
  },
})

const counts = createRoute({
  method: 'get',
  path: '/screening-counts',
  summary: 'What was screened and found, by day. With mode `observe`, what would have been done about it.',
  middleware: permit('screening:read'),
  request: {
    query: z.object({
      since: z.iso.date('expected a day, such as 2026-11-22').describe('The first day, in UTC.'),
      mode: z.enum(['observe', 'enforce']).default('observe'),
    }),
  },
  responses: {
    200: json(z.object({ since: z.string(), mode: z.string(), counts: z.array(CountBody) }), 'The counts.'),
    ...refusals,
  },
})

/** `/admin/v1/referral-register` and `/admin/v1/screening-counts`. */
export function referralRegisterRoutes(app: AdminApp, { records }: { records: Records }): void {
  app.openapi(register, async (c) => {
    const { year } = c.req.valid('query')
    const referrals = (await readRegister(records, year)).map((row) =>
      ReferralBody.parse({
        day: row.day,
        jurisdiction: row.jurisdiction,
        ageBand: row.age_band,
        category: row.category,
        source: row.source,
        textVersion: row.text_version,
        detectorVersion: row.detector_version,
        delivered: row.delivered,
        count: row.count,
      }),
    )
    const protocol = (await readProtocolLog(records, year)).map((row) =>
      ProtocolBody.parse({
        day: row.day,
        kind: row.kind,
        detail: row.detail,
        firstAtMs: row.first_at_ms,
        lastAtMs: row.last_at_ms,
        count: row.count,
      }),
    )
    return c.json({ year, referrals, protocol }, 200)
  })
  app.openapi(counts, async (c) => {
    const { since, mode } = c.req.valid('query')
    const found = await readCounts(records, { since, mode })
    return c.json(
      {
        since,
        mode,
        counts: found.map(({ day, side, what, level, action, count }) => ({
          day,
          side,
          what,
          level,
          action,
          count,
        })),
      },
      200,
    )
  })
}
