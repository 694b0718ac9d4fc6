import type { SafetyHalt } from '../breakers/halt-gate.ts'
import type { Clock } from '../clock.ts'
import { type EngineName, engineNames } from '../engines/engine.ts'
import type { OpenIncidentRequest } from '../incidents/open.ts'
import type { GuardedEngine } from '../middleware/call-engine.ts'

type OpenIncident = (request: OpenIncidentRequest) => void

interface WatchParts {
  openIncident: OpenIncident
  actor: string
  timeScale: number
  clock: Clock
}

/** How long a gateway may be suspended before that is an incident. */
const suspensionIsIncidentMs = 30_000

/**
 * A circuit that opens while nothing stands behind it takes the service down for everybody: R5 calls that an outage,
 * P0. With another engine ready it is no incident; the breach behind it has its own.
 */
export function openIncidentOnOutage(
  engines: Partial<Record<EngineName, GuardedEngine>>,
  tripped: EngineName,
  { pinned, openIncident, actor, timeScale, clock }: WatchParts & { pinned: EngineName | undefined },
): void {
  // A pinned engine serves alone, and one that is not pinned then serves nobody.
  const serving = pinned === undefined ? (['primary', 'backup'] as const) : [pinned]
  if (serving.some((name) => engines[name]?.breaker.state === 'closed')) return
  const states = engineNames.flatMap((name) => {
    const state = engines[name]?.breaker.state
    return state === undefined ? [] : [`${name} ${state}`]
  })
  openIncident({
    title: 'no engine left: people get the safe reply',
    type: 'availability',
    severity: 'P0',
    safety: 'none',
    source: 'breaker',
    cause: 'breaker-open',
    scope: `engine:${tripped}`,
    dedupeKey: 'breaker:nothing-left',
    detectedAtMs: clock.wallMs(),
    actor,
    data: { circuits: states.join(', ') },
    timeScale,
  })
}

/** Opens an incident once a suspension has lasted 30 s. Call it every second or so. */
export function suspensionWatch(halt: SafetyHalt, parts: WatchParts): () => void {
  let reported = false
  return function watchSuspension() {
    const { suspended } = halt.health()
    if (suspended === false) {
      reported = false
      return
    }
    const nowMs = parts.clock.wallMs()
    if (reported || nowMs - suspended.since < suspensionIsIncidentMs / parts.timeScale) return
    reported = true
    parts.openIncident({
      title: 'AI replies suspended: the halt state cannot be confirmed',
      type: 'availability',
      severity: 'P1',
      safety: 'high',
      source: 'halt',
      cause: `suspended-${suspended.why}`,
      scope: 'all',
      dedupeKey: 'halt:suspended',
      detectedAtMs: suspended.since,
      actor: parts.actor,
      data: { why: suspended.why },
      timeScale: parts.timeScale,
    })
  }
}
