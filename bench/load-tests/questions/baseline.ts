import { setTimeout as pause } from 'node:timers/promises'
import { type Control, controlOf } from '../lib/control.ts'
import { drive, everydayRequests, saturate } from '../lib/drive.ts'
import { startStage } from '../lib/processes.ts'
import type { Question } from '../lib/question.ts'
import { atLeast, atMost, isFailed, none, p95Ms, told } from '../lib/threshold.ts'

/** Waiting in line is in it, as is whatever else the machine does; a tenth of what a person notices. */
const addedLimitMs = 15
const timeScale = 12
/** Beside the load, straight to the engine: enough for a p95, too few to be load. */
const directPerSecond = 20
/** After a hiccup of the machine thousands of new ones would be the load. */
const connections = 128

/** What a service that is well feels of the gateway. */
export const baseline: Question = {
  name: 'baseline',
  asks: 'At half of what it can do: does no threshold trip, is nothing halted, and what does the gateway add?',
  takesSeconds: { long: 55, short: 24 },
  async run({ short, say }) {
    const stage = await startStage({ config: { plan: { timeScale } } })
    try {
      const [{ trafficUrl }] = stage.gateways
      const control = controlOf(stage.gateways[0])
      const requests = everydayRequests(0)
      const users = { concurrency: 32, forMs: short ? 3_000 : 6_000 }
      // The first exchanges of a process are dear: its code is compiled then.
      await saturate(trafficUrl, users, requests)
      const { perSecond: capacity } = await saturate(trafficUrl, users, requests)
      const perSecond = Math.round(capacity / 2)
      say(`it can do ${Math.round(capacity)} exchanges per second; now ${perSecond}`)
      await pause(1_000)
      const breachesBefore = await control.metric('haltgate_breaches_total')

      const forMs = short ? 8_000 : 25_000
      const through = drive([trafficUrl], [{ forMs, perSecond }], requests, { connections })
      const direct = drive([stage.primary.url], [{ forMs, perSecond: directPerSecond }], requests, {
        connections,
      })
      await pause(forMs)
      const [exchanges, straight] = await Promise.all([through.stop(), direct.stop()])
      return [
        told('Capacity (32 users, one exchange after the other)', `${Math.round(capacity)} exchanges/s`),
        atLeast('Exchanges at half of it', exchanges.length, Math.floor(perSecond * (forMs / 1_000) * 0.95)),
        none(
          'Replies that were not whole',
          exchanges.filter(isFailed).map(({ status }) => `status ${status}`),
        ),
        addedLatency(p95Ms(exchanges) - p95Ms(straight), short),
        told(
          'p95 through the gateway, and straight',
          `${p95Ms(exchanges).toFixed(1)} and ${p95Ms(straight).toFixed(1)} ms`,
        ),
        ...(await quiet(control, breachesBefore)),
      ]
    } finally {
      await stage.end()
    }
  },
}

/** Where CI runs it the machine is nobody's, and milliseconds say nothing. */
function addedLatency(addedMs: number, short: boolean) {
  const what = 'Added latency, p95 through the gateway less p95 straight to the engine'
  return short ? told(what, `${addedMs.toFixed(1)} ms`) : atMost(what, addedMs, addedLimitMs, 'ms')
}

/** No breach, no halt. */
async function quiet(control: Control, breachesBefore: number) {
  const breaches = (await control.metric('haltgate_breaches_total')) - breachesBefore
  const halts = await control.halts('all')
  return [
    atMost('Thresholds that tripped', breaches, 0),
    none(
      'Halts',
      halts.map(({ reason }) => reason),
    ),
  ]
}
