/**
 * The lowest score at which at most `falseAlarmRate` of the benign rows are at or above it, by weight: texts of one template
 * are no independent witnesses.
 */
export function weightedThresholdAt(
  scored: readonly { score: number; label: 0 | 1; weight: number }[],
  falseAlarmRate: number,
): number {
  const benign = scored.filter(({ label }) => label === 0).sort((a, b) => b.score - a.score)
  let allowed = benign.reduce((sum, { weight }) => sum + weight, 0) * falseAlarmRate
  const first = benign.find(({ weight }) => {
    allowed -= weight
    return allowed < 0
  })
  return (first?.score ?? 0) + 1e-9
}
