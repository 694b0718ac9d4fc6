/** A share with its 95 % interval; without one while there is nothing to divide by. */
export interface Interval {
  lower: number
  upper: number
}

/** The two-sided 95 % quantile of the normal distribution. */
const z95 = 1.959963984540054
const alpha = 0.05

/**
 * Wilson's interval, 95 % two-sided: close to its promise also for small numbers. `of` at least 1.
 * @see Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927
 */
export function wilson(hits: number, of: number): Interval {
  const share = hits / of
  const spread = z95 ** 2 / of
  const middle = share + spread / 2
  const half = z95 * Math.sqrt((share * (1 - share)) / of + spread / (4 * of))
  return {
    lower: Math.max(0, (middle - half) / (1 + spread)),
    upper: Math.min(1, (middle + half) / (1 + spread)),
  }
}

/**
 * The exact interval of Clopper and Pearson, 95 % two-sided: never covers less than it says. `of` at least 1.
 * @see Clopper and Pearson, "The use of confidence or fiducial limits", Biometrika 26, 1934
 */
export function clopperPearson(hits: number, of: number): Interval {
  return {
    lower: hits === 0 ? 0 : betaQuantile(alpha / 2, hits, of - hits + 1),
    upper: hits === of ? 1 : betaQuantile(1 - alpha / 2, hits + 1, of - hits),
  }
}

/** Where the regularised incomplete beta function is `share`, by bisection: 60 halvings are more than a double holds. */
function betaQuantile(share: number, a: number, b: number): number {
  let [low, high] = [0, 1]
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (regularisedBeta(middle, a, b) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The regularised incomplete beta function, by its continued fraction (modified Lentz). */
function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // On the other side of the mean the fraction converges slowly, and the function is symmetric.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a)
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b))
  return (front * betaFraction(x, a, b)) / a
}

const tiny = 1e-300
const precision = 1e-15
const maxTerms = 10_000

function betaFraction(x: number, a: number, b: number): number {
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= maxTerms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let change = 1
    for (const term of [even, odd]) {
      d = 1 / away(1 + term * d)
      c = away(1 + term / c)
      change = c * d
      fraction *= change
    }
    if (Math.abs(change - 1) < precision) break
  }
  return fraction
}

/** Lanczos, g = 7, nine terms: right to about 15 digits. */
const lanczos = [
  0.999_999_999_999_809_9, 676.520_368_121_885_1, -1_259.139_216_722_402_8, 771.323_428_777_653_1,
  -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_572e-6,
  1.505_632_735_149_311_6e-7,
]

function logGamma(x: number): number {
  const at = x - 1
  const base = at + 7.5
  const sum = lanczos.reduce((total, term, index) => total + (index === 0 ? term : term / (at + index)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (at + 0.5) * Math.log(base) - base + Math.log(sum)
}
