import { setTimeout as pause } from 'node:timers/promises'
import type { Figure } from '../../figures.ts'
import { type Control, controlOf, until } from '../lib/control.ts'
import { drive, everydayRequests, type Load, nowMs } from '../lib/drive.ts'
import { type Stage, startStage } from '../lib/processes.ts'
import type { Question, QuestionOptions } from '../lib/question.ts'
import { atMost, isFailed, none } from '../lib/threshold.ts'

/** The plan's window of a minute is 12 s; the latencies themselves are not scaled. */
const timeScale = 5
const windowMs = 60_000 / timeScale
const clearForMs = 60_000 / timeScale
const perSecond = 20
const slackMs = 5_000
const failback = { retryAfterMs: 4_000, healthyForMs: 4_000, trialEvery: 4 }

/** R12: p95 above 5 s. */
export const latencyWarning: Question = {
  name: 'latency-warning',
  asks: 'Replies take 6 s: is it a warning within the window plus 5 s, and does it end with recovery?',
  takesSeconds: { long: 70, short: 55 },
  run: (options) =>
    underLoad(options, async ({ control, stage, say }) => {
      const trip = await slowDown(6_000, 'response-time-warning', { control, stage, say })
      const worse = await control.breaches()
      await stage.primary.setFaults({})
      say('the engine is quick again')
      const recovered = await until(
        'the end of the breach',
        60_000,
        async () => (await latencyBreaches(control)).length === 0,
      )
      return [
        trip,
        none(
          'Breaches that are more than a warning',
          worse
            .filter(({ level }) => level !== 'warning' && level !== 'notice')
            .map(({ threshold }) => threshold),
        ),
        atMost(
          'Engine quick again to breach ended',
          recovered.tookMs,
          6_000 + windowMs + clearForMs + slackMs,
          'ms',
        ),
      ]
    }),
}

/** R12: p95 above 10 s; the plan fails over to the backup. */
export const latencyCritical: Question = {
  name: 'latency-critical',
  asks: 'Replies take 11 s: is it critical within the window plus 5 s, does the backup take over, and does the primary come back?',
  takesSeconds: { long: 65, short: 50 },
  run: (options) =>
    underLoad(options, async ({ control, stage, load, say }) => {
      const trip = await slowDown(11_000, 'response-time-critical', { control, stage, say })
      const failover = await until(
        'the failover',
        slackMs,
        async () => (await stateOf(control, 'backup')) === 'active',
      )
      const sinceMs = nowMs()
      say('the backup serves')
      await pause(3_000)
      await stage.primary.setFaults({})
      say('the engine is quick again')
      const back = await until(
        'the primary serving again',
        40_000,
        async () => (await stateOf(control, 'primary')) === 'active',
      )
      const ended = await until(
        'the end of the breach',
        30_000,
        async () => (await latencyBreaches(control)).length === 0,
      )
      await pause(500)
      // Those that had gone to the slow engine before are still under way.
      const after = load.ended.filter(({ sentAtMs }) => sentAtMs > sinceMs && sentAtMs < sinceMs + 2_500)
      return [
        trip,
        atMost('Breach to backup serving', failover.tookMs, 1_000, 'ms'),
        none(
          'Exchanges from then on that were not served by the backup',
          after.filter(({ engine }) => engine !== 'backup').map(({ engine }) => engine ?? 'nobody'),
        ),
        atMost(
          'Engine quick again to primary serving',
          back.tookMs,
          failback.retryAfterMs + failback.healthyForMs + 11_000 + slackMs,
          'ms',
        ),
        atMost('Primary serving to breach ended', ended.tookMs, windowMs + clearForMs + slackMs, 'ms'),
      ]
    }),
}

interface Run {
  control: Control
  stage: Stage
  load: Load
  say: QuestionOptions['say']
}

async function underLoad(
  { short, say }: QuestionOptions,
  play: (run: Run) => Promise<Figure[]>,
): Promise<Figure[]> {
  const stage = await startStage({ hasBackup: true, config: { plan: { timeScale }, engines: { failback } } })
  const control = controlOf(stage.gateways[0])
  const load = drive([stage.gateways[0].trafficUrl], [{ forMs: 180_000, perSecond }], everydayRequests(4))
  try {
    // A full window of health first, or the first slow replies would have nothing to be measured against.
    await pause(short ? windowMs / 2 : windowMs)
    const figures = await play({ control, stage, load, say })
    const exchanges = await load.stop(12_000)
    const failed = exchanges.filter(isFailed).map(({ status }) => `status ${status}`)
    return [...figures, none('Clients that got a 5xx, no reply or half of one', failed)]
  } finally {
    await load.stop(0).catch(() => {})
    await stage.end()
  }
}

async function slowDown(
  firstByteMs: number,
  threshold: string,
  { control, stage, say }: Pick<Run, 'control' | 'stage' | 'say'>,
): Promise<Figure> {
  const healthy = await latencyBreaches(control)
  if (healthy.length > 0)
    throw new Error(`the run is void: ${healthy.join(', ')} was breached before it began`)
  await stage.primary.setFaults({ slow: { firstByteMs } })
  say(`replies now take ${firstByteMs / 1_000} s`)
  const tripped = await until(threshold, windowMs + slackMs + 10_000, async () =>
    (await latencyBreaches(control)).includes(threshold),
  )
  say(`${threshold} after ${Math.round(tripped.tookMs)} ms`)
  return atMost(`Engine slow to ${threshold}`, tripped.tookMs, windowMs + slackMs, 'ms')
}

async function latencyBreaches(control: Control): Promise<string[]> {
  return (await control.breaches())
    .filter(({ threshold, engine }) => threshold.startsWith('response-time') && engine === 'primary')
    .map(({ threshold }) => threshold)
}

async function stateOf(control: Control, engine: string): Promise<string | undefined> {
  return (await control.engines()).find(({ name }) => name === engine)?.state
}
