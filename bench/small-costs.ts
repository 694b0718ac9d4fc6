import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Figure, type Measure, median, round } from './figures.ts'
import { programOf } from './gateway-program.ts'
import { startEngine, startHaltgate } from './processes.ts'

/** How long it takes until the gateway is ready, and how long an operator waits for the command line. */
export const smallCosts: Measure = {
  name: 'small',
  async run({ quick, say }) {
    const engine = await startEngine()
    const taken = { build: emptyTimes(), sources: emptyTimes() }
    // The first start of each compiles what the later ones find compiled.
    for (let turn = 0; turn <= (quick ? 3 : 9); turn++) {
      for (const as of ['build', 'sources'] as const) {
        const gateway = await startHaltgate(engine.url, { as })
        const { readyAfterMs, dataDir } = gateway
        const statusMs = await statusTakes(await programOf(as), dataDir)
        await gateway.end()
        say(`${as}, start ${turn}: ready after ${round(readyAfterMs)} ms, status ${round(statusMs)} ms`)
        if (turn === 0) continue
        taken[as].readyMs.push(readyAfterMs)
        taken[as].statusMs.push(statusMs)
      }
    }
    await engine.end()
    const both = (values: number[]) => `${round(median(values))} ms (least ${round(Math.min(...values))})`
    const { build, sources } = taken
    return [
      {
        what: 'Start to ready, a build',
        measured: both(build.readyMs),
        goal: 'under 1 s',
        met: median(build.readyMs) < 1_000,
      },
      plain('Start to ready, from the sources', both(sources.readyMs)),
      plain('`haltgate status`, from start to exit, a build', both(build.statusMs)),
      plain('`haltgate status`, from the sources', both(sources.statusMs)),
    ]
  },
}

const emptyTimes = (): { readyMs: number[]; statusMs: number[] } => ({ readyMs: [], statusMs: [] })
const plain = (what: string, measured: string): Figure => ({ what, measured, goal: '', met: undefined })

async function statusTakes(haltgate: string, dataDir: string): Promise<number> {
  const startedMs = performance.now()
  await promisify(execFile)(process.execPath, [haltgate, 'status', '--data-dir', dataDir])
  return performance.now() - startedMs
}
