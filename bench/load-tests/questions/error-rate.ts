import { setTimeout as pause } from 'node:timers/promises'
import { type Figure, round } from '../../figures.ts'
import { type Control, controlOf, until } from '../lib/control.ts'
import { drive, everydayRequests, type Load, nowMs } from '../lib/drive.ts'
import { type Stage, startStage } from '../lib/processes.ts'
import type { Question } from '../lib/question.ts'
import { atLeast, between, none, told } from '../lib/threshold.ts'

/** The plan's window of five minutes is 10 s. */
const timeScale = 30
const windowMs = 300_000 / timeScale
const slackMs = 5_000
const perSecond = 150

/** R12 and R48, from the mildest to the gravest; what may be breached at each is named. `notice` is for the record only. */
const steps = [
  { share: 0.003, expected: undefined, worst: 'error-rate-notice' },
  { share: 0.007, expected: 'error-rate-warning', worst: 'error-rate-warning' },
  { share: 0.02, expected: 'error-rate-critical', worst: 'error-rate-critical' },
  { share: 0.12, expected: 'error-rate-rollback', worst: 'error-rate-rollback' },
] as const
const order = steps.map(({ worst }) => worst)

/** Errors from none to many, each share exactly and evenly. */
export const errorRate: Question = {
  name: 'error-rate',
  asks: 'Errors of 0.3, 0.7, 2 and 12 %: nothing, a warning, critical, a rollback trigger?',
  takesSeconds: { long: 75, short: 65 },
  async run({ short, say }) {
    // No backup: it would take the load over at the critical limit, and the last step could not come.
    const stage = await startStage({ config: { plan: { timeScale } } })
    const control = controlOf(stage.gateways[0])
    const load = drive([stage.gateways[0].trafficUrl], [{ forMs: 180_000, perSecond }], everydayRequests(0))
    try {
      await pause(short ? windowMs / 2 : windowMs)
      const figures: Figure[] = []
      for (const step of steps) figures.push(...(await take(step, { stage, control, load, say })))
      const incidents = await control.incidents()
      const facts = await Promise.all(incidents.map(({ id }) => control.eventFacts(id)))
      const rollbacks = facts.flat().filter((fact) => fact.includes('rollback-trigger'))
      return [
        ...figures,
        atLeast('Events of the incident that name the rollback trigger', rollbacks.length, 1),
        none(
          'Halts',
          (await control.halts('all')).map(({ reason }) => reason),
        ),
        told('Incidents', incidents.map(({ severity, title }) => `${severity} ${title}`).join('; ')),
      ]
    } finally {
      await load.stop(0).catch(() => {})
      await stage.end()
    }
  },
}

async function take(
  { share, expected, worst }: (typeof steps)[number],
  { stage, control, load, say }: { stage: Stage; control: Control; load: Load; say(progress: string): void },
): Promise<Figure[]> {
  const percent = `${round(100 * share)} %`
  say(`${percent} of the replies are errors`)
  await stage.primary.setFaults({ errors: share, errorSpread: 'even' })
  const sinceMs = nowMs()
  const figures: Figure[] = []
  if (expected !== undefined) {
    // The rollback trigger looks back one minute, for five.
    const withinMs = windowMs + (expected === 'error-rate-rollback' ? 60_000 / timeScale : 0) + slackMs
    const tripped = await until(expected, withinMs, async () => (await breached(control)).includes(expected))
    figures.push({
      what: `${percent}: ${expected}`,
      measured: `${Math.round(tripped.tookMs)} ms`,
      goal: `within ${withinMs} ms`,
      met: true,
    })
  }
  // A whole window of this share, and what it leads to.
  await pause(Math.max(0, sinceMs + windowMs + 1_500 - nowMs()))
  const graver = (await breached(control)).filter(
    (threshold) => order.indexOf(threshold) > order.indexOf(worst),
  )
  const during = load.ended.filter(({ sentAtMs }) => sentAtMs > sinceMs)
  const errors = during.filter(({ status }) => status >= 500).length
  return [
    ...figures,
    between(
      `${percent}: share of errors that clients got`,
      (100 * errors) / during.length,
      [80 * share, 120 * share],
      '%',
    ),
    none(`${percent}: graver than ${worst}`, graver),
  ]
}

async function breached(control: Control): Promise<(typeof order)[number][]> {
  const breaches = await control.breaches()
  return order.filter((threshold) => breaches.some((breach) => breach.threshold === threshold))
}
