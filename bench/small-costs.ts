import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Figure, type Measure, median, round } from './figures.ts'
import { startEngine, startHaltgate } from './processes.ts'

/** How long it takes until the gateway is ready, and how long an operator waits for the command line. */
export const smallCosts: Measure = {
  name: 'small',
  async run({ quick, say }) {
    const readyMs: number[] = []
    const statusMs: number[] = []
    const engine = await startEngine()
    for (let turn = 0; turn < (quick ? 3 : 9); turn++) {
      const gateway = await startHaltgate(engine.url)
      readyMs.push(gateway.readyAfterMs)
      statusMs.push(await statusTakes(gateway.dataDir))
      await gateway.end()
      say(
        `start ${turn + 1}: ready after ${round(readyMs.at(-1) ?? 0)} ms, status ${round(statusMs.at(-1) ?? 0)} ms`,
      )
    }
    await engine.end()
    const both = (values: number[]) => `${round(median(values))} ms (least ${round(Math.min(...values))})`
    return [
      plain('Start to ready', both(readyMs)),
      plain('`haltgate status`, from start to exit', both(statusMs)),
    ]
  },
}

const plain = (what: string, measured: string): Figure => ({ what, measured, goal: '', met: undefined })

async function statusTakes(dataDir: string): Promise<number> {
  const startedMs = performance.now()
  const haltgate = join(import.meta.dirname, '../bin/haltgate.mjs')
  await promisify(execFile)(process.execPath, [haltgate, 'status', '--data-dir', dataDir])
  return performance.now() - startedMs
}
