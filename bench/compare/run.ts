import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seeded } from '../../test/fixtures/seeded.ts'
import { round as digits, median } from '../figures.ts'
import { hold } from '../idle-streams.ts'
import { calmRequests } from '../load.ts'
import { pinLoad, pinning, start, startEngine } from '../processes.ts'
import { table } from '../report.ts'
import { type Case, casesOf, firstTokenModels, wholeModel } from './cases.ts'
import { goalsOf } from './goals.ts'
import { arrivals } from './open-loop.ts'
import { peers } from './peers.ts'
import { learnReplies, type ReplyBook } from './replies.ts'
import type { Results, Taken } from './results.ts'
import { writeResults } from './results.ts'
import { addedMs, firstTokens, latencyOf, neededBy, openSubject, type Subject, turnedBy } from './round.ts'
import { compareTable, writeCompareReadme } from './tables.ts'

const caseNames = ['json', 'long', 'stream', 'latency', 'first-token', 'idle'] as const
const usage = `npm run bench:compare -- [options]

haltgate and others in front of the same engine, side by side in one run. Needs Linux and two cores.

  --quick           one round instead of three: about ten minutes instead of thirty
  --only NAME       only this peer or case; may be given several times
  --without NAME    not this peer or case; may be given several times
  --rate NUMBER     exchanges per second of the open loop, instead of a quarter of what haltgate can carry
  --write           puts the results into results.json, and the tables into bench/README.md
  --help            this

  peers: ${peers.map(({ name }) => name).join(', ')}
  cases: ${caseNames.join(', ')}

A single reply that is not what the engine said makes the run void: exit code 1. So does a missed goal.
The other gateways come with \`npm run compare:install\`.
`

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    without: { type: 'string', multiple: true, default: [] },
    rate: { type: 'string' },
  },
})
if (flags.help) {
  process.stdout.write(usage)
  process.exit(0)
}

const say = (progress: string) =>
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${progress}\n`)
const known: string[] = [...peers.map(({ name }) => name), ...caseNames]
for (const name of [...flags.only, ...flags.without])
  if (!known.includes(name)) throw new Error(`${name}: expected one of ${known.join(', ')}`)
const choose = <T>(all: readonly T[], nameOf: (item: T) => string) => {
  const named = all.filter((item) => flags.only.includes(nameOf(item)))
  return (named.length === 0 ? all : named).filter((item) => !flags.without.includes(nameOf(item)))
}

const asked = choose(peers, ({ name }) => name)
const chosenCases: readonly string[] = choose(caseNames, (name) => name)
const missing: string[] = []
const there = asked.flatMap((peer) => {
  try {
    return [{ peer, version: peer.version() }]
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    missing.push(why)
    say(why)
    return []
  }
})

pinLoad()
const rounds = flags.quick ? 1 : 3
const fresh = 6_000
const openLoopMs = flags.quick ? 6_000 : 10_000
const cases = casesOf(flags.quick).filter(({ name }) => chosenCases.includes(name))
const subjectsOf = there.map(({ peer }) => peer)
const requestsOf = new Map(
  cases.map((some) => [
    some.name,
    some.requests(neededBy(subjectsOf, some) + (some.name === 'json' ? fresh : 0)),
  ]),
)
const streamsOf = firstTokenModels.map((model) => calmRequests(model, 60))
/** What nobody has heard yet when the open loop begins. */
const latencyRequests = (requestsOf.get('json') ?? calmRequests(wholeModel, fresh)).slice(-fresh)
const [loadBefore = Number.NaN] = loadavg()
say('how still the core of the proxies stands: 10 s')
/** What the machine takes from everybody on that core, whatever runs there. */
const emptyLoop = await start('proxy', [join(import.meta.dirname, 'empty-loop.ts')])
const stoodStill = emptyLoop.url
await emptyLoop.end()
const results: Results = {
  command: ['npm run bench:compare', ...args()].join(' -- ').replace(' -- --', ' -- --'),
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${pinning}, load average ${digits(loadBefore)} before it; an empty loop on the core of the proxies stood still ${stoodStill}`,
  rounds,
  openLoopPerSecond: flags.rate === undefined ? undefined : Number(flags.rate),
  peers: there.map(({ peer: { name, title }, version }) => ({ name, title, version, rounds: [] })),
  missing,
}

const engine = await startEngine()
try {
  const book = await learnReplies(engine.url)
  for (let turn = 0; turn < rounds; turn++) {
    say(`round ${turn + 1} of ${rounds}: starting ${subjectsOf.map(({ name }) => name).join(', ')}`)
    const taken = await takeRound(turn, book)
    for (const peer of results.peers) peer.rounds.push(taken.get(peer.name) ?? {})
  }
} finally {
  await engine.end()
}

const goals = goalsOf(results)
process.stdout.write(`\n${compareTable(results)}\n\n${table(goals)}\n`)
if (flags.write) {
  writeResults(results)
  writeCompareReadme(results)
}
if (goals.some(({ met }) => met === false)) process.exitCode = 1

function args(): string[] {
  const given = process.argv.slice(2).filter((arg) => arg !== '--write')
  return given.length === 0 ? [] : [given.join(' ')]
}

