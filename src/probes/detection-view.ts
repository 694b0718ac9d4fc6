import type { EngineName } from '../engines/engine.ts'
import { type Accuracy, accuracyOf } from '../signals/detection-counts.ts'
import { type Alarm, lastingAlarms } from '../signals/detection-monitor.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { TestKeeper } from './test-keeper.ts'

/** What is known of the crisis detection of one subject. */
export interface SubjectView {
  /** The name of an engine, or `gateway` for the gateway's own detector. */
  subject: EngineName | 'gateway'
  version: string
  epoch: string
  outcomes: number
  accuracy: Accuracy
  alarms: Alarm[]
}

export interface DetectionView {
  enabled: boolean
  /** This gateway sends the probes. */
  isProbing: boolean
  probeSet: { version: string; rows: number; core: number }
  subjects: SubjectView[]
  /** The proof that a halt would hold. */
  liveness: { ageMs: number; failure: string | undefined }
}

export function viewOf(subject: SubjectView['subject'], { state }: TestKeeper): SubjectView[] {
  if (state === undefined) return []
  const { engineVersion: version, epoch, n } = state
  return [{ subject, version, epoch, outcomes: n, accuracy: accuracyOf(state), alarms: lastingAlarms(state) }]
}

/** Brings the gauges of crisis detection up to date. */
export function publishDetection(metrics: Metrics, view: DetectionView, nowMs: number): void {
  metrics.probing.set(view.isProbing ? 1 : 0)
  metrics.livenessAgeSeconds.set(view.liveness.ageMs / 1_000)
  for (const gauge of [
    metrics.detectionRecall,
    metrics.detectionSpecificity,
    metrics.detectionOutcomes,
    metrics.detectionAgeSeconds,
    metrics.detectionAlarms,
  ])
    gauge.reset()
  for (const { subject, accuracy, alarms, outcomes } of view.subjects) {
    const { recall, specificity } = accuracy.core
    for (const bound of ['estimate', 'lower', 'upper'] as const) {
      if (recall[bound] !== undefined) metrics.detectionRecall.set({ subject, bound }, recall[bound])
      if (specificity[bound] !== undefined)
        metrics.detectionSpecificity.set({ subject, bound }, specificity[bound])
    }
    metrics.detectionOutcomes.set({ subject }, outcomes)
    if (accuracy.newestAtMs !== undefined)
      metrics.detectionAgeSeconds.set({ subject }, Math.max(0, nowMs - accuracy.newestAtMs) / 1_000)
    for (const { test, level } of alarms) metrics.detectionAlarms.set({ subject, test, level }, 1)
  }
}
