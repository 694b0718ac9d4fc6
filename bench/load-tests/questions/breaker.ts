import { setTimeout as pause } from 'node:timers/promises'
import { controlOf, until } from '../lib/control.ts'
import { drive, everydayRequests, nowMs } from '../lib/drive.ts'
import { startStage } from '../lib/processes.ts'
import type { Question } from '../lib/question.ts'
import { atLeast, atMost, isFailed, none } from '../lib/threshold.ts'

const resetTimeoutMs = 3_000
/** As the configuration has it: half of the calls in the window must have failed, so after good times that takes half of it. */
const rollingWindowMs = 10_000
const failback = { retryAfterMs: 2_000, healthyForMs: 3_000, trialEvery: 3 }
/** These would fail over after three seconds, before the circuit has opened; then it would get no more calls to judge by. */
const thresholds = { 'error-rate-critical': false, 'complete-outage': false }
const perSecond = 40
/** Streams that were running when the engine went down break: text that is out cannot be begun again elsewhere. */
const brokenBeforeMs = 250

/** The engine goes down and comes back. */
export const breaker: Question = {
  name: 'breaker',
  asks: 'The engine is down: does the breaker open, does the backup serve, and does no client get a 5xx?',
  takesSeconds: { long: 50, short: 22 },
  async run({ short, say }) {
    const stage = await startStage({
      hasBackup: true,
      config: { engines: { primary: { breaker: { resetTimeoutMs } }, failback }, plan: { thresholds } },
    })
    const circuit = async () => {
      const engines = await control.engines()
      return engines.find(({ name }) => name === 'primary')
    }
    const control = controlOf(stage.gateways[0])
    const load = drive([stage.gateways[0].trafficUrl], [{ forMs: 120_000, perSecond }], everydayRequests(4))
    try {
      await pause(short ? 2_000 : 14_000)
      say('the engine goes down')
      const downAtMs = nowMs()
      await stage.primary.setFaults({ down: true })
      const opened = await until(
        'an open circuit',
        10_000,
        async () => (await circuit())?.breaker === 'open',
        20,
      )
      say(`open after ${Math.round(opened.tookMs)} ms`)
      await pause(short ? 2_000 : 10_000)
      const upAtMs = nowMs()
      await stage.primary.setFaults({})
      say('the engine is back')
      const closed = await until(
        'a closed circuit',
        20_000,
        async () => (await circuit())?.breaker === 'closed',
        20,
      )
      const back = await until(
        'the primary serving',
        20_000,
        async () => (await circuit())?.state === 'active',
        20,
      )
      say(`closed after ${Math.round(closed.tookMs)} ms, serving after ${Math.round(back.atMs - upAtMs)} ms`)
      await pause(1_000)
      const exchanges = await load.stop()

      const cut = exchanges.filter(
        ({ isStream, ending, sentAtMs }) =>
          isStream && ending === 'broken' && sentAtMs < downAtMs + brokenBeforeMs,
      )
      const failed = exchanges.filter((exchange) => isFailed(exchange) && !cut.includes(exchange))
      // One that waits in line until the engine is back may well be answered by it.
      const whileOpen = exchanges.filter(
        ({ sentAtMs, firstByteAtMs }) => sentAtMs > opened.atMs && firstByteAtMs < upAtMs,
      )
      return [
        atMost('Engine down to circuit open', opened.atMs - downAtMs, rollingWindowMs / 2 + 2_000, 'ms'),
        atLeast('Exchanges meanwhile', whileOpen.length, perSecond / 2),
        none(
          'Of them not served by the backup',
          whileOpen
            .filter(({ engine }) => engine !== 'backup')
            .map(({ engine, status }) => `${engine ?? status}`),
        ),
        none(
          'Clients that got a 5xx, no reply or half of one',
          failed.map(({ status }) => `status ${status}`),
        ),
        atMost('Streams that ran when the engine went down, and broke', cut.length, perSecond / 4),
        atMost(
          'Engine back to circuit closed, by a call in half-open',
          closed.atMs - upAtMs,
          resetTimeoutMs + 2_000,
          'ms',
        ),
        atMost(
          'Engine back to primary serving',
          back.atMs - upAtMs,
          resetTimeoutMs + failback.healthyForMs + 4_000,
          'ms',
        ),
      ]
    } finally {
      await load.stop(0).catch(() => {})
      await stage.end()
    }
  },
}
