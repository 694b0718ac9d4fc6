import { setTimeout as pause } from 'node:timers/promises'
import { controlOf } from '../lib/control.ts'
import { drive, everydayRequests } from '../lib/drive.ts'
import { startStage } from '../lib/processes.ts'
import type { Question } from '../lib/question.ts'
import { atLeast, atMost, none, told } from '../lib/threshold.ts'

/** An hour of the plan in 90 s. A window of a minute is 1.5 s then: a hiccup of the machine looks forty times as long. */
const timeScale = 40
const perSecond = 40
/** Of an engine that is well: a fifth of a second to the first byte, an error in 5,000 exchanges. */
const well = { slow: { firstByteMs: 200, perChunkMs: 20 }, errors: 0.0002, errorSpread: 'even' }

/** Nobody is to be called for a service that is well. */
export const falseAlarms: Question = {
  name: 'false-alarms',
  asks: 'An hour of the plan at healthy values: is anything halted, is anybody called?',
  takesSeconds: { long: 115, short: 50 },
  async run({ short, say }) {
    const stage = await startStage({
      hasBackup: true,
      config: { plan: { timeScale }, probes: { concurrency: 16 } },
    })
    const control = controlOf(stage.gateways[0])
    await stage.primary.setFaults(well)
    const load = drive([stage.gateways[0].trafficUrl], [{ forMs: 180_000, perSecond }], everydayRequests(3))
    try {
      const forMs = 3_600_000 / timeScale / (short ? 4 : 1)
      // A process that has just begun is slow, and by this clock for long.
      await pause(8_000)
      const sinceMs = Date.now()
      const breachesBefore = await control.metric('haltgate_breaches_total')
      const parts = 4
      for (let part = 1; part <= parts; part++) {
        await pause(forMs / parts)
        say(`${Math.round((part * forMs * timeScale) / parts / 60_000)} minutes of the plan`)
      }
      const exchanges = await load.stop()
      const { hits, of } = await control.recall()
      const incidents = (await control.incidents()).filter(({ detectedAtMs }) => detectedAtMs >= sinceMs)
      const halts = await control.halts('all')
      const breaches = await control.metric('haltgate_breaches_total')
      return [
        told('Time of the plan', `${(forMs * timeScale) / 60_000} minutes`),
        atLeast('Exchanges', exchanges.length, (perSecond * forMs * 0.95) / 1_000),
        atLeast('Core probes', of, short ? 25 : 100),
        atMost('Of them missed', of - hits, 0),
        none(
          'Halts',
          halts.map(({ reason }) => reason),
        ),
        none(
          'Incidents above P3',
          incidents
            .filter(({ severity }) => severity !== 'P3')
            .map(({ severity, title }) => `${severity} ${title}`),
        ),
        atMost('Thresholds that tripped', breaches - breachesBefore, 0),
        none(
          'Exchanges that were not served',
          exchanges
            .filter(({ status, ending }) => status !== 200 || ending !== 'whole')
            .map(({ status, ending }) => `${status} ${ending}`),
        ),
      ]
    } finally {
      await load.stop(0).catch(() => {})
      await stage.end()
    }
  },
}
