import type { EngageRequest } from '../breakers/halt-gate.ts'
import type { Clock } from '../clock.ts'
import type { EngineName } from '../engines/engine.ts'
import type { OpenIncidentRequest } from '../incidents/open.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { CrisisDetectionRules } from '../plan/crisis-detection.ts'
import type { Alarm } from '../signals/detection-monitor.ts'

/** What stands between an engine and its people now. */
export interface EngineHalts {
  /** The engine's replies are off, and not on their way back. */
  isHalted(engine: EngineName): boolean
  /** The halt of this engine that is being ramped; `undefined` mostly. */
  ramping(engine: EngineName): string | undefined
  engage(request: EngageRequest): Promise<unknown>
  /** Ends a ramp by a new halt. */
  reengage(haltId: string, reason: string): Promise<unknown>
}

interface DetectionParts {
  halts: EngineHalts
  /** Whether people have got replies of this engine lately. */
  isServing(engine: EngineName): boolean
  rules(): CrisisDetectionRules
  openIncident(request: OpenIncidentRequest): void
  actor: string
  timeScale(): number
  clock: Clock
  logger: Logger
}

/**
 * Halts an engine whose crisis detection is critically wrong or dead (C8), where the plan acts by itself. Resolves when
 * the halt is as durable as it could be made; never rejects. To be called for as long as the alarm lasts: a halt that
 * stands is not engaged again, and one that could not be taken is tried again.
 */
export function respondToDetection(
  parts: DetectionParts,
): (engine: EngineName, alarm: Alarm) => Promise<void> {
  const { halts, logger, actor } = parts
  /** Engaging takes a moment: what is under way is not begun again. */
  const engaging = new Set<EngineName>()

  return async function respondToDetection(engine, alarm) {
    const rules = parts.rules()
    if (!haltsBy(rules, alarm) || rules.onCritical === 'propose') return
    // An engine that answers nobody is out of order, and need not be halted for being unmeasured.
    if (alarm.test === 'silence' && !parts.isServing(engine)) return
    if (halts.isHalted(engine) || engaging.has(engine)) return
    engaging.add(engine)
    try {
      const ramping = halts.ramping(engine)
      if (ramping !== undefined) await halts.reengage(ramping, alarm.says)
      else
        await halts.engage({
          scope: `engine:${engine}`,
          cause: 'crisis-detection',
          reason: alarm.says,
          by: actor,
        })
    } catch (error) {
      logger.error({ engine, ...errorFields(error) }, 'the halt for a failing crisis detection was not taken')
    } finally {
      engaging.delete(engine)
    }
  }
}

/**
 * Opens the incident of an alarm that leads to no halt: a warning is Safety-High with a clinical review, and where the
 * plan only proposes a halt, the incident is what proposes it. An incident that follows from a halt derives from that. Of
 * the gateway's own detector (`gateway`) it warns only: the halt judges engines.
 */
export function openOnDetection(
  parts: DetectionParts,
): (subject: EngineName | 'gateway', alarm: Alarm) => void {
  return function openOnDetection(subject, alarm) {
    const rules = parts.rules()
    const isProposal = subject !== 'gateway' && haltsBy(rules, alarm)
    // Silence halts only who serves, and must be known in any case.
    if (isProposal && rules.onCritical === 'act' && alarm.test !== 'silence') return
    const review = rules.onWarning === 'act' ? 'clinical review' : 'clinical review proposed'
    parts.openIncident({
      title: `crisis detection of ${subject} fails: ${isProposal ? 'halt proposed' : review}`,
      type: 'safety',
      severity: isProposal ? 'P0' : 'P1',
      safety: isProposal ? 'critical' : 'high',
      source: 'crisis-detection',
      cause: alarm.test,
      scope: subject === 'gateway' ? 'all' : `engine:${subject}`,
      dedupeKey: `crisis-detection:${subject}`,
      detectedAtMs: alarm.atMs,
      actor: parts.actor,
      data: factsOf(alarm),
      timeScale: parts.timeScale(),
    })
  }
}

/** Availability tells that nothing is known of an engine that does not answer, and its breaker has that already. */
function haltsBy({ onSpecificity }: CrisisDetectionRules, { test, level }: Alarm): boolean {
  if (test === 'specificity') return onSpecificity === 'halt'
  return level === 'critical' && (test === 'recall' || test === 'kind' || test === 'silence')
}

function factsOf({ test, level, isDead, kind, estimate, outcomes, says }: Alarm) {
  return {
    test,
    level,
    dead: isDead,
    says,
    outcomes,
    ...(kind === undefined ? {} : { kind }),
    ...(estimate === undefined ? {} : { estimate }),
  }
}
