import fc from 'fast-check'
import type {
  ApprovalEntry,
  ClearedEntry,
  EngagedEntry,
  HaltCause,
  HaltEntry,
  ProofKind,
  RampEntry,
  ValidationEntry,
} from '../../src/breakers/halt-entry.ts'

const base = { by: 'haltgate', reason: 'because' }
export const stepMs = 600
export const approvalMs = 1_800

export function halted(
  id: string,
  cause: HaltCause = 'crisis-detection',
  more: Partial<EngagedEntry> = {},
): EngagedEntry {
  return { ...base, id, kind: 'engaged', atMs: 1_000, scope: 'all', cause, ...more }
}

export function validation(id: string, haltId: string, more: Partial<ValidationEntry> = {}): ValidationEntry {
  return {
    ...base,
    id,
    kind: 'validation',
    haltId,
    atMs: 2_000,
    runHash: 'run-hash-1',
    engineVersion: 'v1',
    proof: 'probe-run',
    passed: true,
    authorId: 'P-EVA',
    author: 'Eva',
    attempt: 1,
    facts: { recall: 1 },
    ...more,
  }
}

export function approval(
  id: string,
  haltId: string,
  role: ApprovalEntry['role'],
  more: Partial<ApprovalEntry> = {},
): ApprovalEntry {
  const person = role === 'clinical' ? { personId: 'P-GRACE', by: 'Grace' } : { personId: 'P-ADA', by: 'Ada' }
  const atMs = more.atMs ?? 3_000
  return {
    ...base,
    ...person,
    id,
    kind: 'approval',
    haltId,
    atMs,
    validationId: `${haltId}-valid`,
    runHash: 'run-hash-1',
    engineVersion: 'v1',
    keyId: `key-of-${person.by}`,
    role,
    expiresAtMs: atMs + approvalMs,
    ...more,
  }
}

export function ramp(
  id: string,
  haltId: string,
  share: RampEntry['share'],
  more: Partial<RampEntry> = {},
): RampEntry {
  return {
    ...base,
    id,
    kind: 'ramp',
    haltId,
    atMs: 4_000 + stepMs * [0.1, 0.5, 1].indexOf(share),
    validationId: `${haltId}-valid`,
    approvalIds: [`${haltId}-clini`, `${haltId}-comma`],
    share,
    stepMs,
    ...more,
  }
}

export function cleared(id: string, haltId: string, more: Partial<ClearedEntry> = {}): ClearedEntry {
  const end = { how: 'ramp', rampId: `${haltId}-ramp3` } as const
  return { ...base, ...end, id, kind: 'cleared', haltId, atMs: 4_000 + 3 * stepMs, ...more }
}

/** The whole way back of one halt, in its order. */
export function wholeWay(haltId: string, proof: ProofKind = 'probe-run'): HaltEntry[] {
  return [
    validation(`${haltId}-valid`, haltId, { proof }),
    approval(`${haltId}-clini`, haltId, 'clinical'),
    approval(`${haltId}-comma`, haltId, 'commander'),
    ramp(`${haltId}-ramp1`, haltId, 0.1),
    ramp(`${haltId}-ramp2`, haltId, 0.5),
    ramp(`${haltId}-ramp3`, haltId, 1),
    cleared(`${haltId}-clear`, haltId),
  ]
}

const time = fc.integer({ min: 1_500, max: 6_500 })
const haltIds = fc.constantFrom('halt-000a', 'halt-000b')
const validationIds = fc.constantFrom('halt-000a-valid', 'halt-000b-valid', 'other-valid')
const approvalIds = fc.constantFrom('halt-000a-clini', 'halt-000a-comma', 'halt-000b-clini', 'other-appr1')
const rampIds = fc.constantFrom('halt-000a-ramp1', 'halt-000a-ramp3', 'halt-000b-ramp3', 'other-ramp1')
const person = fc.constantFrom(
  { personId: 'P-GRACE', by: 'Grace' },
  { personId: 'P-ADA', by: 'Ada' },
  { personId: 'P-EVA', by: 'Eva' },
  { personId: 'P-OTHER', by: ' eva' },
  { personId: 'P-OTHER', by: 'Otto' },
)
const hash = fc.constantFrom('run-hash-1', 'run-hash-2')
const version = fc.constantFrom('v1', 'v2')

