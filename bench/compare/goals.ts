import { type Figure, round } from '../figures.ts'
import { moreThan, type Pick, type Results, ratioTo, type Spread, spreadOf, valuesOf } from './results.ts'

interface Goal {
  what: string
  of: Spread | undefined
  unit: string
  atMost: number
  goal: string
}

/** What we want of haltgate with everything on, judged by one run; what the run did not measure is said to be missing. */
export function goalsOf({ peers }: Results): Figure[] {
  const named = (name: string) => peers.find((peer) => peer.name === name)
  const [ours, off, workers] = [named('haltgate'), named('haltgate-off'), named('haltgate-workers')]
  const [passThrough, nginx, direct] = [named('pass-through'), named('nginx'), named('direct')]
  const only = (pick: Pick) => spreadOf(valuesOf(ours, pick))
  const times = (what: string, of: Spread | undefined, atMost: number, goal = `at most ${atMost} times`) => ({
    what,
    of,
    unit: ' times',
    atMost,
    goal,
  })
  const goals: Goal[] = [
    times('CPU per exchange, against the bare pass-through', ratioTo(ours, passThrough, jsonCpu), 1.6),
    times('CPU per streamed chunk, against the bare pass-through', ratioTo(ours, passThrough, chunkCpu), 1.5),
    times('CPU per exchange without detectors, against the same', ratioTo(off, passThrough, jsonCpu), 1.2),
    times('CPU per exchange, against nginx', ratioTo(ours, nginx, jsonCpu), 7),
    times(
      'CPU per exchange, against Portkey',
      ratioTo(ours, named('portkey'), jsonCpu),
      1 / 6,
      'at most a sixth',
    ),
    times(
      'CPU per exchange, against LiteLLM',
      ratioTo(ours, named('litellm'), jsonCpu),
      1 / 10,
      'at most a tenth',
    ),
    times('CPU per exchange with `--workers 2`, against one process', ratioTo(workers, ours, jsonCpu), 1.1),
    {
      what: 'Latency added to the direct way at a quarter of capacity, p50',
      of: moreThan(ours, direct, ({ latency }) => latency?.p50),
      ...below(0.5, 'ms'),
    },
    {
      what: 'The same, p99',
      of: moreThan(ours, direct, ({ latency }) => latency?.p99),
      ...below(2, 'ms'),
    },
    {
      what: 'Added to the time to the first token of a stream, p50',
      of: moreThan(ours, direct, ({ firstTokenMs }) => firstTokenMs),
      ...below(1, 'ms'),
    },
    { what: 'Start to ready', of: only(({ readyMs }) => readyMs), ...below(1_000, 'ms') },
    {
      what: 'Memory per open idle stream, of 1,000',
      of: only(({ idleStreamKb }) => idleStreamKb),
      ...below(150, 'KB'),
    },
  ]
  return goals.map(figureOf)
}

const jsonCpu: Pick = ({ json }) => json?.cpuUs
const chunkCpu: Pick = ({ stream }) => stream?.cpuUs
const below = (atMost: number, unit: string) => ({
  atMost,
  unit: ` ${unit}`,
  goal: `under ${atMost.toLocaleString('en')} ${unit}`,
})

function figureOf({ what, of, unit, atMost, goal }: Goal): Figure {
  if (of === undefined) return { what, measured: 'not measured', goal, met: undefined }
  const spread = of.least === of.most ? '' : ` (${round(of.least)} to ${round(of.most)})`
  return { what, measured: `${round(of.median)}${unit}${spread}`, goal, met: of.median <= atMost }
}
