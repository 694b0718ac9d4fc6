import type { Clock } from '../../src/clock.ts'
import { silentLogger } from '../../src/logger.ts'
import type { CaughtReply, Disclosure } from '../../src/referrals/disclosure.ts'
import { createPseudonyms } from '../../src/referrals/pseudonym.ts'
import { createCrisisRecorder, type RecorderParts } from '../../src/referrals/recorder.ts'
import { createSeal, type Seal } from '../../src/referrals/seal.ts'
import type { Records } from '../../src/stores/records.ts'

/** 2026-11-22 10:00 UTC. */
export const noonishMs = Date.UTC(2026, 10, 22, 10)

export interface HandClock extends Clock {
  nowMs: number
}

export function handClock(nowMs = noonishMs): HandClock {
  const clock = { nowMs, wallMs: () => clock.nowMs, monotonicMs: () => clock.nowMs }
  return clock
}

export const masterKey = new Uint8Array(32).fill(7)
export const sealed = (): Promise<Seal> => createSeal(masterKey)

export const rules = {
  pageWithinMs: 300_000,
  giveUpAfterMs: 3_600_000,
  singleCountry: undefined,
  replies: {
    caught: { severity: 'P1', safety: 'high' },
    released: { severity: 'P0', safety: 'critical' },
    actor: 'haltgate:test',
    timeScale: 1,
  },
} as const satisfies ReturnType<RecorderParts['rules']>

export async function recorderFor(
  records: Records,
  change: Partial<Omit<RecorderParts, 'rules'>> & {
    rules?: Partial<ReturnType<RecorderParts['rules']>>
    seal?: Seal | undefined
  } = {},
) {
  const { rules: changedRules, ...parts } = change
  const seal = 'seal' in change ? change.seal : await sealed()
  return createCrisisRecorder({
    records,
    migrate: async () => {},
    keys: { pseudonyms: await createPseudonyms(new Uint8Array(32).fill(9)), seal, cipher: undefined },
    clock: handClock(),
    logger: silentLogger,
    onError: () => {},
    ...parts,
    rules: () => ({ ...rules, ...changedRules }),
  })
}

let made = 0

export function disclosure(change: Partial<Disclosure> = {}): Disclosure {
  return {
    id: `disclosure-${++made}`,
    atMs: noonishMs,
    outcome: 'alert',
    category: 'suicidal-ideation',
    level: 'active',
    score: 0.97,
    detectorVersion: 'crisis-1',
    who: {
      tenant: 'calm',
      session: 'session-of-ada',
      user: 'ada@example.org',
      region: 'DE',
      ageBand: '18-24',
    },
    planned: 'support',
    source: 'appended',
    textVersion: '2026-11-20',
    engine: 'primary',
    mode: 'enforce',
    ...change,
  }
}

export function caughtReply(change: Partial<CaughtReply> = {}): CaughtReply {
  return {
    id: `reply-${++made}`,
    atMs: noonishMs,
    kind: 'dismissal',
    score: 0.9,
    detectorVersion: 'reply-1',
    who: { tenant: 'calm', session: 'session-of-ada', user: 'ada@example.org' },
    engine: 'primary',
    planned: 'withhold',
    action: 'withheld',
    mode: 'enforce',
    ...change,
  }
}
