import type { Route } from '../engines/route.ts'
import type { OpenIncidentRequest } from '../incidents/open.ts'
import type { Logger } from '../logger.ts'
import { type Breach, type BreachChange, severityOf } from '../signals/breach.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/**
 * What the gateway does by itself about a breach: it is logged and counted, its incident is opened, and where the plan
 * says so and a backup stands ready, traffic fails over. A rollback trigger (R48) is recognised and recorded; acting
 * on it is a person's.
 */
export function respondToBreaches(parts: {
  metrics: Metrics
  logger: Logger
  route: Route
  active(): Breach[]
  openIncident(request: OpenIncidentRequest): void
  noteIncident(dedupeKey: string, type: string, data: Record<string, string | number>): void
  actor: string
  timeScale: number
}): (changes: readonly BreachChange[]) => void {
  const { metrics, logger, route } = parts

  function begin(breach: Breach) {
    if (breach.responses.includes('fail-over') && breach.engine === 'primary')
      route.failOver(`${breach.threshold} breached`)
    const incident = severityOf(
      parts.active().filter(({ incidentKey }) => incidentKey === breach.incidentKey),
    )
    if (incident === undefined) return
    parts.openIncident({
      ...incident,
      title: titleOf(breach),
      source: 'signals',
      cause: breach.signal,
      scope: breach.engine === undefined ? 'all' : `engine:${breach.engine}`,
      dedupeKey: breach.incidentKey,
      detectedAtMs: breach.crossedAtMs,
      actor: parts.actor,
      data: factsOf(breach),
      timeScale: parts.timeScale,
    })
  }

  /** The backup may not have been ready when the breach began, so a lasting one is looked at again. */
  function failOverFromLasting() {
    if (route.state !== 'primary') return
    const lasting = parts
      .active()
      .find(({ responses, engine }) => engine === 'primary' && responses.includes('fail-over'))
    if (lasting !== undefined) route.failOver(`${lasting.threshold} breached`)
  }

  return function respondToBreaches(changes) {
    failOverFromLasting()
    for (const { kind, breach } of changes) {
      const labels = { threshold: breach.threshold, engine: breach.engine ?? 'all' }
      metrics.breaches.set(labels, kind === 'opened' ? 1 : 0)
      if (kind === 'opened') {
        metrics.breachesTotal.inc(labels)
        logger.warn({ ...labels, ...factsOf(breach) }, 'threshold breached')
        begin(breach)
      } else {
        logger.info({ ...labels, worstValue: breach.worstValue }, 'breach ended')
        if (breach.severity !== null)
          parts.noteIncident(breach.incidentKey, 'breach-ended', {
            threshold: breach.threshold,
            worstValue: breach.worstValue,
          })
      }
    }
  }
}

function titleOf({ signal, level, engine, responses }: Breach): string {
  const what = `${signal} ${level === 'rollback' ? 'critical' : level} on ${engine ?? 'the service'}`
  return responses.includes('rollback-trigger') ? `${what}: rollback trigger (R48)` : what
}

function factsOf({ threshold, level, value, samples, limit, responses }: Breach) {
  return {
    threshold,
    level,
    value,
    samples,
    limit: `${limit.kind} ${limit.value}`,
    responses: responses.join(','),
  }
}
