import { createRoute, z } from '@hono/zod-openapi'
import type { Clearance } from '../breakers/clearance.ts'
import { ApprovalRole, HaltCause, ProofKind } from '../breakers/halt-entry.ts'
import type { SafetyHalt } from '../breakers/halt-gate.ts'
import { type AdminApp, bodyOf, IdParam, json, Reason, refusals } from './admin-env.ts'
import { findHalt } from './halts.ts'
import { permit } from './permit.ts'

const Attempt = z.object({
  validationId: z.string(),
  attempt: z.number(),
  atMs: z.number(),
  by: z.string(),
  author: z.string().describe('Who made the fix, and so may not approve.'),
  proof: z.enum(ProofKind.options),
  passed: z.boolean(),
  counts: z.boolean().describe('Approvals may be given to this one.'),
  runHash: z.string(),
  engineVersion: z.string(),
  facts: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
  says: z.string().optional(),
  repeatReason: z.string().optional(),
  reason: z.string(),
})

const Approval = z.object({
  approvalId: z.string(),
  by: z.string(),
  role: z.enum(ApprovalRole.options),
  atMs: z.number(),
  expiresAtMs: z.number(),
  holds: z.boolean(),
})

const StatusBody = z
  .object({
    haltId: z.string(),
    cause: z.enum(HaltCause.options),
    scope: z.string(),
    state: z.enum(['engaged', 'validating', 'awaiting-approval', 'ramping', 'cleared', 'superseded']),
    proof: z.enum(ProofKind.options).describe('What this cause asks for.'),
    run: z.object({ runId: z.string(), total: z.number(), done: z.number() }).optional(),
    attempts: z.array(Attempt),
    approvals: z.array(Approval).describe('Of the attempt that counts.'),
    share: z.number(),
    nextStepAtMs: z.number().optional(),
    supersededBy: z.string().optional(),
    clearedHow: z.enum(['ramp', 'break-glass', 'commander']).optional(),
    missing: z.array(z.string()).describe('Exactly what is missing until the halt is cleared.'),
    next: z.string().optional().describe('The command that brings it one step on.'),
  })
  .openapi('Clearance')

const Stepped = z.object({
  clearance: StatusBody,
  acknowledged: z.boolean().describe('Durable on every store it must be on.'),
  missing: z.string().optional().describe('What is missing until it is durable; it is retried until it is.'),
})

const show = createRoute({
  method: 'get',
  path: '/halts/{id}/clearance',
  summary: 'Where a halt is on its way back, and what is missing.',
  middleware: permit('halts:read'),
  request: { params: IdParam },
  responses: { 200: json(z.object(StatusBody.shape), 'The way back.'), ...refusals },
})

const validate = createRoute({
  method: 'post',
  path: '/halts/{id}/validations',
  summary: 'Proves that the cause of a halt is gone, or begins to.',
  middleware: permit('halts:validate'),
  request: {
    params: IdParam,
    ...bodyOf(
      z.strictObject({
        author: z.string().trim().min(1).max(200).describe('Who made the fix; that person may not approve.'),
        engineVersion: z.string().trim().min(1).max(200).optional(),
        statement: z
          .string()
          .trim()
          .min(3)
          .max(2000)
          .optional()
          .describe('What was found and done, where a person vouches for it. No message text.'),
        reviewed: z.int().min(1).max(100_000).optional().describe('How many replies were read.'),
        repeatReason: z
          .string()
          .trim()
          .min(3)
          .max(2000)
          .optional()
          .describe('Why the same version is tried again after a failure.'),
        reason: Reason,
      }),
    ),
  },
  responses: {
    201: json(Stepped, 'Proved or not, and recorded: see `clearance.attempts`.'),
    202: json(
      z.union([z.object({ clearance: StatusBody, runId: z.string(), total: z.number() }), Stepped]),
      'A probe run has begun; its result shows in the way back. Or: recorded, not yet durable.',
    ),
    ...refusals,
  },
})

const approve = createRoute({
  method: 'post',
  path: '/halts/{id}/approvals',
  summary: 'Approves the newest validation. The second approval begins the ramp.',
  middleware: permit('halts:approve'),
  request: {
    params: IdParam,
    ...bodyOf(
      z.strictObject({
        runHash: z
          .string()
          .min(8)
          .max(128)
          .optional()
          .describe('Refused when the newest run is another one.'),
        engineVersion: z.string().min(1).max(200).optional(),
        role: z.enum(ApprovalRole.options).optional().describe('For who has both roles.'),
        reason: Reason,
      }),
    ),
  },
  responses: {
    201: json(Stepped, 'Approved and durable.'),
    202: json(Stepped, 'Approved, not yet durable: it is retried.'),
    ...refusals,
  },
})

/** `/admin/v1/halts/{id}`: clearance, validations, approvals. */
export function clearanceRoutes(app: AdminApp, parts: { halt: SafetyHalt; clearance: Clearance }): void {
  const { halt, clearance } = parts
  app.openapi(show, (c) => c.json(clearance.status(findHalt(halt, c.req.valid('param').id).id), 200))
  app.openapi(validate, async (c) => {
    const { id } = findHalt(halt, c.req.valid('param').id)
    const done = await clearance.validate(id, c.req.valid('json'), c.get('actor'))
    if ('started' in done) return c.json({ clearance: clearance.status(id), ...done.started }, 202)
    const { status, durability } = done
    return c.json({ clearance: status, ...durability }, durability.acknowledged ? 201 : 202)
  })
  app.openapi(approve, async (c) => {
    const { id } = findHalt(halt, c.req.valid('param').id)
    const { status, durability } = await clearance.approve(id, c.get('actor'), c.req.valid('json'))
    return c.json({ clearance: status, ...durability }, durability.acknowledged ? 201 : 202)
  })
}
