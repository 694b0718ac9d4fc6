import type { UserReport } from '../detectors/detector.ts'
import type { CrisisFinding } from '../detectors/finding.ts'
import type { PersonState } from '../detectors/harmful-reply/tally.ts'
import type { RemoteVerdict } from '../detectors/remote/screen.ts'
import type { CrisisAction, HoldBackMode, SafetyPolicy } from '../plan/policy.ts'
import type { DisclosureSource } from '../referrals/disclosure.ts'
import type { Variant } from '../safe-reply/texts.ts'
import type { LiveExchange } from './live-exchange.ts'

/** What the person's side of an exchange was found to be, and what follows from it. */
export interface Screening {
  report: UserReport
  /** What the reply is judged against. */
  state: PersonState
  /** The person's last words, for the same. Never stored, logged or sent out. */
  words: string
  /** The most telling finding of an alert; `undefined` when this message discloses nothing. */
  finding: CrisisFinding | undefined
  action: CrisisAction
  /** Which text suits. */
  variant: Variant
  /** What was done about it so far; recorded when the exchange ends. */
  given: { source: DisclosureSource; textVersion: string | undefined }
  /** Another opinion under way; settles within its deadline, never rejects. */
  remote: Promise<RemoteVerdict> | undefined
}

/** How much of a streamed reply waits for its verdict. */
export function holdBackOf(
  holdBack: 'by-risk' | HoldBackMode,
  screening: Pick<Screening, 'state' | 'finding'>,
): HoldBackMode {
  if (holdBack !== 'by-risk') return holdBack
  // What a reply leaves out matters to somebody who has just told of it; later on, what it says.
  if (screening.finding !== undefined) return 'reply'
  return screening.state === 'none' ? 'phrase' : 'sentence'
}

/** Whether an error must not be all that the person gets. Who only observes changes nothing, errors neither. */
export function inCrisis(
  { policy }: { policy: Pick<SafetyPolicy, 'mode'> },
  { screening, conversation }: LiveExchange,
): boolean {
  const isText = conversation?.request.replyForm === 'text'
  return policy.mode === 'enforce' && isText && screening?.state === 'crisis'
}
