import { setTimeout as pause } from 'node:timers/promises'
import { startDemoEngine } from '../src/demo/engine.ts'
import { type Figure, type Measure, round } from './figures.ts'
import { startHaltgate } from './processes.ts'

/** Mean time between probes by default, and in the measurement, so that the kernel's steps of 10 ms tell something. */
const usualMs = 5_000
const fastMs = 50
const goalShare = 0.01

/** What it costs the gateway to know that crisis detection works, with nobody else about. */
export const probingCost: Measure = {
  name: 'probing',
  async run({ quick, say }) {
    const forMs = quick ? 15_000 : 60_000
    const engine = await startDemoEngine({ chunkDelayMs: 0 })
    async function cpuOf(probes: object): Promise<{ cpuMs: number; sent: number }> {
      const gateway = await startHaltgate(engine.url, { probes })
      // Past the start, and with warm code.
      await pause(10_000)
      const before = { cpuMs: gateway.cpuMs(), sent: await sentBy(gateway) }
      await pause(forMs)
      const cpuMs = gateway.cpuMs() - before.cpuMs
      const sent = (await sentBy(gateway)) - before.sent
      await gateway.end()
      return { cpuMs, sent }
    }
    const idle = await cpuOf({ enabled: false })
    say(`without probes ${idle.cpuMs} ms of CPU in ${forMs / 1_000} s`)
    const probing = await cpuOf({ everyMs: fastMs })
    say(`with ${probing.sent} probes ${probing.cpuMs} ms`)
    await engine.close()
    if (probing.sent < forMs / fastMs / 2)
      throw new Error(`the run is void: only ${probing.sent} probes were sent`)
    const perProbeMs = (probing.cpuMs - idle.cpuMs) / probing.sent
    const share = perProbeMs / usualMs
    const figures: Figure[] = [
      {
        what: 'CPU of one probe, from draw to stored outcome',
        measured: `${round(perProbeMs)} ms`,
        goal: '',
        met: undefined,
      },
      {
        what: `probing one engine every ${usualMs / 1_000} s, of one core`,
        measured: `${round(100 * share)} %`,
        goal: 'under 1 %',
        met: share < goalShare,
      },
    ]
    return figures
  },
}

async function sentBy({ controlUrl, adminKey }: { controlUrl: string; adminKey: string }): Promise<number> {
  const response = await fetch(`${controlUrl}/metrics`, { headers: { authorization: `Bearer ${adminKey}` } })
  const page = await response.text()
  const lines = page.split('\n').filter((line) => line.startsWith('haltgate_probes_total{'))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
