import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  fastEDetector,
  lordenBound,
  meanDelay,
  type Rule,
  windowRule,
} from '../bench/detection-simulation.ts'
import {
  crossingOf,
  freshEDetector,
  recallAlternatives,
  recallLimit,
  stepEDetector,
} from '../src/signals/e-detector.ts'
import { seeded } from '../test/fixtures/seeded.ts'

/** Draws the pictures of docs/statistics.md, the same at every run: `npm run docs:statistics`. */

const images = join(import.meta.dirname, '../docs/images')
const width = 720
const height = 400
const cap = 200_000
const margin = { left: 70, right: 20, top: 20, bottom: 50 }

interface Series {
  name: string
  colour: string
  dash?: string
  points: readonly (readonly [number, number])[]
}

interface Axis {
  label: string
  from: number
  to: number
  ticks: readonly number[]
  text(value: number): string
  log?: boolean
}

function plot(
  x: Axis,
  y: Axis,
  series: readonly Series[],
  lines: readonly { at: number; text: string }[],
): string {
  const along = ({ from, to, log }: Axis, value: number) =>
    log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from)
  const px = (value: number) => margin.left + along(x, value) * (width - margin.left - margin.right)
  const py = (value: number) =>
    height - margin.bottom - along(y, value) * (height - margin.top - margin.bottom)
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="${y.label}, by ${x.label}">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
  ]
  for (const tick of x.ticks)
    out.push(
      `<line x1="${px(tick).toFixed(1)}" y1="${margin.top}" x2="${px(tick).toFixed(1)}" y2="${height - margin.bottom}" stroke="#eee"/>`,
      `<text x="${px(tick).toFixed(1)}" y="${height - margin.bottom + 18}" text-anchor="middle">${x.text(tick)}</text>`,
    )
  for (const tick of y.ticks)
    out.push(
      `<line x1="${margin.left}" y1="${py(tick).toFixed(1)}" x2="${width - margin.right}" y2="${py(tick).toFixed(1)}" stroke="#eee"/>`,
      `<text x="${margin.left - 8}" y="${(py(tick) + 4).toFixed(1)}" text-anchor="end">${y.text(tick)}</text>`,
    )
  for (const { at, text } of lines)
    out.push(
      `<line x1="${margin.left}" y1="${py(at).toFixed(1)}" x2="${width - margin.right}" y2="${py(at).toFixed(1)}" stroke="#c00" stroke-dasharray="6 4"/>`,
      `<text x="${width - margin.right - 4}" y="${(py(at) - 6).toFixed(1)}" text-anchor="end" fill="#c00">${text}</text>`,
    )
  series.forEach(({ name, colour, dash, points }, at) => {
    const path = points
      .map(([a, b], n) => `${n === 0 ? 'M' : 'L'}${px(a).toFixed(1)} ${py(b).toFixed(1)}`)
      .join('')
    const style = dash === undefined ? '' : ` stroke-dasharray="${dash}"`
    out.push(
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"${style}/>`,
      `<line x1="${margin.left + 14}" y1="${margin.top + 16 + 18 * at}" x2="${margin.left + 44}" y2="${margin.top + 16 + 18 * at}" stroke="${colour}" stroke-width="2"${style}/>`,
      `<text x="${margin.left + 50}" y="${margin.top + 20 + 18 * at}">${name}</text>`,
    )
  })
  out.push(
    `<text x="${(width + margin.left) / 2}" y="${height - 10}" text-anchor="middle">${x.label}</text>`,
    `<text transform="translate(16 ${height / 2}) rotate(-90)" text-anchor="middle">${y.label}</text>`,
    '</svg>',
  )
  return `${out.join('\n')}\n`
}

function drawDelays(): string {
  const recalls = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.84, 0.87, 0.89, 0.9, 0.91, 0.92]
  const random = seeded(5)
  const of = (rule: Rule) =>
    recalls.map((recall) => {
      const { delay = cap } = meanDelay(rule, recall, { runs: 600, cap, random })
      return [recall, delay] as const
    })
  const series: Series[] = [
    { name: 'the sequential test', colour: '#0057b8', points: of(fastEDetector()) },
    { name: 'rate over the last 200', colour: '#e07b00', points: of(windowRule(200)) },
    { name: 'rate over the last 500', colour: '#8a3ffc', points: of(windowRule(500)) },
    {
      name: 'least possible (Lorden)',
      colour: '#555',
      dash: '4 4',
      points: recalls.map((recall) => [recall, lordenBound(recall)] as const),
    },
  ]
  const x = { label: 'recall', from: 0, to: 0.95, ticks: [0, 0.2, 0.4, 0.6, 0.8, 0.9], text: String }
  const y = {
    label: 'outcomes until noticed, in the mean',
    from: 3,
    to: 10_000,
    ticks: [5, 10, 50, 100, 500, 1_000, 5_000],
    text: (value: number) => value.toLocaleString('en'),
    log: true,
  }
  return plot(x, y, series, [])
}

/** 300 outcomes at recall 97 %, then a fall to 70 %. */
function drawPath(): string {
  const test = { nullRate: 0.95, alternatives: recallAlternatives, limit: recallLimit }
  const random = seeded(12)
  let state = freshEDetector(test)
  const points: [number, number][] = []
  let crossedAt: number | undefined
  for (let n = 1; n <= 400 && (crossedAt === undefined || n < crossedAt + 15); n++) {
    state = stepEDetector(test, state, random() < (n <= 300 ? 0.97 : 0.7))
    const mean = state.components.reduce((sum, { logE }) => sum + Math.exp(logE), 0) / state.components.length
    points.push([n, mean])
    if (crossedAt === undefined && crossingOf(test, state) !== undefined) crossedAt = n
  }
  const last = points.at(-1)?.[0] ?? 400
  const x = {
    label: 'outcomes; recall falls to 70 % after 300',
    from: 0,
    to: last,
    ticks: [0, 100, 200, 300],
    text: String,
  }
  const y = {
    label: 'evidence, the mean of all alternatives',
    from: 0.5,
    to: 1e8,
    ticks: [1, 1e2, 1e4, 1e6, 1e8],
    text: (value: number) => `10^${Math.round(Math.log10(value))}`,
    log: true,
  }
  return plot(
    x,
    y,
    [{ name: 'evidence that recall is below 95 %', colour: '#0057b8', points }],
    [{ at: recallLimit, text: 'the limit: one million' }],
  )
}

writeFileSync(join(images, 'detection-delay.svg'), drawDelays())
writeFileSync(join(images, 'detection-evidence.svg'), drawPath())
