import { silentLogger } from '../../src/logger.ts'
import { createPseudonyms } from '../../src/referrals/pseudonym.ts'
import { createReviewRecorder, type ForReview } from '../../src/reviews/review-recorder.ts'
import type { Records } from '../../src/stores/records.ts'
import { createEvidenceCipher, type EvidenceCipher } from '../../src/vault/evidence-cipher.ts'

export const nowMs = 1_800_000_000_000
export const keptMs = 86_400_000

export const cipherOf = (...fills: [number, ...number[]]) => {
  const [newest, ...older] = fills.map((fill) => new Uint8Array(32).fill(fill))
  return createEvidenceCipher([newest ?? new Uint8Array(32), ...older])
}

/** Records these items as the gateway does, to their end. */
export async function recorded(
  records: Records,
  items: readonly ForReview[],
  { maxItems = 1_000, cipher }: { maxItems?: number; cipher?: EvidenceCipher | undefined } = {},
): Promise<number> {
  const recorder = createReviewRecorder({
    records,
    migrate: async () => {},
    cipher,
    pseudonyms: await createPseudonyms(new Uint8Array(32).fill(9)),
    rules: () => ({ evidenceKeptMs: keptMs, maxItems }),
    clock: { monotonicMs: () => 0, wallMs: () => nowMs },
    logger: silentLogger,
    onError: () => {},
  })
  for (const item of items) {
    recorder.offer(item)
    await recorder.flush()
  }
  await recorder.close()
  return recorder.dropped
}

let made = 0

export function forReview(change: Partial<ForReview> = {}): ForReview {
  made++
  return {
    id: `review-${String(made).padStart(6, '0')}`,
    kind: 'presumed-miss',
    category: 'suicidal-ideation',
    level: 'active',
    engine: 'primary',
    engineVersion: 'v1',
    engineHeard: false,
    language: 'en',
    who: { session: 's-1', tenant: 'calm' },
    score: 0.9,
    detectorVersion: 'crisis-1',
    excerpt: { user: 'I do not want to be here any more', reply: 'What a lovely day!' },
    ...change,
  }
}

export const decision = (itemId: string, personId: string, change: Record<string, unknown> = {}) => ({
  itemId,
  personId,
  actor: `name of ${personId}`,
  crisis: 'yes' as const,
  missed: 'yes' as const,
  harmful: 'no' as const,
  withoutEvidence: false,
  readers: 1 as 1 | 2,
  ...change,
})
