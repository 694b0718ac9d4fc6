import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { LatencyHistogram } from './latency-histogram.ts'

/** How an exchange ended; the `outcome` label. */
export const outcomes = [
  'ok',
  'safe-reply',
  'refused',
  'client-closed',
  'engine-refused',
  'engine-error',
  'cut-by-halt',
  'withheld',
  'internal-error',
] as const
export type Outcome = (typeof outcomes)[number]

/** Why a reply went out without having been read. */
export type UnscannedCause = 'open-path' | 'no-dialect' | 'engine-refusal' | 'language' | 'error'

const latencyBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300]
const overheadBuckets = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1]

export type Metrics = ReturnType<typeof createMetrics>

/**
 * All Prometheus series of the gateway, in one registry of their own. Labels take values from closed lists only, so
 * that no caller can make series. `process: true` adds the process metrics of Node (workerd has none).
 */
export function createMetrics(options: { process: boolean; version: string }) {
  const registry = new Registry()
  const registers = [registry]
  if (options.process) collectDefaultMetrics({ register: registry })

  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  const histogram = <L extends string>(name: string, help: string, label: L, bounds: readonly number[]) =>
    new LatencyHistogram({ name, help, label, bounds, register: registry })

  gauge('haltgate_build_info', 'Always 1; the version is in the label.', ['version']).set(
    { version: options.version },
    1,
  )

  return {
    registry,
    exchanges: counter('haltgate_exchanges_total', 'Exchanges by engine, form and how they ended.', [
      'engine',
      'form',
      'outcome',
    ]),
    openExchanges: gauge('haltgate_open_exchanges', 'Exchanges under way, running streams included.'),
    exchangeSeconds: histogram(
      'haltgate_exchange_seconds',
      'Whole exchange as the client sees it.',
      'form',
      latencyBuckets,
    ),
    engineFirstByteSeconds: histogram(
      'haltgate_engine_first_byte_seconds',
      'From sending to the engine to the first byte of its reply.',
      'engine',
      latencyBuckets,
    ),
    engineSeconds: histogram(
      'haltgate_engine_seconds',
      'From sending to the engine to the end of its reply.',
      'engine',
      latencyBuckets,
    ),
    overheadSeconds: histogram(
      'haltgate_overhead_seconds',
      "The gateway's own time until the first byte of a reply, the engine's time left out.",
      'form',
      overheadBuckets,
    ),
    errors: counter('haltgate_errors_total', 'Errors answered to callers, by code.', ['code']),
    failovers: counter(
      'haltgate_failovers_total',
      'Exchanges that another engine took over before the first byte.',
      ['from', 'to'],
    ),
    unscanned: counter('haltgate_unscanned_replies_total', 'Replies that went out unread, by cause.', [
      'cause',
    ]),
    scannedMessages: counter('haltgate_scanned_messages_total', "Persons' messages read, by outcome.", [
      'outcome',
    ]),
    unscannedMessages: counter(
      'haltgate_unscanned_messages_total',
      "Persons' messages that could not be judged, by cause.",
      ['cause'],
    ),
    scannedReplies: counter('haltgate_scanned_replies_total', 'Replies read, before or while they went out.'),
    disclosures: counter('haltgate_disclosures_total', 'Disclosures of a crisis, each message once.', [
      'category',
      'level',
      'source',
    ]),
    caughtReplies: counter(
      'haltgate_caught_replies_total',
      'Replies found harmful, by kind and what was done.',
      ['kind', 'action'],
    ),
    withheldReplies: counter('haltgate_withheld_replies_total', 'Replies withheld, by cause.', ['cause']),
    addedLines: counter(
      'haltgate_added_lines_total',
      'Replies to which crisis lines were added, by length.',
      ['length'],
    ),
    acknowledgements: counter(
      'haltgate_acknowledgements_total',
      'Streams that began with a written acknowledgement because the reply took its time.',
    ),
    remoteVerdicts: counter(
      'haltgate_remote_verdicts_total',
      'Opinions of remote detectors, by why and verdict.',
      ['why', 'verdict'],
    ),
    deliveries: counter(
      'haltgate_deliveries_total',
      'Messages of the outbox by channel and result of the attempt.',
      ['channel', 'result'],
    ),
    overdueDisclosures: gauge(
      'haltgate_overdue_disclosures',
      'Disclosures of a plan, of intent or of an attempt that nobody has acknowledged in time.',
    ),
    outboxWaiting: gauge('haltgate_outbox_waiting', 'Messages that wait to be delivered, by class.', [
      'class',
    ]),
    outboxOldestSeconds: gauge(
      'haltgate_outbox_oldest_seconds',
      'Age of the oldest message that waits to be delivered, by class.',
      ['class'],
    ),
    remoteState: gauge('haltgate_remote_detector_state', '1 for the state its circuit is in.', [
      'detector',
      'state',
    ]),
    safeReplies: counter('haltgate_safe_replies_total', 'Safe replies given, by why.', ['why']),
    breakerState: gauge('haltgate_breaker_state', '1 for the state the circuit is in.', ['engine', 'state']),
    breakerChanges: counter('haltgate_breaker_changes_total', 'Changes of a circuit, by new state.', [
      'engine',
      'state',
    ]),
    halts: gauge('haltgate_halts_engaged', 'Halts engaged, by kind of scope and cause.', ['scope', 'cause']),
    suspended: gauge(
      'haltgate_suspended',
      '1 while this gateway cannot confirm the halt state and gives no AI replies.',
    ),
    leaseAgeSeconds: gauge(
      'haltgate_halt_lease_age_seconds',
      'Since the last confirmed write to the shared store.',
    ),
    haltsUnacknowledged: gauge(
      'haltgate_halt_entries_unacknowledged',
      'Entries enforced here, not yet durable everywhere.',
    ),
    haltStoreErrors: gauge('haltgate_halt_store_errors', 'Errors of the halt stores since the start.'),
    recordErrors: counter(
      'haltgate_record_errors_total',
      'Failed writes to the records database; each is retried.',
      ['verb'],
    ),
    breaches: gauge('haltgate_breach', '1 while a threshold of the plan is breached.', [
      'threshold',
      'engine',
    ]),
    breachesTotal: counter('haltgate_breaches_total', 'Breaches since the start.', ['threshold', 'engine']),
    signal: gauge('haltgate_signal', 'Measured quantity over its window.', [
      'signal',
      'engine',
      'window',
      'statistic',
    ]),
    signalSamples: gauge('haltgate_signal_samples', 'Exchanges behind the measured quantities.', [
      'engine',
      'window',
    ]),
    reviewItems: counter('haltgate_review_items_total', 'Exchanges put into the review queue, by kind.', [
      'kind',
    ]),
    probes: counter('haltgate_probes_total', 'Probes sent, by engine and how they were heard.', [
      'engine',
      'tier',
      'label',
      'result',
    ]),
    probing: gauge('haltgate_probing', '1 while this gateway is the one that sends the probes.'),
    detectionRecall: gauge(
      'haltgate_crisis_detection_recall',
      'Recall on core probes and labels since the last reset, with its 95 % interval, by subject.',
      ['subject', 'bound'],
    ),
    detectionSpecificity: gauge(
      'haltgate_crisis_detection_specificity',
      'Specificity on core negatives since the last reset, with its 95 % interval, by subject.',
      ['subject', 'bound'],
    ),
    detectionOutcomes: gauge(
      'haltgate_crisis_detection_outcomes',
      'Outcomes behind the figures, by subject.',
      ['subject'],
    ),
    detectionAgeSeconds: gauge(
      'haltgate_crisis_detection_age_seconds',
      'Age of the newest outcome, by subject.',
      ['subject'],
    ),
    detectionAlarms: gauge('haltgate_crisis_detection_alarm', '1 while an alarm of this test lasts.', [
      'subject',
      'test',
      'level',
    ]),
    livenessAgeSeconds: gauge(
      'haltgate_halt_liveness_age_seconds',
      'Since it was last proved that a halt would hold.',
    ),
    workers: gauge('haltgate_workers', 'Processes that serve the traffic; 0 where this one does by itself.'),
    workerRestarts: counter(
      'haltgate_worker_restarts_total',
      'Processes that served the traffic, ended by themselves and were replaced.',
    ),
    routeActive: gauge('haltgate_engine_active', '1 for the engine that serves.', ['engine']),
    refusedKeys: counter('haltgate_refused_keys_total', 'Control requests refused for their key.', ['why']),
    configReloads: counter('haltgate_config_reloads_total', 'Attempts to take a changed configuration.', [
      'result',
    ]),
  }
}
