import { parseArgs } from 'node:util'
import { chunkCost, exchangeCost } from './cpu-cost.ts'
import { detectionDelay } from './detection-delay.ts'
import { detectorTimes } from './detectors.ts'
import type { Figure, Measure } from './figures.ts'
import { firstToken } from './first-token.ts'
import { haltTime } from './halt-time.ts'
import { idleStreams } from './idle-streams.ts'
import { probingCost } from './probing-cost.ts'
import { pinLoad } from './processes.ts'
import { table, writeReadme } from './report.ts'
import { smallCosts } from './small-costs.ts'

const measures: Measure[] = [
  exchangeCost,
  chunkCost,
  firstToken,
  detectorTimes,
  haltTime,
  idleStreams,
  smallCosts,
  detectionDelay,
  probingCost,
]

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
  },
})
const chosen = measures.filter(({ name }) => flags.only === undefined || flags.only.includes(name))
if (chosen.length === 0)
  throw new Error(`--only: expected one of ${measures.map(({ name }) => name).join(', ')}`)

pinLoad()
const figures: Figure[] = []
for (const { name, run } of chosen) {
  const say = (progress: string) => process.stderr.write(`${name}: ${progress}\n`)
  const taken = await run({ quick: flags.quick, long: flags.long, say })
  figures.push(...taken)
  if (flags.write)
    writeReadme(
      name,
      taken,
      process.argv.slice(2).filter((arg) => arg !== '--write'),
    )
}
process.stdout.write(`\n${table(figures)}\n`)
if (figures.some(({ met }) => met === false)) process.exitCode = 1
