import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { calmRequests, openClients, send, sendMany } from '../bench/load.ts'
import { pinLoad, screenedBy, startEngine, startHaltgate } from '../bench/processes.ts'
import { drawFlameGraph } from './flame-graph/draw.ts'
import { CpuProfile, type MergeOptions, mergeProfile } from './flame-graph/profile.ts'

/**
 * Draws where the gateway's time goes under the load of the exchange benchmark: `npm run docs:flame-graph`, two minutes.
 * With the path of a `.cpuprofile` of your own it draws that instead, all of it.
 */

const picture = join(import.meta.dirname, '../docs/images/flame-graph.svg')
const root = `${pathToFileURL(join(import.meta.dirname, '..'))}/`
const warmUp = 16_000
const counted = 20_000
const concurrency = 32
const mostBytes = 150_000

const [given] = process.argv.slice(2)
const { profile, window, note } = given === undefined ? await takeProfile() : readGiven(given)
const svg = drawFlameGraph(mergeProfile(profile, { root, ...window }), {
  title: 'Where an exchange’s time goes in the gateway',
  note,
})
if (svg.length > mostBytes)
  throw new Error(
    `the picture has ${svg.length} bytes, more than ${mostBytes}: raise leastShare in scripts/flame-graph/draw.ts`,
  )
writeFileSync(picture, svg)

interface Taken {
  profile: CpuProfile
  window: Pick<MergeOptions, 'fromUs' | 'untilUs'>
  note: string
}

function readGiven(file: string): Taken {
  return {
    profile: readProfile(file),
    window: {},
    note: 'A profile from start to end; what waited is left out.',
  }
}

async function takeProfile(): Promise<Taken> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-profile-'))
  process.env.BENCH_CPU_PROF = folder
  pinLoad()
  const requests = calmRequests('whole', warmUp + counted)
  const engine = await startEngine()
  try {
    const [first] = requests
    if (first === undefined) throw new Error('there are no requests to profile with')
    const direct = openClients(engine.url, 1)
    const expected = await send(direct, first)
    await direct.destroy()
    const gateway = await startHaltgate(engine.url)
    const clients = openClients(gateway.url, concurrency)
    await sendMany(clients, requests.slice(0, warmUp), { concurrency, expected })
    const fromUs = nowUs()
    await sendMany(clients, requests.slice(warmUp), { concurrency, expected })
    const untilUs = nowUs()
    const screened = await screenedBy(gateway)
    if (screened !== requests.length)
      throw new Error(`the run is void: ${screened} of ${requests.length} exchanges were screened`)
    await clients.destroy()
    // The profile is written when the process ends.
    await gateway.end()
    const [name, ...others] = readdirSync(folder)
    if (name === undefined || others.length > 0)
      throw new Error(`expected one profile in ${folder}, found ${others.length + (name ? 1 : 0)}`)
    return {
      profile: readProfile(join(folder, name)),
      window: { fromUs, untilUs },
      note: `Main thread, ${counted.toLocaleString('en')} exchanges after ${warmUp.toLocaleString('en')} to warm up; width is time. A message of 40 to 280 characters, a reply of 0.4 KB, both screened.`,
    }
  } finally {
    await engine.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The clock of V8's profiles, which on Linux is that of all processes. */
function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

function readProfile(file: string): CpuProfile {
  return CpuProfile.parse(JSON.parse(readFileSync(file, 'utf8')))
}