/** What somebody careless, hostile or out of date might have written into the store. */
const someStep: fc.Arbitrary<HaltEntry> = fc.oneof(
  fc
    .record({
      haltId: haltIds,
      atMs: time,
      passed: fc.boolean(),
      runHash: hash,
      engineVersion: version,
      attempt: fc.integer({ min: 1, max: 3 }),
      proof: fc.constantFrom<ProofKind>('probe-run', 'statement'),
    })
    .map(({ haltId, ...more }) => validation('other-valid', haltId, more)),
  fc
    .record({
      haltId: haltIds,
      role: fc.constantFrom('clinical' as const, 'commander' as const),
      atMs: time,
      who: person,
      validationId: validationIds,
      runHash: hash,
      engineVersion: version,
    })
    .map(({ haltId, role, who, ...more }) => approval('other-appr1', haltId, role, { ...more, ...who })),
  fc
    .record({
      haltId: haltIds,
      share: fc.constantFrom(0.1 as const, 0.5 as const, 1 as const),
      atMs: time,
      validationId: validationIds,
      approvalIds: fc.tuple(approvalIds, approvalIds),
    })
    .map(({ haltId, share, ...more }) => ramp('other-ramp1', haltId, share, more)),
  fc
    .record({
      haltId: haltIds,
      atMs: time,
      how: fc.constantFrom('ramp' as const, 'commander' as const),
      rampId: rampIds,
    })
    .map(({ haltId, ...more }) => cleared('other-clear', haltId, more)),
)

/** One field of an entry becomes another one's. */
const change: fc.Arbitrary<(entry: HaltEntry) => HaltEntry> = fc.oneof(
  time.map((atMs) => (entry: HaltEntry) => ({ ...entry, atMs })),
  haltIds.map((haltId) => (entry: HaltEntry) => (entry.kind === 'engaged' ? entry : { ...entry, haltId })),
  person.map((who) => (entry: HaltEntry) => (entry.kind === 'approval' ? { ...entry, ...who } : entry)),
  hash.map((runHash) => (entry: HaltEntry) => ('runHash' in entry ? { ...entry, runHash } : entry)),
  version.map(
    (engineVersion) => (entry: HaltEntry) => ('runHash' in entry ? { ...entry, engineVersion } : entry),
  ),
  fc.constant((entry: HaltEntry) => (entry.kind === 'validation' ? { ...entry, passed: false } : entry)),
  fc
    .constantFrom('clinical', 'commander')
    .map((role) => (entry: HaltEntry) => (entry.kind === 'approval' ? { ...entry, role } : entry)),
  validationIds.map(
    (validationId) => (entry: HaltEntry) => ('validationId' in entry ? { ...entry, validationId } : entry),
  ),
  fc
    .constantFrom(0.1, 0.5, 1)
    .map((share) => (entry: HaltEntry) => (entry.kind === 'ramp' ? { ...entry, share } : entry)),
)

/** Whole ways back of two halts, of which entries are missing, changed, and joined by others, in any order. */
export const damagedWays: fc.Arbitrary<HaltEntry[]> = fc
  .record({
    whole: fc.constant([...wholeWay('halt-000a'), ...wholeWay('halt-000b')]),
    missing: fc.uniqueArray(fc.nat(13), { maxLength: 4 }),
    changes: fc.array(fc.tuple(fc.nat(13), change), { maxLength: 2 }),
    more: fc.array(someStep, { maxLength: 3 }),
  })
  .chain(({ whole, missing, changes, more }) => {
    const changed = whole.map((entry, at) =>
      changes.filter(([which]) => which === at).reduce((now, [, apply]) => apply(now), entry),
    )
    // Ids stay unique: what comes twice under one id is another matter.
    const others = new Map(more.map((entry) => [entry.id, entry]))
    const entries = [
      halted('halt-000a'),
      halted('halt-000b'),
      ...changed.filter((_, at) => !missing.includes(at)),
      ...others.values(),
    ]
    return fc.shuffledSubarray(entries, { minLength: entries.length })
  })