/** Fresh processes of everybody, side by side; in short bursts and by turns, so that a neighbour disturbs all alike. */
async function takeRound(turn: number, book: ReplyBook): Promise<Map<string, Taken>> {
  const taken = new Map<string, Taken>(subjectsOf.map(({ name }) => [name, {}]))
  const subjects: Subject[] = []
  try {
    await takeStart(taken)
    for (const peer of turnedBy(subjectsOf, turn)) subjects.push(await openSubject(peer, engine.url, book))
    for (const some of cases) await takeCase(some, subjects, turn, taken)
    for (const { peer, program } of subjects) note(taken, peer.name, { residentKb: program.residentKb() })
    if (chosenCases.includes('latency')) await takeLatency(subjects, turn, taken)
    if (chosenCases.includes('first-token')) await takeFirstTokens(subjects, taken)
    for (const subject of subjects) await subject.checkScreened()
  } finally {
    await Promise.all(subjects.map((subject) => subject.end()))
  }
  if (chosenCases.includes('idle')) await takeIdle(turn, taken)
  return taken
}

function note(taken: Map<string, Taken>, name: string, some: Taken): void {
  taken.set(name, { ...taken.get(name), ...some })
}

/** Before anybody else is there: some go on loading on the same core after they are ready. */
async function takeStart(taken: Map<string, Taken>) {
  const ours = subjectsOf.find(({ name }) => name === 'haltgate')
  const readyMs: number[] = []
  for (let start = 0; ours !== undefined && start < 3; start++) {
    const program = await ours.start(engine.url)
    readyMs.push(program.readyAfterMs)
    await program.end()
  }
  if (ours !== undefined) note(taken, ours.name, { readyMs: median(readyMs) })
}

async function takeCase(some: Case, subjects: readonly Subject[], turn: number, taken: Map<string, Taken>) {
  const requests = requestsOf.get(some.name) ?? []
  for (const subject of subjects) {
    await subject.warmUp(some, requests)
    say(`  ${some.name}: ${subject.peer.name} is warm`)
  }
  for (let burst = 0; burst < some.bursts; burst++)
    for (const subject of turnedBy(subjects, burst + turn)) await subject.burst(some, requests, burst)
  for (const subject of subjects) note(taken, subject.peer.name, { [some.name]: subject.costOf(some) })
  const told = subjects.map((subject) => `${subject.peer.name} ${digits(subject.costOf(some).cpuUs)}`)
  say(`  ${some.name}: µs of CPU: ${told.join(', ')}`)
}

/** The same arrivals for everybody who can carry them with a third of its core to spare. */
async function takeLatency(subjects: readonly Subject[], turn: number, taken: Map<string, Taken>) {
  const capacity = (name: string) => taken.get(name)?.json?.perSecond
  results.openLoopPerSecond ??= Math.round((capacity('haltgate') ?? Number.NaN) / 4)
  const rate = results.openLoopPerSecond
  if (Number.isNaN(rate))
    throw new Error('latency: the rate is a quarter of what haltgate carries in the case json: give --rate')
  const slices = 2
  const took = new Map<string, number[]>(subjects.map(({ peer }) => [peer.name, []]))
  for (let slice = 0; slice < slices; slice++)
    for (const subject of turnedBy(subjects, slice + turn)) {
      const { name } = subject.peer
      if ((capacity(name) ?? Number.POSITIVE_INFINITY) < 1.5 * rate) continue
      const times = arrivals(rate, openLoopMs / slices, seeded(turn * slices + slice))
      took
        .get(name)
        ?.push(...(await subject.latencies(times, turnedBy(latencyRequests, (slice * fresh) / slices))))
    }
  for (const [name, tookMs] of took) if (tookMs.length > 0) note(taken, name, { latency: latencyOf(tookMs) })
  const told = [...took].map(
    ([name, ms]) => `${name} ${digits(latencyOf(ms).p50)}/${digits(latencyOf(ms).p99)}`,
  )
  say(`  latency at ${rate}/s, ms p50/p99: ${told.join(', ')}`)
}

async function takeFirstTokens(subjects: readonly Subject[], taken: Map<string, Taken>) {
  const took = await firstTokens(subjects, streamsOf, { warmUp: 20, count: flags.quick ? 100 : 200 })
  const direct = took.get('direct') ?? []
  for (const [name, tookMs] of took) note(taken, name, { firstTokenMs: addedMs(tookMs, direct) })
  say(
    `  first token: ${[...took].map(([name, ms]) => `${name} ${digits(addedMs(ms, direct))}`).join(', ')} ms more`,
  )
}

/** Each alone, as its neighbours would be in memory too. */
async function takeIdle(turn: number, taken: Map<string, Taken>) {
  for (const peer of turnedBy(subjectsOf, turn)) {
    if (peer.name === 'direct') continue
    const extraHeaders = peer.extraHeaders?.(engine.url) ?? {}
    const settleMs = flags.quick ? 3_000 : 5_000
    const sayIt = (progress: string) => say(`  idle: ${peer.name}: ${progress}`)
    const { perStreamKb } = await hold(await peer.start(engine.url), {
      ...{ settleMs, long: false, extraHeaders },
      say: sayIt,
    })
    note(taken, peer.name, { idleStreamKb: perStreamKb })
  }
}
