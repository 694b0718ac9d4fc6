import type { Assessment } from '../finding.ts'
import type { PersonState } from './tally.ts'

/** What the crisis detector's outcome on the person's words means for the reply to them. */
export function personStateOf(outcome: Assessment): PersonState {
  return outcome === 'alert' ? 'crisis' : outcome === 'escalate' ? 'elevated' : 'none'
}
