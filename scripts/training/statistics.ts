/** A proportion with Wilson's 95 % interval. */
export interface Rate {
  hits: number
  total: number
  rate: number
  low: number
  high: number
}

/** Wilson's score interval (Wilson 1927), 95 %. */
export function wilson(hits: number, total: number): Rate {
  if (total === 0) return { hits, total, rate: Number.NaN, low: 0, high: 1 }
  const z = 1.959964
  const rate = hits / total
  const centre = rate + (z * z) / (2 * total)
  const spread = z * Math.sqrt((rate * (1 - rate)) / total + (z * z) / (4 * total * total))
  const scale = 1 + (z * z) / total
  return {
    hits,
    total,
    rate,
    low: Math.max(0, (centre - spread) / scale),
    high: Math.min(1, (centre + spread) / scale),
  }
}

export interface Scored {
  score: number
  label: 0 | 1
}

/** Area under the ROC curve by ranks (Mann-Whitney), ties counted half. */
export function auc(scored: readonly Scored[]): number {
  const sorted = [...scored].sort((a, b) => a.score - b.score)
  let rankSum = 0
  let positives = 0
  for (let from = 0; from < sorted.length; ) {
    let to = from
    while (to < sorted.length && sorted[to]?.score === sorted[from]?.score) to++
    const rank = (from + to + 1) / 2
    for (let at = from; at < to; at++) {
      if (sorted[at]?.label === 1) {
        rankSum += rank
        positives++
      }
    }
    from = to
  }
  const negatives = sorted.length - positives
  return positives === 0 || negatives === 0
    ? Number.NaN
    : (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/** The lowest score at which at most `falseAlarmRate` of the benign rows are at or above it. */
export function thresholdAt(scored: readonly Scored[], falseAlarmRate: number): number {
  const benign = scored
    .filter(({ label }) => label === 0)
    .map(({ score }) => score)
    .sort((a, b) => b - a)
  const allowed = Math.floor(benign.length * falseAlarmRate)
  return (benign[allowed] ?? 0) + 1e-9
}

/** The same with the mean over groups of benign rows, so that each group counts the same however large it is. */
export function thresholdByGroup<Each extends Scored>(
  scored: readonly Each[],
  groupOf: (each: Each) => string,
  falseAlarmRate: number,
): number {
  const benign = scored.filter(({ label }) => label === 0).sort((a, b) => b.score - a.score)
  const sizes = new Map<string, number>()
  for (const each of benign) sizes.set(groupOf(each), (sizes.get(groupOf(each)) ?? 0) + 1)
  let rate = 0
  for (const each of benign) {
    rate += 1 / (sizes.get(groupOf(each)) ?? 1) / sizes.size
    if (rate > falseAlarmRate) return each.score + 1e-9
  }
  return 1e-9
}

/** The highest score that still has `recall` of the crisis rows at or above it. */
export function thresholdForRecall(scored: readonly Scored[], recall: number): number {
  const crisis = scored
    .filter(({ label }) => label === 1)
    .map(({ score }) => score)
    .sort((a, b) => a - b)
  return crisis[Math.floor(crisis.length * (1 - recall))] ?? 0
}
