import type { z } from 'zod'
import type { Severity } from './severity.ts'
import type { Threshold } from './threshold.ts'

const seconds = 1_000
const minutes = 60 * seconds
const hours = 60 * minutes

/**
 * Response and resolution targets (R1-R3, C1-C5), the strictest of the two source documents. A P3's "8 business hours
 * or 24 hours, whichever is earlier" is 8 hours by the clock here: never later than either.
 */
export const defaultSeverities = {
  P0: {
    definition: 'Service completely unavailable, a safety risk, a data breach or unauthorised access.',
    ackWithinMs: 15 * minutes,
    resolveWithinMs: 2 * hours,
  },
  P1: {
    definition: 'Major degradation, a critical feature broken, or half of the users affected.',
    ackWithinMs: 30 * minutes,
    resolveWithinMs: 4 * hours,
  },
  P2: {
    definition: 'Moderate impact on some users; a feature that is not critical is broken.',
    ackWithinMs: 2 * hours,
    resolveWithinMs: 24 * hours,
  },
  P3: {
    definition: 'Minor issue with limited impact.',
    ackWithinMs: 8 * hours,
    resolveWithinMs: 72 * hours,
  },
} as const satisfies Record<Severity, SeverityDefaults>

/** The second axis (R2): the deadline of an incident is the earlier of both axes. */
export const defaultSafetySeverities = {
  critical: {
    definition: 'User safety or the response to a crisis is affected.',
    ackWithinMs: 5 * minutes,
    resolveWithinMs: 1 * hours,
  },
  high: {
    definition: 'User safety may be affected.',
    ackWithinMs: 15 * minutes,
    resolveWithinMs: 4 * hours,
  },
} as const satisfies Record<string, SeverityDefaults>

/** Values that other systems send in. */
export const defaultPushedSignals = {
  satisfaction: { description: 'Rating that a user gave, in points from 0 to 10.', min: 0, max: 10 },
} as const

/** Values that the gateway counts by itself and judges by their mean, as it does pushed ones; nobody can push them. */
export const countedSignals = {
  'unscanned-replies': {
    description: 'Share of the AI replies that went out without having been read, 0 to 1.',
    min: 0,
    max: 1,
  },
} as const

/** The 95th percentile of 20 is the 19th: with fewer, one slow reply alone would be the 95th percentile. */
const latency = {
  signal: 'response-time',
  windowMs: 60 * seconds,
  minSamples: 20,
  forMs: 3 * seconds,
  clearForMs: 60 * seconds,
  severity: 'P1',
  type: 'performance',
} as const satisfies Partial<ThresholdDefaults>

/** Five minutes, so that half a per cent can be told from none at a few exchanges per second. */
const errors = {
  signal: 'error-rate',
  windowMs: 5 * minutes,
  minSamples: 10,
  minErrors: 3,
  forMs: 3 * seconds,
  clearForMs: 60 * seconds,
  severity: 'P1',
  type: 'availability',
} as const satisfies Partial<ThresholdDefaults>

/** A rating comes slowly and means little alone. */
const satisfaction = {
  signal: 'satisfaction',
  windowMs: 24 * hours,
  minSamples: 20,
  forMs: 0,
  clearForMs: 1 * hours,
  type: 'user-experience',
} as const satisfies Partial<ThresholdDefaults>

/** R12, R13, R48 with C6 and C7; windows, samples, durations and hysteresis are ours (R14). */
export const defaultThresholds: Readonly<Record<string, ThresholdDefaults>> = {
  'response-time-notice': { ...latency, level: 'notice', above: 2_000, severity: 'P2' },
  'response-time-warning': { ...latency, level: 'warning', above: 5_000 },
  'response-time-critical': {
    ...latency,
    level: 'critical',
    above: 10_000,
    responses: ['record', 'fail-over'],
  },
  'response-time-rollback': {
    ...latency,
    level: 'rollback',
    above: 10_000,
    forMs: 5 * minutes,
    responses: ['record', 'rollback-trigger'],
  },
  'error-rate-notice': { ...errors, level: 'notice', above: 0.001, severity: null },
  'error-rate-warning': { ...errors, level: 'warning', above: 0.005, severity: 'P2' },
  'error-rate-critical': { ...errors, level: 'critical', above: 0.01, responses: ['record', 'fail-over'] },
  'error-rate-rollback': {
    ...errors,
    level: 'rollback',
    above: 0.1,
    windowMs: 60 * seconds,
    forMs: 5 * minutes,
    responses: ['record', 'rollback-trigger'],
  },
  'complete-outage': {
    ...errors,
    level: 'rollback',
    atLeast: 1,
    windowMs: 30 * seconds,
    minSamples: 5,
    // An engine that restarts fails everything for a few seconds; that is no outage yet.
    forMs: 10 * seconds,
    severity: 'P0',
    responses: ['record', 'fail-over', 'rollback-trigger'],
  },
  'unscanned-replies': {
    signal: 'unscanned-replies',
    level: 'warning',
    above: 0,
    windowMs: 5 * minutes,
    minSamples: 1,
    forMs: 0,
    clearForMs: 60 * seconds,
    severity: 'P2',
    safety: 'high',
    type: 'safety',
  },
  'satisfaction-warning': { ...satisfaction, level: 'warning', below: 7, severity: 'P3' },
  'satisfaction-critical': { ...satisfaction, level: 'critical', below: 5, severity: 'P2' },
}

type ThresholdDefaults = z.input<typeof Threshold>

interface SeverityDefaults {
  definition: string
  ackWithinMs: number
  resolveWithinMs: number
}
