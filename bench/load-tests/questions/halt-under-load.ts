import { type Figure, quantile, round } from '../../figures.ts'
import { type Control, controlOf, until } from '../lib/control.ts'
import { drive, everydayRequests, type Load } from '../lib/drive.ts'
import { startStage } from '../lib/processes.ts'
import type { Question, QuestionOptions } from '../lib/question.ts'
import { atLeast, atMost, between, isAi, madeAfter, none, told } from '../lib/threshold.ts'

/** A step of the ramp lasts ten seconds. */
const timeScale = 60
const openingMs = 30_000
/** The shortest replies of the demo engine have some eight words: they are open for a minute and longer. */
const chunkDelayMs = 8_000
const wholePerSecond = 25
/** Whom a step lets in is chosen by hash, of the 400 sessions of the load. */
const letIn = { 0.1: [3, 18], 0.5: [40, 60], 1: [99, 100] } as const

/** Everybody is talking when the halt comes; then the way back. */
export const haltUnderLoad: Question = {
  name: 'halt-under-load',
  asks: 'A halt while 2,000 streams are open: do all get the safe ending, how soon, and does the clearance ramp as it says?',
  takesSeconds: { long: 95, short: 95 },
  async run({ short, say }) {
    const count = short ? 1_000 : 2_000
    const stage = await startStage({
      config: { plan: { timeScale }, engines: { primary: { maxConnections: 2 * count } } },
    })
    const control = controlOf(stage.gateways[0])
    const { trafficUrl } = stage.gateways[0]
    const streamed = everydayRequests(1, { chunkDelayMs })
    const perSecond = (count * 1_000) / openingMs
    const whole = drive([trafficUrl], [{ forMs: 180_000, perSecond: wholePerSecond }], everydayRequests(0))
    const streams = drive([trafficUrl], [{ forMs: openingMs, perSecond }], streamed)
    try {
      await until('the streams', 60_000, async () => streams.talkingCount >= count * 0.99, 250)
      const openCount = streams.talkingCount
      say(`${openCount} streams are open`)
      const halted = await control.engage({ cause: 'operator', reason: 'load test' })
      // Two thousand endings come first: on a slow machine the answer may be that it is not durable yet.
      const { atMs: acknowledgedAtMs } = await until(
        'the acknowledgement',
        20_000,
        async () =>
          halted.acknowledged ||
          (await control.halts()).some(({ id, acknowledged }) => id === halted.halt.id && acknowledged),
        20,
      )
      const ended = await streams.stop(20_000)
      const cut = ended.filter(({ endedAtMs }) => endedAtMs > halted.halt.engagedAtMs)
      // One that had no word of the engine yet has no last one.
      const ms = (of: 'lastAiAtMs' | 'endedAtMs') =>
        cut.flatMap(({ [of]: atMs }) => (atMs === undefined ? [] : [atMs - halted.halt.engagedAtMs]))
      const lastText = ms('lastAiAtMs')
      say(
        `halted, acknowledged after ${Math.round(acknowledgedAtMs - halted.halt.engagedAtMs)} ms; ${cut.length} streams ended, ${lastText.length} of them with text`,
      )
      return [
        atLeast('Streams open at the halt, with words of the engine', openCount, count * 0.98),
        atMost('Halt engaged to acknowledged', acknowledgedAtMs - halted.halt.engagedAtMs, 2_000, 'ms'),
        none(
          'Streams without the safe ending',
          cut.filter(({ ending }) => ending !== 'safe').map(({ ending }) => ending),
        ),
        none(
          'AI text made after the acknowledgement that reached somebody',
          madeAfter([...ended, ...whole.ended], acknowledgedAtMs),
        ),
        atMost('Halt engaged to last AI byte, p99', quantile(lastText, 0.99), 100, 'ms'),
        told(
          'Halt engaged to last AI byte, most',
          `${round(Math.max(...lastText))} ms; negative: it had its last one before`,
        ),
        atMost('Halt engaged to end of the stream, p99', quantile(ms('endedAtMs'), 0.99), 2_000, 'ms'),
        ...(await wayBack(halted.halt.id, control, whole, say)),
      ]
    } finally {
      await Promise.all([streams, whole].map((load) => load.stop(0).catch(() => {})))
      await stage.end()
    }
  },
}

/** Statement, two approvals by two people, and the ramp; who gets AI replies is counted at each step. */
async function wayBack(
  id: string,
  control: Control,
  load: Load,
  say: QuestionOptions['say'],
): Promise<Figure[]> {
  const reason = 'load test: the way back'
  const clinical = await control.newKey('load test clinician', ['clinical'])
  const commander = await control.newKey('load test commander', ['commander'])
  await control.validate(id, { author: 'load test engineer', statement: 'nothing was wrong', reason })
  const { found: runHash } = await until('a validation that passed', 30_000, async () => {
    const { attempts } = await control.clearance(id)
    return attempts.find(({ passed }) => passed)?.runHash
  })
  for (const key of [clinical, commander]) await control.approve(id, key, { runHash, reason })
  const figures: Figure[] = []
  for (const share of [0.1, 0.5, 1] as const) {
    const { atMs: fromMs } = await until(`the step of ${100 * share} %`, 30_000, async () => {
      const now = await control.clearance(id)
      return now.state === 'ramping' && now.share === share
    })
    say(`${100 * share} % of the sessions`)
    const { atMs: toMs } = await until('the next step', 30_000, async () => {
      const now = await control.clearance(id)
      return now.state !== 'ramping' || now.share !== share
    })
    // The first ones may have been sent before the step, the last ones may be answered after it.
    const during = load.ended.filter(({ sentAtMs, endedAtMs }) => sentAtMs > fromMs && endedAtMs < toMs - 100)
    const sessions = new Set(during.map(({ session }) => session))
    const served = new Set(during.filter(isAi).map(({ session }) => session))
    figures.push(
      between(
        `Ramp at ${100 * share} %: sessions with AI replies, of ${sessions.size}`,
        (100 * served.size) / sessions.size,
        [...letIn[share]],
        '%',
      ),
    )
  }
  const { found } = await until('the clearance', 30_000, async () => (await control.clearance(id)).state)
  return [
    ...figures,
    { what: 'State of the halt after the ramp', measured: found, goal: 'cleared', met: found === 'cleared' },
  ]
}
