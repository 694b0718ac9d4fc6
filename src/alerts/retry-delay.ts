/** How urgent a message is: `safety` first, then `page`, then `update`. */
export const outboxClasses = ['safety', 'page', 'update'] as const
export type OutboxClass = (typeof outboxClasses)[number]

const ladders = {
  // A person waits for help: at the latest a second later, and never more than a minute apart.
  safety: { firstMs: 700, longestMs: 60_000 },
  page: { firstMs: 700, longestMs: 60_000 },
  update: { firstMs: 5_000, longestMs: 300_000 },
} as const satisfies Record<OutboxClass, { firstMs: number; longestMs: number }>

/**
 * How long after the `attempts`-th attempt the next one is due: doubled each time up to the longest, of which a random
 * half to whole is taken, so that many gateways and many rows do not come at once. A time that the receiver named is
 * kept to, but not beyond the longest.
 * @param random from 0 to 1
 */
export function retryDelayMs(
  urgency: OutboxClass,
  attempts: number,
  random: number,
  receiverSaysMs: number = 0,
): number {
  const { firstMs, longestMs } = ladders[urgency]
  const stepMs = Math.min(firstMs * 2 ** Math.min(attempts - 1, 30), longestMs)
  const jitteredMs = stepMs * (0.5 + random / 2)
  return Math.round(Math.min(Math.max(jitteredMs, receiverSaysMs), longestMs))
}
