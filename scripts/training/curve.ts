import { type Scored, wilson } from './statistics.ts'

/** One point of a calibration curve: of the rows that got about `predicted`, this share were crises. */
export interface CurvePoint {
  predicted: number
  observed: number
  low: number
  high: number
  total: number
}

export function calibrationCurve(scored: readonly Scored[], bins = 10): CurvePoint[] {
  return Array.from({ length: bins }, (_, bin) => {
    const inside = scored.filter(({ score }) => Math.min(bins - 1, Math.floor(score * bins)) === bin)
    const { rate, low, high, total } = wilson(inside.filter(({ label }) => label === 1).length, inside.length)
    const predicted = inside.reduce((sum, { score }) => sum + score, 0) / Math.max(1, inside.length)
    return { predicted, observed: rate, low, high, total }
  }).filter(({ total }) => total > 0)
}

/** The curve as a picture: the dashed line is what a perfectly calibrated detector would give. */
export function drawCurve(points: readonly CurvePoint[]): string {
  const [size, margin] = [360, 48]
  const x = (value: number) => (margin + value * size).toFixed(1)
  const y = (value: number) => (margin / 2 + (1 - value) * size).toFixed(1)
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
  const parts = [
    ...ticks.map(
      (tick) =>
        `<line x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/>` +
        `<text x="${x(0)}" y="${y(tick)}" dx="-8" dy="4" text-anchor="end">${tick}</text>` +
        `<text x="${x(tick)}" y="${y(0)}" dy="18" text-anchor="middle">${tick}</text>`,
    ),
    `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#888" stroke-dasharray="4 4"/>`,
    `<polyline fill="none" stroke="#1f6feb" stroke-width="2" points="${points
      .map(({ predicted, observed }) => `${x(predicted)},${y(observed)}`)
      .join(' ')}"/>`,
    ...points.map(
      ({ predicted, observed, low, high, total }) =>
        `<line x1="${x(predicted)}" x2="${x(predicted)}" y1="${y(low)}" y2="${y(high)}" stroke="#1f6feb"/>` +
        `<circle cx="${x(predicted)}" cy="${y(observed)}" r="4" fill="#1f6feb"><title>${total} texts</title></circle>`,
    ),
    `<text x="${x(0.5)}" y="${y(0)}" dy="38" text-anchor="middle">score given</text>`,
    `<text transform="translate(12 ${y(0.5)}) rotate(-90)" text-anchor="middle">share that were crises</text>`,
  ]
  const [width, height] = [size + margin * 1.5, size + margin * 1.75]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="Calibration curve"><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>\n`
}
