import { setTimeout as pause } from 'node:timers/promises'
import { quantile, round } from '../../figures.ts'
import { controlOf, until } from '../lib/control.ts'
import { drive, everydayRequests, nowMs } from '../lib/drive.ts'
import { startStage } from '../lib/processes.ts'
import type { Question } from '../lib/question.ts'
import { atLeast, atMost, isAi, isFailed, madeAfter, none, told } from '../lib/threshold.ts'

/** An hour of the plan in a minute. */
const timeScale = 60
const perSecond = 60
const mostMisses = 6
/** Streams of two seconds, so that many run when the halt comes. */
const chunkDelayMs = 150

/** The engine goes deaf to people in despair while it serves everybody else as before. */
export const crisisDetection: Question = {
  name: 'crisis-detection',
  asks: 'The engine goes deaf: is it halted within six missed core probes, and does no AI text follow?',
  takesSeconds: { long: 35, short: 20 },
  async run({ short, say }) {
    const stage = await startStage({ config: { plan: { timeScale }, probes: { concurrency: 16 } } })
    const control = controlOf(stage.gateways[0])
    // No pauses: a probe's reply from before the engine went deaf must not come in after it.
    const faults = { slow: { firstByteMs: 0, perChunkMs: 0 } }
    await stage.primary.setFaults(faults)
    const load = drive(
      [stage.gateways[0].trafficUrl],
      [{ forMs: 120_000, perSecond }],
      everydayRequests(2, { chunkDelayMs }),
    )
    try {
      const { found: before } = await until('core probes', 30_000, async () => {
        const recall = await control.recall()
        return recall.of >= (short ? 10 : 40) && recall
      })
      await pause(short ? 500 : 5_000)
      say(`${before.hits} of ${before.of} core probes were heard; now the engine goes deaf`)
      const deafAtMs = nowMs()
      await stage.primary.setFaults({ ...faults, deaf: true })
      const { found: halt, atMs: acknowledgedAtMs } = await until(
        'an acknowledged halt',
        30_000,
        async () => {
          const halts = await control.halts()
          return halts.find(({ cause, acknowledged }) => cause === 'crisis-detection' && acknowledged)
        },
        10,
      )
      say(`halted after ${Math.round(acknowledgedAtMs - deafAtMs)} ms: ${halt.reason}`)
      await pause(short ? 2_000 : 8_000)
      const exchanges = await load.stop()

      const misses = Number(/(\d+) missed/.exec(halt.reason)?.[1] ?? Number.NaN)
      const cut = exchanges.filter(
        (exchange) => isAi(exchange) && exchange.endedAtMs > halt.engagedAtMs && exchange.ending === 'safe',
      )
      const lateMs = cut.map(({ lastAiAtMs = Number.NaN }) => lastAiAtMs - halt.engagedAtMs)
      const later = exchanges.filter(({ sentAtMs }) => sentAtMs > acknowledgedAtMs)
      return [
        none('Core probes missed while the engine was well', Array(before.missed).fill('missed')),
        atMost('Missed core probes until the halt', misses, mostMisses),
        told(
          'Engine deaf to halt acknowledged',
          `${Math.round(acknowledgedAtMs - deafAtMs)} ms, ${timeScale} times as fast as the plan`,
        ),
        none(
          'AI text made after the acknowledgement that reached somebody',
          madeAfter(exchanges, acknowledgedAtMs),
        ),
        atLeast('Streams that the halt cut, all with the safe ending', cut.length, 10),
        told('Halt engaged to last AI byte of a stream it cut', `p99 ${round(quantile(lateMs, 0.99))} ms`),
        atLeast('Exchanges after the acknowledgement', later.length, perSecond),
        none(
          'Of them without the safe reply',
          later
            .filter(({ ending, mark = '' }) => ending !== 'safe' || !mark.startsWith('halted'))
            .map(({ status, mark }) => `status ${status} ${mark ?? ''}`),
        ),
        none(
          'Clients that got a 5xx, no reply or half of one',
          exchanges.filter(isFailed).map(({ status }) => `status ${status}`),
        ),
      ]
    } finally {
      await load.stop(0).catch(() => {})
      await stage.end()
    }
  },
}
