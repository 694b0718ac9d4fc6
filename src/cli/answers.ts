import { z } from 'zod'

// What the command line reads of the admin API's answers. Loose: a newer gateway may say more.

const atMs = z.number()
const text = z.string()

export const Halt = z.looseObject({
  id: text,
  scope: text,
  cause: text,
  reason: text,
  engagedBy: text,
  engagedAtMs: atMs,
  state: text,
  acknowledged: z.boolean(),
  share: z.number().optional(),
  supersededBy: text.optional(),
  clearedHow: text.optional(),
  clearedBy: text.optional(),
  clearedAtMs: atMs.optional(),
  clearedReason: text.optional(),
})
export type Halt = z.infer<typeof Halt>

export const HaltList = z.looseObject({ halts: z.array(Halt) })
/** `GET /halts/{id}` with or without an envelope. */
export const OneHalt = z.union([z.looseObject({ halt: Halt }).transform(({ halt }) => halt), Halt])

/** The answer to engaging or clearing. */
export const HaltChange = z.looseObject({
  halt: Halt,
  acknowledged: z.boolean(),
  missing: z.union([text, z.array(text)]).optional(),
})
export type HaltChange = z.infer<typeof HaltChange>

const Attempt = z.looseObject({
  attempt: z.number(),
  atMs,
  author: text,
  passed: z.boolean(),
  counts: z.boolean(),
  runHash: text,
  engineVersion: text,
  facts: z.record(z.string(), z.unknown()),
  repeatReason: text.optional(),
})

/** The way back of one halt. */
export const ClearanceView = z.looseObject({
  haltId: text,
  state: text,
  proof: text,
  run: z.looseObject({ total: z.number(), done: z.number() }).optional(),
  attempts: z.array(Attempt),
  approvals: z.array(z.looseObject({ by: text, role: text, atMs, expiresAtMs: atMs, holds: z.boolean() })),
  share: z.number(),
  nextStepAtMs: atMs.optional(),
  supersededBy: text.optional(),
  clearedHow: text.optional(),
  missing: z.array(text),
  next: text.optional(),
})
export type ClearanceView = z.infer<typeof ClearanceView>

/** The answer to an approval. */
export const ClearanceChange = z.looseObject({
  clearance: ClearanceView,
  acknowledged: z.boolean(),
  missing: text.optional(),
})

/** The answer to a validation: recorded at once, or a run that has begun. */
export const ValidationAnswer = z.looseObject({
  clearance: ClearanceView,
  runId: text.optional(),
  total: z.number().optional(),
  acknowledged: z.boolean().optional(),
  missing: text.optional(),
})

const Health = z.looseObject({
  suspended: z.union([z.literal(false), z.looseObject({ since: atMs, why: text })]),
  leaseAgeMs: z.number(),
  unacknowledged: z.number(),
  storeErrors: z.number(),
})

const EngineState = z.looseObject({
  name: text,
  url: text.nullish(),
  version: text.nullish(),
  breaker: text,
  state: text,
  signals: z.unknown().optional(),
})
export type EngineState = z.infer<typeof EngineState>

export const State = z.looseObject({
  version: text,
  startedAtMs: atMs,
  nowMs: atMs,
  timeScale: z.number(),
  replies: z.enum(['on', 'halted', 'suspended']),
  halts: z.array(Halt),
  health: Health,
  engines: z.array(EngineState),
  breaches: z.array(z.unknown()),
  incidents: z.looseObject({ open: z.number(), highest: text.nullish() }),
  workers: z.object({ count: z.number(), listening: z.number(), restarts: z.number() }).optional(),
  warnings: z.array(text),
})
export type State = z.infer<typeof State>

export const BreakerList = z.looseObject({
  breakers: z.array(z.looseObject({ engine: text, state: text })),
})

const Incident = z.looseObject({
  id: text,
  title: text,
  severity: text,
  safety: text,
  status: text,
  detectedAtMs: atMs,
  resolvedAtMs: atMs.nullish(),
})
export type Incident = z.infer<typeof Incident>

export const IncidentList = z.looseObject({ incidents: z.array(Incident) })

export const IncidentDetail = z.looseObject({
  incident: Incident,
  events: z.array(
    z.looseObject({ seq: z.number(), atMs, actor: text, type: text, data: z.unknown().optional() }),
  ),
})

export const KeyList = z.looseObject({
  keys: z.array(
    z.looseObject({
      id: text,
      prefix: text,
      person: text,
      roles: z.array(text),
      label: text.nullish(),
      revokedAtMs: atMs.nullish(),
    }),
  ),
})

export const NewKey = z.looseObject({
  key: z.looseObject({ id: text, prefix: text, person: text, roles: z.array(text) }),
  secret: text,
})

export const AnyAnswer = z.unknown()
