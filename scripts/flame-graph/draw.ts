import { type Part, parts } from './parts.ts'
import { type Frame, timeByPart, withoutSmall } from './profile.ts'

const width = 1_000
const margin = 8
const rowHeight = 15
const fontSize = 10
/** Of a sans-serif font of this size, in the mean. */
const letterWidth = 6.2
/** Of all time: frames that take less are one, under their caller. */
const leastShare = 0.003
const legendColumns = 4

/**
 * A flame graph: each box is a function, as wide as its share of the time, standing on the function that called it. Boxes
 * beside each other are in order of size, not of time. Pure SVG with a tooltip on each box, legible on any background.
 * @see https://www.brendangregg.com/flamegraphs.html
 */
export function drawFlameGraph(tree: Frame, { title, note }: { title: string; note: string }): string {
  const shown = withoutSmall(tree, tree.totalUs * leastShare)
  const legend = legendOf(tree)
  const legendHeight = Math.ceil(legend.length / legendColumns) * 18
  const top = 46 + legendHeight
  const height = top + depthOf(shown) * rowHeight + margin
  const scale = (width - 2 * margin) / tree.totalUs
  const boxes: string[] = []
  const draw = (frame: Frame, x: number, row: number) => {
    boxes.push(boxOf(frame, x, height - margin - (row + 1) * rowHeight, frame.totalUs * scale, tree.totalUs))
    let at = x
    for (const child of frame.children) {
      draw(child, at, row + 1)
      at += child.totalUs * scale
    }
  }
  draw(shown, margin, 0)
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="${fontSize}" role="img" aria-label="${escaped(`${title}: ${legend.map(({ text }) => text).join(', ')}`)}">`,
    `<style>rect{stroke:#fff;stroke-width:.5}${colourRules()}</style>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${margin}" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    `<text x="${margin}" y="36" fill="#444">${escaped(note)}</text>`,
    ...legend.map(({ part, text }, at) => {
      const x = margin + Math.floor(((at % legendColumns) * (width - 2 * margin)) / legendColumns)
      const y = 46 + Math.floor(at / legendColumns) * 18
      return `<rect class="${part}" x="${x}" y="${y}" width="12" height="12"/><text x="${x + 17}" y="${y + 10}">${escaped(text)}</text>`
    }),
    ...boxes,
    '</svg>',
  ].join('\n')}\n`
}

function boxOf(
  { name, file, part, totalUs }: Frame,
  x: number,
  y: number,
  wide: number,
  allUs: number,
): string {
  const where = file === '' ? '' : `, ${file}`
  const tip = `<title>${escaped(`${name}${where}: ${percent(totalUs / allUs)}`)}</title>`
  const rect = `<rect class="${part}" x="${short(x)}" y="${y}" width="${short(wide)}" height="${rowHeight}"/>`
  const label = labelOf(name, file, Math.floor((wide - 5) / letterWidth))
  const text = label === '' ? '' : `<text x="${short(x + 3)}" y="${y + 11}">${escaped(label)}</text>`
  return `<g>${tip}${rect}${text}</g>`
}

/** As much of name and file as fits into so many letters; nothing where it would tell nothing. */
function labelOf(name: string, file: string, letters: number): string {
  const module = /([^/]+?)(?:\.[cm]?[jt]s)?$/.exec(file)?.[1]
  const long = module === undefined ? name : `${name} · ${module}`
  if (long.length <= letters) return long
  if (name.length <= letters) return name
  return letters >= 4 ? `${name.slice(0, letters - 1)}…` : ''
}

function legendOf(tree: Frame): { part: Part; text: string }[] {
  const sums = timeByPart(tree)
  return partNames()
    .filter((part) => (sums.get(part) ?? 0) > 0)
    .map((part) => ({ part, text: `${parts[part].title} ${percent((sums.get(part) ?? 0) / tree.totalUs)}` }))
}

const partNames = () => Object.keys(parts).filter((name): name is Part => Object.hasOwn(parts, name))

const colourRules = () =>
  partNames()
    .map((part) => `.${part}{fill:${parts[part].colour}}`)
    .join('')

function depthOf({ children }: Frame): number {
  return 1 + Math.max(0, ...children.map(depthOf))
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const short = (value: number) => `${Math.round(value * 10) / 10}`

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
