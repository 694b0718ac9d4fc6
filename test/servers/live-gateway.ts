import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll } from 'vitest'
import { assemble, type Gateway, newHaltId } from '../../src/assemble.ts'
import { Config } from '../../src/config/schema.ts'
import { bindListeners } from '../../src/main.ts'
import { loadProbeSet } from '../../src/probes/probe-set.ts'
import { readProbes } from '../../src/probes/read-probes.ts'
import { createKeys } from '../../src/referrals/keys.ts'
import { openDataDir } from '../../src/stores/data-dir.ts'
import { createLogger } from '../../src/telemetry/logging.ts'

/** The whole gateway on real ports, in the process of the test: all but the command line. */
export interface LiveGateway extends Gateway {
  readonly trafficUrl: string
  readonly controlUrl: string
  readonly dataDir: string
  readonly adminKey: string
  /** All lines that were logged, as they would stand on stderr. */
  log(): string
  /** Calls the admin API; with the first key unless told otherwise. */
  admin(method: string, path: string, body?: unknown, key?: string): Promise<AdminAnswer>
  /** Value of one series of /metrics, labels in the order of the page; 0 when it is not there. */
  metric(series: string): Promise<number>
}

export interface AdminAnswer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read JSON of many shapes
  body: any
}

const adminKey = 'hg_the-first-key-of-the-tests-0123456789abcdef'
const running = new Set<LiveGateway>()

afterAll(async () => {
  await Promise.all([...running].map((gateway) => gateway.close()))
})

export interface LiveGatewayOptions {
  idleTimeoutMs?: number
  openMetrics?: boolean
}

/** Starts a gateway with this configuration on free ports and a new data directory; ended with the test file. */
export async function startLiveGateway(
  config: Record<string, unknown>,
  { idleTimeoutMs, openMetrics = true }: LiveGatewayOptions = {},
): Promise<LiveGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-live-'))
  // Probes would stand among the calls that a scripted engine counts: who wants them asks for them.
  const parsed = Config.parse({ probes: { enabled: false }, ...withCalmBreakers(config) })
  parsed.traffic.listen = '127.0.0.1:0'
  parsed.control.listen = '127.0.0.1:0'
  parsed.dataDir = join(folder, 'data')
  const lines: string[] = []
  const stream = new PassThrough()
  stream.on('data', (line: Buffer) => lines.push(line.toString()))
  const logger = createLogger({ level: parsed.telemetry.logLevel, stream })
  const dataDir = openDataDir(parsed.dataDir, newHaltId, logger)
  const masterKey = Buffer.alloc(32, 7).toString('base64')
  const env = { HALTGATE_MASTER_KEY: masterKey, HALTGATE_PSEUDONYM_KEY: masterKey }
  const gateway = await assemble(parsed, {
    version: 'test',
    probeSet: await loadProbeSet(parsed.probes, readProbes({ fetch })),
    keys: await createKeys(env, () => masterKey),
    ownPseudonymKey: false,
    dataDir,
    logger,
    adminKey,
    openMetrics,
    demo: false,
  })
  const listeners = await bindListeners(parsed, gateway, idleTimeoutMs)

  const live: LiveGateway = {
    ...gateway,
    trafficUrl: listeners.traffic.url,
    controlUrl: listeners.control.url,
    dataDir: dataDir.path,
    adminKey,
    log: () => lines.join(''),
    async admin(method, path, body, key = adminKey) {
      const response = await fetch(`${listeners.control.url}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: await response.json() }
    },
    async metric(series) {
      const page = await (await fetch(`${listeners.control.url}/metrics`)).text()
      const line = page.split('\n').find((one) => one.startsWith(`${series} `))
      return line === undefined ? 0 : Number(line.slice(series.length + 1))
    },
    async close() {
      if (!running.delete(live)) return
      await Promise.all([listeners.traffic.close(0), listeners.control.close(0)])
      await gateway.close()
      dataDir.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  running.add(live)
  return live
}

/** In random order a few failing replies in a row would open a circuit for the tests behind them: who wants that asks for it. */
function withCalmBreakers(config: Record<string, unknown>): Record<string, unknown> {
  const engines = Object.entries(config.engines ?? {}).map(([name, engine]) => [
    name,
    typeof engine === 'object' && 'url' in engine
      ? { breaker: { volumeThreshold: 1000 }, ...engine }
      : engine,
  ])
  return config.engines === undefined ? config : { ...config, engines: Object.fromEntries(engines) }
}
