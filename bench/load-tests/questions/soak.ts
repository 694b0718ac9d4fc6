import { setTimeout as pause } from 'node:timers/promises'
import { median, round } from '../../figures.ts'
import { controlOf } from '../lib/control.ts'
import { drive, everydayRequests, nowMs } from '../lib/drive.ts'
import { startStage } from '../lib/processes.ts'
import type { Question } from '../lib/question.ts'
import { atLeast, atMost, between, isFailed, none, told } from '../lib/threshold.ts'

const perSecond = 40
const sampleEveryMs = 5_000
/** As the configuration has it. */
const probeEveryMs = 5_000
const megabyte = 1_024
const megabyteOfBytes = 1_024 * 1_024

/** The same load for a long time. */
export const soak: Question = {
  name: 'soak',
  asks: 'After half an hour of the same load: is memory flat, are files closed, are timers on time?',
  takesSeconds: { long: 1_830, short: 1_830 },
  onlyByName: true,
  async run({ minutes, say }) {
    const stage = await startStage({ hasBackup: true, inspectable: true })
    const [gateway] = stage.gateways
    const control = controlOf(gateway)
    const forMs = minutes * 60_000
    const load = drive([gateway.trafficUrl], [{ forMs, perSecond }], everydayRequests(4))
    try {
      const inUseMb: number[] = []
      const samples: { residentMb: number; openFiles: number; lagMs: number }[] = []
      // The start of a process says nothing about its age.
      await pause(20_000)
      const sinceMs = nowMs()
      const idleFiles = gateway.openFiles()
      const probesBefore = await control.metric('haltgate_probes_total')
      const measuredMs = forMs - 20_000
      while (nowMs() < sinceMs + measuredMs) {
        await pause(sampleEveryMs)
        samples.push({
          residentMb: gateway.residentKb() / megabyte,
          openFiles: gateway.openFiles(),
          lagMs: 1_000 * (await control.metric('nodejs_eventloop_lag_p99_seconds')),
        })
        const { residentMb, openFiles, lagMs } = samples.at(-1) ?? { residentMb: 0, openFiles: 0, lagMs: 0 }
        // The first third fills what is remembered of sessions and messages.
        if (nowMs() >= sinceMs + ((inUseMb.length + 1) * measuredMs) / 3)
          inUseMb.push((await gateway.heapInUse()) / megabyteOfBytes)
        if (samples.length % 6 === 0)
          say(`${round(residentMb)} MB, ${openFiles} files, event loop p99 ${round(lagMs)} ms late`)
      }
      const probes = (await control.metric('haltgate_probes_total')) - probesBefore
      const expected = (2 * (nowMs() - sinceMs)) / probeEveryMs
      const exchanges = await load.stop(10_000)
      // Connections that nobody uses are closed after a while.
      await pause(15_000)
      const third = Math.floor(samples.length / 3)
      const part = (number: number) => samples.slice(number * third, (number + 1) * third)
      const files = (number: number) => median(part(number).map(({ openFiles }) => openFiles))
      const [first = Number.NaN, , last = Number.NaN] = inUseMb
      const incidents = await control.incidents()
      return [
        told('Time and exchanges', `${minutes} minutes, ${exchanges.length} exchanges`),
        atMost(
          'Memory in use at the end more than after the first third, full collections before both',
          100 * (last / first - 1),
          10,
          '%',
        ),
        told('Memory in use after each third', `${inUseMb.map(round).join(', ')} MB`),
        told(
          'Resident memory, least and most of each third',
          [0, 1, 2].map((number) => rangeOf(part(number).map(({ residentMb }) => residentMb))).join(', '),
        ),
        atMost('Open files of the last third more than of the second', files(2) - files(1), 10),
        atMost('Open files after the load more than in its beginning', gateway.openFiles() - idleFiles, 10),
        atMost(
          'Event loop late, p99 of five seconds, in the median',
          median(samples.map(({ lagMs }) => lagMs)),
          50,
          'ms',
        ),
        between(
          `Probes, of ${Math.round(expected)} that were due`,
          (100 * probes) / expected,
          [80, 120],
          '%',
        ),
        atLeast('Exchanges sent', exchanges.length, (perSecond * forMs * 0.95) / 1_000),
        none(
          'Clients that got a 5xx, no reply or half of one',
          exchanges.filter(isFailed).map(({ status }) => `status ${status}`),
        ),
        none(
          'Incidents above P3',
          incidents
            .filter(({ severity }) => severity !== 'P3')
            .map(({ severity, title }) => `${severity} ${title}`),
        ),
      ]
    } finally {
      await load.stop(0).catch(() => {})
      await stage.end()
    }
  },
}

const rangeOf = (values: number[]) => `${round(Math.min(...values))} to ${round(Math.max(...values))} MB`
