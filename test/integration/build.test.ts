import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTo } from '../../scripts/build.ts'
import { type GatewayProcess, initialiseHaltStore, startGatewayProcess } from '../servers/gateway.ts'
import { closeServers, startRedis } from '../servers/redis.ts'

/** Far from the repository, so that what the build has left out is found nowhere else. */
const folder = mkdtempSync(join(tmpdir(), 'haltgate-build-'))
const program = join(folder, 'bin/haltgate.mjs')
const kept = join(folder, 'cache/haltgate')
let gateway: GatewayProcess

beforeAll(async () => {
  await buildTo(folder)
  const stores = { halts: (await startRedis()).url }
  await initialiseHaltStore(stores, program)
  // Compiled code goes with the build.
  const env = { XDG_CACHE_HOME: join(folder, 'cache') }
  gateway = await startGatewayProcess(
    { stores, traffic: { listen: '127.0.0.1:0', workers: 2 } },
    { program, env },
  )
})
afterAll(async () => {
  await closeServers()
  rmSync(folder, { recursive: true, force: true })
})

it('a build serves through its own workers, screens, and holds a halt', async () => {
  expect(await say('I feel a bit lost today')).toMatchObject({ crisis: null, end: 'stop' })
  expect(await say('I am going to kill myself tonight')).toMatchObject({
    crisis: expect.stringMatching(/^suicidal-ideation/),
  })

  const halted = await gateway.cli('halt', '--cause', 'drill', '--reason', 'trying the build')
  expect(halted).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await say('I feel a bit lost today')).toMatchObject({ end: 'content_filter' })
  expect(await gateway.cli('status')).toMatchObject({ exitCode: 10 })
  expect(gateway.output).not.toContain('"level":"error"')
})

it('a build keeps what it has compiled, and compiles anew when that is damaged or of another build', async () => {
  expect(readdirSync(kept)).toEqual(expect.arrayContaining(['start.compiled', 'worker.compiled']))
  const place = join(kept, 'start.compiled')
  const begin = async () => {
    const started = await startGatewayProcess({}, { program, env: { XDG_CACHE_HOME: join(folder, 'cache') } })
    await started.stop()
    return readFileSync(place)
  }
  const whole = await begin()
  expect(await begin()).toEqual(whole)
  for (const at of [0, 4, whole.length >>> 1]) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 1
    writeFileSync(place, damaged)
    expect((await begin()).subarray(0, 4)).toEqual(whole.subarray(0, 4))
    expect(readFileSync(place)).not.toEqual(damaged)
  }
})

it('a build starts where nothing can be kept', async () => {
  // Here Node's own recursive mkdir never ends.
  const started = await startGatewayProcess({}, { program, env: { XDG_CACHE_HOME: '/proc/nowhere' } })
  expect(await started.stop()).toBe(0)
})

it('a build keeps nothing below the folder that the command was given in', async () => {
  const home = mkdtempSync(join(folder, 'home-'))
  const env = { XDG_CACHE_HOME: 'here', HOME: home }
  await (await startGatewayProcess({}, { program, env })).stop()
  expect(existsSync('here')).toBe(false)
  expect(readdirSync(join(home, '.cache/haltgate'))).toEqual(['start.compiled'])
})

it('a build brings the licences of the packages in it', () => {
  const text = readFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
  for (const name of ['hono', 'undici', 'kysely', 'ioredis', 'zod', 'pino'])
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+, MIT$`, 'm'))
})

async function say(content: string): Promise<{ crisis: string | null; end: unknown }> {
  const response = await fetch(`${gateway.traffic}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content }] }),
  })
  const body: { choices: { finish_reason: unknown }[] } = JSON.parse(await response.text())
  return { crisis: response.headers.get('x-haltgate-crisis'), end: body.choices[0]?.finish_reason }
}
