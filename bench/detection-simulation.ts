import { recallAlternatives, recallLimit } from '../src/signals/e-detector.ts'

/** A rule that watches outcomes and says when recall has fallen: told of each one, it answers whether it alarms now. */
export interface Rule {
  name: string
  /** Begins anew. */
  reset(): void
  step(isHit: boolean): 'none' | 'warning' | 'critical'
}

const warningBelow = 0.95
const criticalBelow = 0.9
/** As `mostEvidence` of the product. */
const mostEvidence = 3

/** The product's test over plain arrays, as fast as it goes; `detection-delay.ts` proves that it is the same. */
export function fastEDetector(limit = recallLimit): Rule {
  const size = recallAlternatives.length
  const hitGain = recallAlternatives.map((rate) => Math.log(rate / warningBelow))
  const missGain = recallAlternatives.map((rate) => Math.log((1 - rate) / (1 - warningBelow)))
  const evidence = new Float64Array(size)
  const outcomes = new Int32Array(size)
  const hits = new Int32Array(size)
  const needed = Math.log(limit * size)
  const ceiling = mostEvidence * Math.log(limit)
  return {
    name: 'ours',
    reset() {
      evidence.fill(0)
      outcomes.fill(0)
      hits.fill(0)
    },
    step(isHit) {
      const gain = isHit ? hitGain : missGain
      let leader = 0
      for (let at = 0; at < size; at++) {
        const value = (evidence[at] ?? 0) + (gain[at] ?? 0)
        if (value <= 0) {
          evidence[at] = 0
          outcomes[at] = 0
          hits[at] = 0
        } else {
          evidence[at] = Math.min(ceiling, value)
          outcomes[at] = (outcomes[at] ?? 0) + 1
          if (isHit) hits[at] = (hits[at] ?? 0) + 1
        }
        if ((evidence[at] ?? 0) >= (evidence[leader] ?? 0)) leader = at
      }
      const best = evidence[leader] ?? 0
      // The mean is never more than the largest.
      if (best < needed - Math.log(size)) return 'none'
      let sum = 0
      for (let at = 0; at < size; at++) sum += Math.exp((evidence[at] ?? 0) - best)
      if (best + Math.log(sum) < needed) return 'none'
      return (hits[leader] ?? 0) / (outcomes[leader] ?? 1) < criticalBelow ? 'critical' : 'warning'
    },
  }
}

/** The plain rule: recall over the last outcomes is below the critical limit, once there are fifty. */
export function windowRule(width: number, least = 50): Rule {
  const ring = new Uint8Array(width)
  let seen = 0
  let hits = 0
  return {
    name: `window of ${width}`,
    reset() {
      ring.fill(0)
      seen = 0
      hits = 0
    },
    step(isHit) {
      const at = seen % width
      if (seen >= width) hits -= ring[at] ?? 0
      ring[at] = isHit ? 1 : 0
      hits += ring[at] ?? 0
      seen++
      const count = Math.min(seen, width)
      return count >= least && hits / count < criticalBelow ? 'critical' : 'none'
    },
  }
}

/** The fewest outcomes in the mean that any rule of one false alarm in `recallLimit` can do with (Lorden 1971). */
export function lordenBound(recall: number): number {
  const part = (share: number, of: number) => (share === 0 ? 0 : share * Math.log(share / of))
  return Math.log(recallLimit) / (part(recall, warningBelow) + part(1 - recall, 1 - warningBelow))
}

/** What a rule has seen before recall falls: a service that works well. */
const healthy = { outcomes: 1_000, recall: 0.98 }

/**
 * How long a rule takes from the fall of recall on, in the mean of `runs`; `undefined` when one run passed `cap`. Before it
 * the service was well for a while; where the rule cried wolf even then, it begins anew.
 */
export function meanDelay(
  rule: Rule,
  recall: number,
  { runs, cap, random }: { runs: number; cap: number; random: () => number },
): { delay: number | undefined; simulated: number } {
  let simulated = 0
  let total = 0
  let isCapped = false
  for (let run = 0; run < runs; run++) {
    rule.reset()
    for (let n = 0; n < healthy.outcomes; n++)
      if (rule.step(random() < healthy.recall) !== 'none') rule.reset()
    simulated += healthy.outcomes
    let n = 0
    do n++
    while (rule.step(random() < recall) === 'none' && n < cap)
    total += n
    if (n >= cap) isCapped = true
  }
  return { delay: isCapped ? undefined : total / runs, simulated: simulated + total }
}

/** Alarms in a long run at this recall; the rule begins anew after each. */
export function alarmsIn(rule: Rule, recall: number, outcomes: number, random: () => number): number {
  rule.reset()
  let alarms = 0
  for (let n = 0; n < outcomes; n++) {
    if (rule.step(random() < recall) === 'none') continue
    alarms++
    rule.reset()
  }
  return alarms
}

/**
 * After how many outcomes each of `runs` is called critical, in order; `cap` for one that was not before. A warning on the way
 * ends nothing, as in the product. `before`: what the rule has seen first.
 */
export function criticalAfter(
  rule: Rule,
  recall: number,
  options: {
    runs: number
    cap: number
    random: () => number
    before?: { recall: number; outcomes: number }
  },
): number[] {
  const { runs, cap, random, before } = options
  return Array.from({ length: runs }, () => {
    rule.reset()
    for (let n = 0; n < (before?.outcomes ?? 0); n++) rule.step(random() < (before?.recall ?? 1))
    let n = 0
    do n++
    while (rule.step(random() < recall) !== 'critical' && n < cap)
    return n
  }).sort((a, b) => a - b)
}

/**
 * One kind of `kinds` falls to `recall`, all others stay well: how many disclosures pass in the mean until the test of that
 * kind or the pooled one alarms, and how many of them were of that kind. Each kind is drawn as often as any other.
 */
export function kindDelay(
  recall: number,
  { kinds, runs, random }: { kinds: number; runs: number; random: () => number },
): { outcomes: number; own: number } {
  const pooled = fastEDetector()
  const tests = Array.from({ length: kinds }, () => fastEDetector((kinds + 1) * recallLimit))
  let outcomes = 0
  let own = 0
  for (let run = 0; run < runs; run++) {
    for (const test of [pooled, ...tests]) test.reset()
    for (let isFound = false; !isFound; outcomes++) {
      const kind = Math.floor(random() * kinds)
      if (kind === 0) own++
      const isHit = random() < (kind === 0 ? recall : healthy.recall)
      const said = [pooled.step(isHit), tests[kind]?.step(isHit)]
      isFound = said.some((one) => one !== 'none')
    }
  }
  return { outcomes: outcomes / runs, own: own / runs }
}
