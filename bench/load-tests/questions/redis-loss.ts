import { setTimeout as pause } from 'node:timers/promises'
import { type Control, controlOf, until } from '../lib/control.ts'
import { drive, type Exchange, everydayRequests, nowMs } from '../lib/drive.ts'
import { startStage } from '../lib/processes.ts'
import type { Question } from '../lib/question.ts'
import { atLeast, atMost, isAi, isFailed, madeAfter, none, p95Ms } from '../lib/threshold.ts'

const haltLeaseMs = 3_000
/** A gateway looks at its lease that often; a busy machine is late now and then. */
const slackMs = 500
const perSecond = 40
const chunkDelayMs = 100

/** Two gateways share their halts over a Redis that hangs, and then dies with all it held. */
export const redisLoss: Question = {
  name: 'redis-loss',
  asks: 'Redis hangs, dies and comes back empty under load: do the promises of the halt hold, and does nobody notice a short one?',
  takesSeconds: { long: 60, short: 50 },
  async run({ short, say }) {
    const stage = await startStage({ gateways: 2, config: { policy: { haltLeaseMs } } })
    const controls = stage.gateways.map(controlOf)
    const [a, b] = controls
    if (a === undefined || b === undefined) throw new Error('expected two gateways')
    const load = drive(
      stage.gateways.map(({ trafficUrl }) => trafficUrl),
      [{ forMs: 180_000, perSecond }],
      everydayRequests(3, { chunkDelayMs }),
    )
    try {
      await pause(short ? 5_000 : 10_000)
      const calmFromMs = nowMs()
      await pause(5_000)
      say('Redis hangs for a moment')
      const hangsAtMs = nowMs()
      stage.redis.pause()
      await pause(haltLeaseMs / 2)
      stage.redis.resume()
      const goesOnAtMs = nowMs()
      await pause(3_000)

      say('Redis hangs for longer than the lease')
      const stuckAtMs = nowMs()
      stage.redis.pause()
      await pause(haltLeaseMs + 1_000)
      const first = a.engage({ cause: 'drill', reason: 'load test: while Redis hangs' })
      await pause(2_000)
      stage.redis.resume()
      const kept = await inForceOnAll((await first).halt.id, controls)
      say(
        `the halt that was engaged meanwhile is in force on both, ${Math.round(kept.tookMs)} ms after Redis came back`,
      )
      await pause(2_000)
      const clearedAtMs = nowMs()
      await a.clear((await first).halt.id, 'load test: go on')
      await repliesAreOn(load.ended)
      await pause(2_000)

      say('Redis is killed')
      const killedAtMs = nowMs()
      await stage.redis.stop('SIGKILL')
      await pause(haltLeaseMs + 1_000)
      const second = b.engage({ cause: 'drill', reason: 'load test: while Redis is gone' })
      await pause(1_000)
      // It saves nothing: it knows no halt, and not even that it is a halt store.
      await stage.redis.start()
      const backAtMs = nowMs()
      const remembered = await inForceOnAll((await second).halt.id, controls)
      say(
        `Redis is back, empty; the halt is in force on both, ${Math.round(remembered.atMs - backAtMs)} ms later`,
      )
      await pause(2_000)
      const secondClearedAtMs = nowMs()
      await b.clear((await second).halt.id, 'load test: go on')
      await repliesAreOn(load.ended)
      await pause(1_000)
      const exchanges = await load.stop()

      const sent = (fromMs: number, toMs: number) =>
        exchanges.filter(({ sentAtMs }) => sentAtMs > fromMs && sentAtMs < toMs)
      const whole = (some: readonly Exchange[]) => some.filter(({ isStream }) => !isStream)
      const calm = whole(sent(calmFromMs, hangsAtMs))
      const short1 = sent(hangsAtMs, goesOnAtMs)
      /** AI text that is younger than the lease allows, until something is on again. */
      const tooYoung = (lostAtMs: number, untilMs: number) =>
        madeAfter(
          exchanges.filter(({ madeAtMs = 0 }) => madeAtMs < untilMs),
          lostAtMs + haltLeaseMs + slackMs,
        )
      const stuckUntilMs = stuckAtMs + haltLeaseMs + 3_000
      return [
        atLeast('Exchanges within the lease', short1.length, (perSecond * haltLeaseMs) / 2_000 - 5),
        none(
          'Of them not answered by the engine',
          short1.filter((one) => !isAi(one)).map(({ mark, status }) => mark ?? `${status}`),
        ),
        atMost(
          'Latency within the lease less the one before, p95 of whole replies',
          p95Ms(whole(short1)) - p95Ms(calm),
          50,
          'ms',
        ),
        none('AI text made later than the lease, while Redis hung', tooYoung(stuckAtMs, stuckUntilMs)),
        none(
          'AI text made while the halt from then was in force on both',
          inside(exchanges, kept.atMs, clearedAtMs),
        ),
        none('AI text made later than the lease, while Redis was gone', tooYoung(killedAtMs, backAtMs)),
        none(
          'AI text made while the halt from then was in force on both, Redis empty at first',
          inside(exchanges, remembered.atMs, secondClearedAtMs),
        ),
        atMost('Redis back to the halt in force on both: hung', kept.tookMs, 5_000, 'ms'),
        atMost('Redis back to the halt in force on both: killed', remembered.atMs - backAtMs, 10_000, 'ms'),
        atLeast(
          'Exchanges answered by the engine in the end',
          sent(secondClearedAtMs, Number.POSITIVE_INFINITY).filter(isAi).length,
          10,
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

/** Known to all gateways, and durable. */
const inForceOnAll = (id: string, controls: readonly Control[]) =>
  until(
    'the halt on every gateway',
    20_000,
    async () => {
      const lists = await Promise.all(controls.map((control) => control.halts()))
      return lists.every((halts) => halts.some((halt) => halt.id === id && halt.acknowledged))
    },
    20,
  )

/** Until replies have come from the engine again, ten of them. */
async function repliesAreOn(ended: readonly Exchange[]): Promise<void> {
  const from = ended.length
  await until('replies of the engine', 20_000, async () => ended.slice(from).filter(isAi).length >= 10)
}

const inside = (exchanges: readonly Exchange[], fromMs: number, toMs: number) =>
  madeAfter(
    exchanges.filter(({ madeAtMs = 0 }) => madeAtMs < toMs),
    fromMs,
  )
