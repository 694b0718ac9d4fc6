import { GatewayError } from '../errors.ts'
import { appendAudit } from '../stores/audit.ts'
import type { Records } from '../stores/records.ts'
import { findCrisisEvent } from './list-events.ts'
import { type Seal, SealError } from './seal.ts'

/**
 * The platform's own session id of a crisis event, so that a team can reach the person. The look is in the audit log
 * before the answer is given; without that line there is no answer. Rejects with `not_found` where nothing was sealed,
 * `conflict` where this gateway cannot open it.
 */
export async function revealSession(
  records: Records,
  seal: Seal | undefined,
  { id, actor }: { id: string; actor: string },
  nowMs: number,
): Promise<string> {
  const sealed = await records.write(async (trx) => {
    const { sealed_session, session_hash } = await findCrisisEvent(trx, id)
    if (sealed_session === null) throw new GatewayError('not_found', whyNone(id, session_hash !== null))
    await appendAudit(trx, {
      atMs: nowMs,
      actor,
      action: 'crisis-event.reveal-session',
      target: `crisis-event:${id}`,
      reason: '',
    })
    return sealed_session
  })
  if (seal === undefined)
    throw new GatewayError(
      'conflict',
      `this gateway has no master key: start it with the HALTGATE_MASTER_KEY that ${id} was sealed under`,
    )
  try {
    return await seal.open(sealed, id)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw new GatewayError('conflict', `the session of ${id} cannot be opened: ${error.message}`, {
      cause: error,
    })
  }
}

function whyNone(id: string, hadSession: boolean): string {
  return hadSession
    ? `the session of ${id} was not kept: there was no master key (HALTGATE_MASTER_KEY) when it was recorded`
    : `the caller named no session for ${id} (identify.session)`
}
