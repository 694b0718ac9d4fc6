import type { z } from 'zod'
import {
  breachLevels,
  clearValue,
  isMeasuredSignal,
  limitsOf,
  measuredSignals,
  type Threshold,
} from './threshold.ts'

/** Each distinct window of a measured signal costs memory per engine: about 230 KB. */
const maxMeasuredWindows = 8

interface CheckedPlan {
  severities: Record<'P0' | 'P1' | 'P2' | 'P3', Deadlines>
  safetySeverities: Record<'critical' | 'high', Deadlines>
  pushedSignals: Record<string, { min: number; max: number }>
  thresholds: Record<string, Threshold>
}

interface Deadlines {
  ackWithinMs: number
  resolveWithinMs: number
}

type Report = (path: (string | number)[], message: string) => void

/** What no single field can tell: limits in the right order, signals that exist, breaches that can begin and end. */
export function checkPlan(plan: CheckedPlan, context: z.RefinementCtx): void {
  const report: Report = (path, message) => context.addIssue({ code: 'custom', path, message })
  checkDeadlines('severities', ['P0', 'P1', 'P2', 'P3'], plan.severities, report)
  checkDeadlines('safetySeverities', ['critical', 'high'], plan.safetySeverities, report)
  for (const name of Object.keys(plan.pushedSignals)) {
    if (isMeasuredSignal(name)) {
      report(['pushedSignals', name], 'expected another name: the gateway measures this signal by itself')
    }
  }
  const sound = Object.entries(plan.thresholds).filter(([name, threshold]) =>
    isSound(name, threshold, plan.pushedSignals, report),
  )
  checkOrder(sound, report)
  const windows = new Set(
    Object.values(plan.thresholds)
      .filter(({ signal }) => isMeasuredSignal(signal))
      .map(({ windowMs }) => windowMs),
  )
  if (windows.size > maxMeasuredWindows) {
    report(
      ['thresholds'],
      `expected at most ${maxMeasuredWindows} different windowMs among latencies and error rate, got ${windows.size}`,
    )
  }
}

function checkDeadlines<Level extends string>(
  table: string,
  levels: Level[],
  rules: Record<Level, Deadlines>,
  report: Report,
): void {
  for (const [i, level] of levels.entries()) {
    const { ackWithinMs, resolveWithinMs } = rules[level]
    if (ackWithinMs > resolveWithinMs) {
      report(
        [table, level, 'ackWithinMs'],
        `expected at most resolveWithinMs (${resolveWithinMs}), got ${ackWithinMs}`,
      )
    }
    const graver = levels[i - 1]
    if (graver === undefined) continue
    for (const field of ['ackWithinMs', 'resolveWithinMs'] as const) {
      if (rules[level][field] < rules[graver][field]) {
        report(
          [table, level, field],
          `expected at least that of the graver ${graver} (${rules[graver][field]}), got ${rules[level][field]}`,
        )
      }
    }
  }
}

/** Whether a threshold makes sense by itself; only then is it compared with others. */
function isSound(
  name: string,
  threshold: Threshold,
  pushedSignals: CheckedPlan['pushedSignals'],
  report: Report,
): boolean {
  const wrong = (field: string[], message: string) => {
    report(['thresholds', name, ...field], message)
    return false
  }
  const { signal, hysteresis } = threshold
  const [limit, ...others] = limitsOf(threshold)
  if (limit === undefined || others.length > 0) {
    const got = limit === undefined ? 'none' : [limit, ...others].map(({ kind }) => kind).join(' and ')
    return wrong([], `expected exactly one of above, below and atLeast, got ${got}`)
  }
  const range = rangeOf(signal, pushedSignals)
  if (range === undefined) {
    const known = [...measuredSignals, ...Object.keys(pushedSignals)].join(', ')
    return wrong(['signal'], `expected one of ${known} (add others under pushedSignals), got ${signal}`)
  }
  if (threshold.minErrors > 0 && signal !== 'error-rate') {
    return wrong(['minErrors'], 'expected 0: only error-rate has errors to count')
  }
  // A limit that no value can cross, or a breach that no value can end, is a mistake that nobody would notice.
  const { min, max, what } = range
  const { kind, value } = limit
  if (value < min || value > max) {
    return wrong([kind], `expected ${what} from ${min} to ${max}, got ${value}`)
  }
  if ((kind === 'above' && value === max) || (kind === 'below' && value === min)) {
    return wrong([kind], `expected a limit that a value from ${min} to ${max} can cross, got ${value}`)
  }
  const clear = clearValue(limit, hysteresis)
  if (clear < min || clear > max || (kind === 'atLeast' && value === min)) {
    return wrong(
      ['hysteresis'],
      `expected a share that can be regained: with ${hysteresis} a breach would end at ${clear} only, and values run from ${min} to ${max}`,
    )
  }
  return true
}

interface Range {
  min: number
  max: number
  what: string
}

function rangeOf(signal: string, pushedSignals: CheckedPlan['pushedSignals']): Range | undefined {
  if (signal === 'error-rate') return { min: 0, max: 1, what: 'a share (0.5 % is 0.005)' }
  if (isMeasuredSignal(signal)) return { min: 0, max: 3_600_000, what: 'milliseconds' }
  const pushed = Object.hasOwn(pushedSignals, signal) ? pushedSignals[signal] : undefined
  return pushed && { ...pushed, what: 'a value' }
}

/** Within one signal (and percentile) a milder level must break first; only `critical` and `rollback` may be equal. */
function checkOrder(thresholds: [string, Threshold][], report: Report): void {
  const entries = thresholds.flatMap(([name, threshold]) => {
    const [limit] = limitsOf(threshold)
    return limit === undefined
      ? []
      : [{ name, threshold, limit, rank: breachLevels.indexOf(threshold.level) }]
  })
  for (const mild of entries) {
    for (const grave of entries) {
      const sameFamily =
        mild.threshold.signal === grave.threshold.signal &&
        mild.threshold.percentile === grave.threshold.percentile &&
        (mild.limit.kind === 'below') === (grave.limit.kind === 'below')
      if (!sameFamily || mild.rank >= grave.rank) continue
      const below = mild.limit.kind === 'below'
      const distance = (grave.limit.value - mild.limit.value) * (below ? -1 : 1)
      const mayBeEqual = grave.threshold.level === 'rollback'
      if (distance > 0 || (mayBeEqual && distance === 0)) continue
      report(
        ['thresholds', mild.name, mild.limit.kind],
        `expected the ${mild.threshold.level} limit to be ${below ? 'above' : 'below'} the ${grave.threshold.level} limit of ${grave.name} (${grave.limit.value}), got ${mild.limit.value}`,
      )
    }
  }
}
