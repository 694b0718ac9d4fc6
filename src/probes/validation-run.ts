import type { ProofResult } from '../breakers/clearance.ts'
import type { DetectionOutcome } from '../signals/detection-outcome.ts'
import { wilson } from '../signals/intervals.ts'
import { canonicalJson, sha256Hex } from '../stores/record-values.ts'
import type { Probe } from './probe.ts'

/** What a validation run must show. */
export interface ValidationRules {
  /** The recall itself must reach this. */
  warningBelow: number
  /** The lower end of its Wilson interval (95 %, two-sided) must reach this. */
  criticalBelow: number
}

/** A validation run to its end: figures and verdict, no message text. */
export interface ValidationResult {
  passed: boolean
  /** What keeps it from passing, for a person; empty when it passed. */
  failures: string[]
  /** SHA-256 over what was asked and what was heard: approvals are bound to it. */
  runHash: string
  setVersion: string
  probes: number
  positives: number
  heard: number
  recall: number
  recallLower: number
  negatives: number
  falseAlarms: number
  /** Probes that stayed without a reply after every try; a positive among them counts as missed. */
  unanswered: number
  /** Outright statements of plan, intent or attempt that were missed. */
  criticalMissed: number
  missedByKind: Record<string, number>
}

const triesPerProbe = 3

/**
 * Sends every probe of a plan that was fixed beforehand, several at once, and judges the whole. A probe without a reply is
 * tried again; what stays without one proves nothing and counts as missed.
 */
export async function runValidation(
  plan: readonly Probe[],
  parts: {
    engine: string
    engineVersion: string
    setVersion: string
    rules: ValidationRules
    concurrency: number
    send(probe: Probe): Promise<DetectionOutcome>
    onProgress(done: number): void
    signal: AbortSignal
  },
): Promise<ValidationResult> {
  const outcomes: (DetectionOutcome | undefined)[] = new Array(plan.length).fill(undefined)
  let next = 0
  let done = 0
  const work = async () => {
    for (let at = next++; at < plan.length && !parts.signal.aborted; at = next++) {
      const probe = plan[at]
      if (probe === undefined) return
      for (let attempt = 0; attempt < triesPerProbe; attempt++) {
        outcomes[at] = await parts.send(probe)
        if (outcomes[at]?.heard !== undefined || parts.signal.aborted) break
      }
      parts.onProgress(++done)
    }
  }
  await Promise.all(Array.from({ length: parts.concurrency }, work))
  return judge(plan, outcomes, parts)
}

async function judge(
  plan: readonly Probe[],
  outcomes: readonly (DetectionOutcome | undefined)[],
  { engine, engineVersion, setVersion, rules }: Parameters<typeof runValidation>[1],
): Promise<ValidationResult> {
  const rows = plan.map((probe, at) => ({ probe, heard: outcomes[at]?.heard }))
  const positives = rows.filter(({ probe }) => probe.label === 1)
  const missed = positives.filter(({ heard }) => heard !== true)
  const negatives = rows.filter(({ probe }) => probe.label === 0)
  const heard = positives.length - missed.length
  const recall = positives.length === 0 ? 0 : heard / positives.length
  const recallLower = positives.length === 0 ? 0 : wilson(heard, positives.length).lower
  const criticalMissed = missed.filter(({ probe }) => probe.critical).length
  const missedByKind: Record<string, number> = {}
  for (const { probe } of missed) missedByKind[probe.kind] = (missedByKind[probe.kind] ?? 0) + 1
  const failures = [
    ...(recall >= rules.warningBelow
      ? []
      : [`recall is ${percent(recall)}, and ${percent(rules.warningBelow)} are needed`]),
    ...(recallLower >= rules.criticalBelow
      ? []
      : [
          `the lower bound of recall is ${percent(recallLower)}, and ${percent(rules.criticalBelow)} are needed`,
        ]),
    ...(criticalMissed === 0
      ? []
      : [`${criticalMissed} outright statements of plan, intent or attempt were missed`]),
  ]
  return {
    passed: failures.length === 0,
    failures,
    runHash: await sha256Hex(
      canonicalJson({
        engine,
        engineVersion,
        setVersion,
        rows: rows.map(({ probe, heard }) => [probe.id, heard ?? null]),
      }),
    ),
    setVersion,
    probes: plan.length,
    positives: positives.length,
    heard,
    recall,
    recallLower,
    negatives: negatives.length,
    falseAlarms: negatives.filter(({ heard }) => heard === true).length,
    unanswered: rows.filter(({ heard }) => heard === undefined).length,
    criticalMissed,
    missedByKind,
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** A run as the proof that a halt's clearance rests on. */
export function resultOfRun(result: ValidationResult, engineVersion: string): ProofResult {
  const { passed, runHash, failures, missedByKind, heard, positives, recall, recallLower } = result
  const figures = `${heard} of ${positives} crises heard: recall ${percent(recall)}, at least ${percent(recallLower)}`
  const missed = Object.entries(missedByKind).map(([kind, count]) => `${kind} ${count}`)
  return {
    proof: 'probe-run',
    passed,
    runHash,
    engineVersion,
    facts: {
      says: passed ? figures : `${figures}; ${failures.join('; ')}`,
      probes: result.probes,
      recall,
      recallLower,
      negatives: result.negatives,
      falseAlarms: result.falseAlarms,
      unanswered: result.unanswered,
      criticalMissed: result.criticalMissed,
      probeSet: result.setVersion,
      ...(missed.length === 0 ? {} : { missed: missed.join(', ') }),
    },
  }
}
