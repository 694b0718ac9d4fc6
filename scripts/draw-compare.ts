import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readResults, spreadOf, valuesOf } from '../bench/compare/results.ts'
import { round } from '../bench/figures.ts'

/** Draws docs/images/compare.svg from what `npm run bench:compare -- --write` has measured: `npm run docs:compare`. */

const width = 720
const barHeight = 22
const rowHeight = 34
const margin = { left: 230, right: 90, top: 44, bottom: 46 }

interface Bar {
  name: string
  title: string
  us: number
}

const { peers, date } = readResults()
const bars = peers
  .map(({ name, title, ...rest }) => ({
    name,
    title: title.replaceAll('`', ''),
    us: spreadOf(valuesOf({ name, title, ...rest }, ({ json }) => json?.cpuUs))?.median,
  }))
  .filter((bar): bar is Bar => bar.us !== undefined)
  .sort((a, b) => a.us - b.us)
writeFileSync(join(import.meta.dirname, '../docs/images/compare.svg'), draw(bars))

/** Horizontal bars on a logarithmic scale, ours in a colour of their own; readable on white and on black. */
function draw(bars: readonly Bar[]): string {
  const height = margin.top + bars.length * rowHeight + margin.bottom
  const least = 10
  const most = 10 ** Math.ceil(Math.log10(Math.max(100, ...bars.map(({ us }) => us))))
  const right = width - margin.right
  const px = (us: number) =>
    margin.left + (Math.log(Math.max(us, least) / least) / Math.log(most / least)) * (right - margin.left)
  const told = bars.map(({ title, us }) => `${title} ${round(us)}`).join(', ')
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" role="img" aria-label="CPU per exchange in microseconds: ${told}">`,
    '<style>',
    '  .back { fill: #ffffff } .text { fill: #24292f } .quiet { fill: #57606a } .grid { stroke: #d0d7de }',
    '  .theirs { fill: #8c959f } .ours { fill: #0057b8 }',
    '  @media (prefers-color-scheme: dark) {',
    '    .back { fill: #0d1117 } .text { fill: #e6edf3 } .quiet { fill: #9da7b3 } .grid { stroke: #30363d }',
    '    .theirs { fill: #6e7681 } .ours { fill: #4c9aff }',
    '  }',
    '</style>',
    `<rect class="back" width="${width}" height="${height}"/>`,
    `<text class="text" x="16" y="26" font-size="15" font-weight="bold">CPU per exchange, all processes of each proxy</text>`,
  ]
  for (let tick = least; tick <= most; tick *= 10)
    out.push(
      `<line class="grid" x1="${px(tick).toFixed(1)}" y1="${margin.top}" x2="${px(tick).toFixed(1)}" y2="${height - margin.bottom}"/>`,
      `<text class="quiet" x="${px(tick).toFixed(1)}" y="${height - margin.bottom + 18}" text-anchor="middle">${tick.toLocaleString('en')} µs</text>`,
    )
  bars.forEach(({ name, title, us }, row) => {
    const y = margin.top + row * rowHeight + (rowHeight - barHeight) / 2
    const isOurs = name.startsWith('haltgate')
    const weight = name === 'haltgate' ? ' font-weight="bold"' : ''
    out.push(
      `<text class="text" x="${margin.left - 10}" y="${y + 16}" text-anchor="end"${weight}>${title}</text>`,
      `<rect class="${isOurs ? 'ours' : 'theirs'}" x="${margin.left}" y="${y}" width="${(px(us) - margin.left).toFixed(1)}" height="${barHeight}" rx="3"/>`,
      `<text class="text" x="${(px(us) + 8).toFixed(1)}" y="${y + 16}"${weight}>${Math.round(us).toLocaleString('en')} µs</text>`,
    )
  })
  out.push(
    `<text class="quiet" x="16" y="${height - 8}">1.5 KB in, 0.7 KB out, 32 connections, one core; each grid line is ten times the one before. ${date}</text>`,
    '</svg>',
  )
  return `${out.join('\n')}\n`
}
