import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Program, screenedBy, start, startHaltgate, startPassThrough } from '../processes.ts'
import { installHint, litellm, packageVersion, portkeyFolder } from './places.ts'
import { litellmKey, startLitellm, startNginx, startPortkey } from './servers.ts'

/** One way from a client to the engine. */
export interface Peer {
  name: string
  title: string
  /** Passes the engine's bytes on as they are; the others write the reply anew, with the same text in it. */
  isExact: boolean
  /** Exchanges until it runs as fast as it will. */
  warmUp: number
  /** The share of a burst that is enough for it: the slow ones would take minutes, and their ticks are coarse enough. */
  share: number
  extraHeaders?: (engineUrl: string) => Record<string, string>
  /** The version that would be measured; throws `Error` that says how to install what is missing. */
  version(): string
  start(engineUrl: string): Promise<ReadingProgram>
}

export interface ReadingProgram extends Program {
  /** How many exchanges it says that it has read, where it reads; rejects when it did not read both sides of each. */
  screened?(): Promise<number>
}

const root = join(import.meta.dirname, '../..')
const haltgate = {
  isExact: true,
  warmUp: 16_000,
  share: 1,
  version: () => packageVersion(root) ?? 'unknown',
} as const

export const peers: readonly Peer[] = [
  {
    name: 'direct',
    title: 'direct to the engine',
    isExact: true,
    warmUp: 8_000,
    share: 1,
    version: () => '',
    // Nothing in between; what the engine itself takes is nobody's cost.
    start: async (url) => ({
      url,
      readyAfterMs: 0,
      cpuMs: () => Number.NaN,
      residentKb: () => Number.NaN,
      end: async () => {},
    }),
  },
  {
    name: 'nginx',
    title: 'nginx `proxy_pass`',
    isExact: true,
    warmUp: 2_000,
    share: 2,
    version: nginxVersion,
    start: startNginx,
  },
  {
    name: 'pass-through',
    title: 'bare Hono and undici',
    isExact: true,
    warmUp: 16_000,
    share: 1,
    version: () => dependencies('hono', 'undici'),
    start: startPassThrough,
  },
  {
    name: 'hono-fetch',
    title: 'Hono `proxy` over `fetch`',
    isExact: true,
    warmUp: 8_000,
    share: 0.75,
    version: () => dependencies('hono'),
    start: (engineUrl) => start('proxy', [join(import.meta.dirname, 'hono-fetch.ts'), engineUrl]),
  },
  {
    name: 'portkey',
    title: 'Portkey gateway',
    isExact: false,
    warmUp: 6_000,
    share: 0.5,
    extraHeaders: (engineUrl) => ({
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${engineUrl}/v1`,
    }),
    version: () => packageVersion(portkeyFolder) ?? missing('the Portkey gateway'),
    start: startPortkey,
  },
  {
    name: 'litellm',
    title: 'LiteLLM proxy, one worker',
    isExact: false,
    warmUp: 1_000,
    share: 0.2,
    extraHeaders: () => ({ authorization: `Bearer ${litellmKey}` }),
    version: litellmVersion,
    start: startLitellm,
  },
  {
    ...haltgate,
    name: 'haltgate-off',
    title: 'haltgate without detectors',
    start: (engineUrl) => startScreening(engineUrl, { as: 'deaf-build' }),
  },
  {
    ...haltgate,
    name: 'haltgate-observe',
    title: 'haltgate, `policy.mode: observe`',
    start: (engineUrl) => startScreening(engineUrl, { mode: 'observe' }),
  },
  {
    ...haltgate,
    name: 'haltgate',
    title: 'haltgate, everything on',
    start: (engineUrl) => startScreening(engineUrl),
  },
  {
    ...haltgate,
    name: 'haltgate-workers',
    title: 'haltgate `--workers 2`',
    // Each of the two has to get warm.
    warmUp: 2 * haltgate.warmUp,
    version: () =>
      haltgateHelp().includes('--workers')
        ? haltgate.version()
        : fail('haltgate-workers is missing: `haltgate start` has no --workers'),
    start: (engineUrl) => startScreening(engineUrl, { startArgs: ['--workers', '2'] }),
  },
]

async function startScreening(...options: Parameters<typeof startHaltgate>): Promise<ReadingProgram> {
  const program = await startHaltgate(...options)
  return { ...program, screened: () => screenedBy(program) }
}

function nginxVersion(): string {
  try {
    // It tells its version on standard error.
    const told = execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' })
    return /nginx\/(\S+)/.exec(told)?.[1] ?? 'unknown'
  } catch {
    return missing('nginx')
  }
}

function litellmVersion(): string {
  if (!existsSync(litellm)) return missing('the LiteLLM proxy')
  const python = join(litellm, '../python')
  const ask = 'import importlib.metadata as m; print(m.version("litellm"))'
  return execFileSync(python, ['-c', ask], { encoding: 'utf8' }).trim()
}

const haltgateHelp = () =>
  execFileSync(process.execPath, [join(root, 'bin/haltgate.mjs'), 'start', '--help'], { encoding: 'utf8' })

const dependencies = (...names: string[]) =>
  names.map((name) => `${name} ${packageVersion(join(root, 'node_modules', name))}`).join(', ')

const missing = (what: string) => fail(`${what} is missing: ${installHint}`)

function fail(why: string): never {
  throw new Error(why)
}
