import type { HaltCause } from '../breakers/halt-entry.ts'
import type { IncidentType, SafetySeverity, Severity } from '../plan/severity.ts'

/** How an incident is classified. */
export interface Classification {
  type: IncidentType
  severity: Severity
  safety: SafetySeverity
}

/**
 * How grave a halt's incident is, by the halt's cause.
 *
 * No halt is below P1 and Safety-High: the conversation engine is out of service for the scope (R5, "core conversation
 * engine failure"), and everybody in it reads the written reply only. Above that:
 * - `crisis-detection` is P0 and Safety-Critical (R5, R52, C8);
 * - `harmful-reply` is P0 (R5) and Safety-Critical: the halt is engaged because harm went out, or was about to;
 * - `security` is P0 (R5, unauthorised access or breach);
 * - `operator`: what the person saw is not known yet; Safety-High is where the plan proposes a halt (default policy
 *   table), and a person may raise it;
 * - `drill`: as `operator`, so that the drill's clocks are real ones; it is marked as a drill;
 * - `maintenance`: as `drill`, but nothing is practised: it is marked as no drill.
 */
export const haltSeverity: Readonly<Record<HaltCause, Classification>> = {
  'crisis-detection': { type: 'safety', severity: 'P0', safety: 'critical' },
  'harmful-reply': { type: 'safety', severity: 'P0', safety: 'critical' },
  security: { type: 'security', severity: 'P0', safety: 'high' },
  operator: { type: 'safety', severity: 'P1', safety: 'high' },
  'error-rate': { type: 'availability', severity: 'P1', safety: 'high' },
  latency: { type: 'performance', severity: 'P1', safety: 'high' },
  drill: { type: 'safety', severity: 'P1', safety: 'high' },
  maintenance: { type: 'safety', severity: 'P1', safety: 'high' },
  other: { type: 'safety', severity: 'P1', safety: 'high' },
}
