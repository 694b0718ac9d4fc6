import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newHaltId } from '../src/assemble.ts'
import { createSafetyHalt } from '../src/breakers/safety-halt.ts'
import { systemClock } from '../src/clock.ts'
import { Config } from '../src/config/schema.ts'
import { silentLogger } from '../src/logger.ts'
import { createSignalBook } from '../src/signals/book.ts'
import { createSqliteHalts } from '../src/stores/sqlite-halts.ts'
import { type Figure, type Measure, median, round } from './figures.ts'
import { startEngine, startHaltgate } from './processes.ts'

/** What an exchange pays for safety and measuring, and how long an operator waits for the command line. */
export const smallCosts: Measure = {
  name: 'small',
  async run({ quick, say }) {
    const figures = [
      plain('One check of the halt (every write has one)', `${round(await haltCheckNs())} ns`),
      plain('Recording one exchange for the signals', `${round(signalRecordNs())} ns`),
    ]
    say('halt check and signal record measured')
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
      ...figures,
      plain('Start to ready', both(readyMs)),
      plain('`haltgate status`, from start to exit', both(statusMs)),
    ]
  },
}

const plain = (what: string, measured: string): Figure => ({ what, measured, goal: '', met: undefined })

async function haltCheckNs(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-bench-'))
  const mirror = createSqliteHalts(join(folder, 'halts.db'))
  const halt = await createSafetyHalt({
    gatewayId: 'bench',
    mirror,
    shared: undefined,
    leaseMs: 10_000,
    clock: systemClock,
    logger: silentLogger,
    newId: newHaltId,
  })
  const subject = { engine: 'primary', tenant: 'bench' }
  const ns = nsPerCall(() => {
    if (halt.check(subject) !== undefined) throw new Error('the run is void: nothing was halted')
  })
  await halt.close()
  await mirror.close()
  rmSync(folder, { recursive: true, force: true })
  return ns
}

function signalRecordNs(): number {
  const book = createSignalBook({ plan: Config.parse({}).plan, clock: systemClock })
  let totalMs = 0
  return nsPerCall(() => {
    totalMs = (totalMs + 7) % 4_000
    book.recordExchange({ engine: 'primary', outcome: 'ok', firstByteMs: totalMs / 2, totalMs })
  })
}

/** The median of several runs of a hundred thousand, after a warm-up. */
function nsPerCall(call: () => void): number {
  const calls = 100_000
  const runs = Array.from({ length: 15 }, () => {
    const startedMs = performance.now()
    for (let n = 0; n < calls; n++) call()
    return ((performance.now() - startedMs) * 1e6) / calls
  })
  return median(runs.slice(5))
}

async function statusTakes(dataDir: string): Promise<number> {
  const startedMs = performance.now()
  const haltgate = join(import.meta.dirname, '../bin/haltgate.mjs')
  await promisify(execFile)(process.execPath, [haltgate, 'status', '--data-dir', dataDir])
  return performance.now() - startedMs
}
