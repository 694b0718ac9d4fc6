import { type Outgoing, outboxId } from '../alerts/outbox.ts'
import type { CrisisEventRow } from '../stores/crisis-tables.ts'
import { sessionIdOf } from './crisis-event.ts'

/** Names of the channel and its receiver, as rows of the outbox hold them. */
export const referralTarget = { channel: 'webhook', target: 'referral' } as const

const prefix = 'crisis-event:'
export const referralSubject = (eventId: string) => `${prefix}${eventId}`

/** The event that a row of the outbox is about; `undefined` when it is about something else. */
export function eventIdOf(subject: string): string | undefined {
  return subject.startsWith(prefix) ? subject.slice(prefix.length) : undefined
}

/**
 * What the referral webhook receives: no text, no name, no session id. Who may reach the person reveals the session id
 * with a key of their own, and that is audited.
 */
export async function referralMessage(
  event: CrisisEventRow,
  giveUpAfterMs: number,
): Promise<{ id: string; out: Outgoing }> {
  const payload = JSON.stringify({
    type: 'crisis_event.created',
    timestamp: new Date(event.at_ms).toISOString(),
    data: {
      id: event.id,
      outcome: event.outcome,
      category: event.category,
      level: event.level,
      paging: event.page_by_ms === null ? null : 'clinical',
      pageBy: event.page_by_ms === null ? null : new Date(event.page_by_ms).toISOString(),
      user: event.user_hash,
      session: event.session_hash,
      sessionId: sessionIdOf(event),
      tenant: event.tenant,
      jurisdiction: event.jurisdiction,
      ageBand: event.age_band,
      source: event.source,
      engine: event.engine,
      api: `/admin/v1/crisis-events/${encodeURIComponent(event.id)}`,
    },
  })
  const out: Outgoing = {
    ...referralTarget,
    class: 'safety',
    subject: referralSubject(event.id),
    payload,
    atMs: event.at_ms,
    giveUpAtMs: event.at_ms + giveUpAfterMs,
  }
  return { id: await outboxId(out), out }
}
