import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assemble, type Gateway, newHaltId } from './assemble.ts'
import { isInForce } from './breakers/halt-gate.ts'
import { ConfigError, loadConfig, withoutSecret } from './config/load.ts'
import { type Config, EngineOptions } from './config/schema.ts'
import { watchConfig } from './config/watch.ts'
import { type DemoEngine, startDemoEngine } from './demo/engine.ts'
import { isLoopback, type Listener, listen, parseAddress } from './listen.ts'
import { errorFields, type Logger } from './logger.ts'
import { loadProbeSet, ProbeSetError } from './probes/probe-set.ts'
import { readProbes } from './probes/read-probes.ts'
import { keptPseudonymKey } from './referrals/key-file.ts'
import { createKeys, pseudonymKeyName } from './referrals/keys.ts'
import { type DataDir, openDataDir } from './stores/data-dir.ts'
import { openSharedHalts } from './stores/open-halts.ts'
import { createLogger } from './telemetry/logging.ts'
import { idleTimeoutOf, limitsOf, listenForTraffic } from './traffic-listener.ts'
import { version } from './version.ts'
import { forkWorker, freePort } from './workers/cluster.ts'

export interface StartOptions {
  configFile?: string
  port?: number
  controlPort?: number
  dataDir?: string
  workers?: number
  env: NodeJS.ProcessEnv
  /** Called when it is about to say that it is ready. */
  onReady: () => void
}

/** How long open exchanges may take to end when the gateway is told to stop. */
const graceMs = 10_000

/**
 * Runs the gateway until SIGTERM or SIGINT. Prints where it listens, and the first admin key when it is new. Throws
 * `ConfigError` for a wrong file, `Error` that says what to do when an address or the data directory is taken.
 */
export async function startGateway(options: StartOptions): Promise<void> {
  // A reader of the logs that goes away must not take the gateway with it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const file = options.configFile ?? options.env.HALTGATE_CONFIG
  const given = withOptions(loadConfig(file, options.env), options)
  const port = await trafficPort(given)
  const load = () => withOptions(loadConfig(file, options.env), { ...options, ...port })
  let config = port === undefined ? given : load()
  const logger = createLogger({ level: config.telemetry.logLevel, stream: process.stderr })
  const dataDir = openDataDir(config.dataDir, newHaltId, logger)
  const { adminKey, isNew } = firstKey(dataDir, logger)
  // Before anything runs: a start with wrong probes is refused.
  const probeSet = await loadProbeSet(config.probes, readProbes({ fetch })).catch((error: unknown) => {
    throw error instanceof ProbeSetError ? new ConfigError(error.message) : error
  })
  const demo = config.engines.primary === undefined ? await startDemoEngine() : undefined
  config = withDemo(config, demo)

  const keys = await createKeys(options.env, () => keptPseudonymKey(dataDir.path, logger))
  const gateway = await assemble(config, {
    version,
    probeSet,
    keys,
    ownPseudonymKey: !options.env[pseudonymKeyName],
    dataDir,
    logger,
    adminKey,
    demo: demo !== undefined,
    forkWorker,
    openMetrics: config.control.openMetrics || isLoopback(config.control.listen),
  })
  const end = async () => {
    await gateway.close()
    await demo?.close()
    dataDir.close()
  }
  const listeners = await bindListeners(config, gateway).catch(async (error: unknown) => {
    // What runs already would keep a process alive that serves nobody.
    await end()
    throw error
  })
  // Before anybody is told that it is ready, and may send one: a signal without a listener ends the process.
  const stopped = stopSignal()
  const stopWatching = watchConfig(file, (cause) => {
    try {
      const next = withDemo(load(), demo)
      const needsRestart = gateway.reload(next)
      listeners.traffic.setIdleTimeout(idleTimeoutOf(next))
      gateway.noteReload('taken', cause)
      logger.info({ cause }, 'configuration reloaded')
      for (const setting of needsRestart)
        logger.warn({ setting }, 'this setting takes effect at the next start')
    } catch (error) {
      gateway.noteReload('refused', cause)
      logger.error(errorFields(error), 'the changed configuration cannot be used; the last good one stays')
    }
  })

  writeControlFile(dataDir, listeners, logger)
  options.onReady()
  process.stdout.write(
    banner(config, gateway, listeners, { demo, adminKey: isNew ? adminKey : undefined, file }),
  )

  await stopped
  stopWatching()
  logger.info({}, 'stopping: open exchanges may end')
  await Promise.all([listeners.traffic.close(graceMs), listeners.control.close(1_000)])
  await end()
}

/** Gives the halt store of a configuration its genesis mark; without it the store is unknown, and unknown means halted. */
export async function initialiseStore(options: {
  configFile?: string
  dataDir?: string
  env: NodeJS.ProcessEnv
}): Promise<{ genesisId: string; created: boolean; store: string }> {
  const config = loadConfig(options.configFile ?? options.env.HALTGATE_CONFIG, options.env)
  const logger = createLogger({ level: 'error', stream: process.stderr })
  const store = await openSharedHalts(config, logger)
  if (store === undefined)
    throw new ConfigError(
      'stores.halts is sqlite: the embedded store sets itself up at the first start, nothing to do',
    )
  try {
    const mine = { id: newHaltId(), atMs: Date.now() }
    const { id } = await store.initialise(mine)
    return { genesisId: id, created: id === mine.id, store: withoutSecret(config.stores.halts) }
  } finally {
    await store.close()
  }
}

interface Listeners {
  traffic: Listener
  control: Listener
}

/** Binds both listeners of a gateway. Rejects as `listen` does. */
export async function bindListeners(
  config: Config,
  gateway: Pick<Gateway, 'traffic' | 'control'> & Partial<Pick<Gateway, 'workers'>>,
  idleTimeoutMs: number = idleTimeoutOf(config),
): Promise<Listeners> {
  const { workers } = gateway
  const bound =
    workers === undefined
      ? await listenForTraffic(config, gateway.traffic, idleTimeoutMs)
      : await workers.listen()
  try {
    const address = config.control.listen
    return {
      traffic: bound,
      control: await listen({ ...limitsOf(config), idleTimeoutMs, address, fetch: gateway.control }),
    }
  } catch (error) {
    await bound.close(0)
    throw error
  }
}

function withOptions(config: Config, { port, controlPort, dataDir, workers }: StartOptions): Config {
  const { traffic } = config
  return {
    ...config,
    traffic: {
      ...traffic,
      listen: withPort(traffic.listen, port),
      workers: workers ?? traffic.workers,
    },
    control: { ...config.control, listen: withPort(config.control.listen, controlPort) },
    dataDir: dataDir ?? config.dataDir,
  }
}

/** The port on which all workers listen, where they may take any. */
async function trafficPort({ traffic }: Config): Promise<{ port: number } | undefined> {
  const { host, port } = parseAddress(traffic.listen)
  return traffic.workers > 1 && port === 0 ? { port: await freePort(host) } : undefined
}

const withPort = (address: string, port: number | undefined) =>
  port === undefined ? address : address.replace(/\d+$/, String(port))

function withDemo(config: Config, demo: DemoEngine | undefined): Config {
  if (config.engines.primary !== undefined) return config
  if (demo === undefined)
    throw new ConfigError('engines.primary: expected one; the demo engine can only begin at the start')
  const primary = EngineOptions.parse({
    url: demo.url,
    version: 'demo',
    verdict: { header: 'x-crisis-detected' },
  })
  return { ...config, engines: { ...config.engines, primary } }
}

/**
 * The key in the data directory, made at the first start: `admin`, `operator` and `commander` of this machine. Where it
 * cannot be read or kept, one that lasts until the process ends.
 */
function firstKey(dataDir: DataDir, logger: Logger): { adminKey: string; isNew: boolean } {
  const file = join(dataDir.path, 'admin.key')
  const adminKey = `hg_${randomBytes(32).toString('base64url')}`
  try {
    if (existsSync(file)) return { adminKey: readFileSync(file, 'utf8').trim(), isNew: false }
    writeFileSync(file, `${adminKey}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    logger.error(
      errorFields(error),
      'admin.key cannot be read or written: the key shown at the start ends with the process',
    )
  }
  return { adminKey, isNew: true }
}

function writeControlFile(dataDir: DataDir, { traffic, control }: Listeners, logger: Logger) {
  try {
    const addresses = { url: control.url, traffic: traffic.url, pid: process.pid }
    writeFileSync(join(dataDir.path, 'control.json'), `${JSON.stringify(addresses)}\n`, { mode: 0o600 })
  } catch (error) {
    logger.warn(errorFields(error), 'control.json cannot be written: set HALTGATE_URL for the command line')
  }
}

function banner(
  config: Config,
  gateway: Gateway,
  { traffic, control }: Listeners,
  {
    demo,
    adminKey,
    file,
  }: { demo: DemoEngine | undefined; adminKey: string | undefined; file: string | undefined },
): string {
  const { primary, backup } = config.engines
  const engine = demo ? `DEMO ENGINE at ${demo.url} (nobody should talk to it but you)` : primary?.url
  const engaged = gateway.halt.list().filter(isInForce)
  const lines = [
    `haltgate ${version}`,
    `  traffic   ${traffic.url}${config.traffic.workers > 1 ? `, ${config.traffic.workers} worker processes` : ''}`,
    `  control   ${control.url}   (admin API /admin/v1, /metrics, /openapi.json)`,
    `  engine    ${engine}${backup === undefined ? '' : `, backup ${backup.url}`}`,
    `  state     halts in ${withoutSecret(config.stores.halts)}, records in ${withoutSecret(config.stores.records)}, data in ${config.dataDir}`,
    `  config    ${file ?? 'none: the defaults'}`,
    ...(adminKey === undefined ? [] : [`  first admin key, shown once: ${adminKey}`]),
    ...engaged.map(({ id, scope, reason }) => `  HALTED    ${scope} by ${id}: ${reason}`),
    ...gateway.warnings().map((warning) => `  warning   ${warning}`),
    `ready traffic=${traffic.url} control=${control.url}`,
  ]
  return `${lines.join('\n')}\n`
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}
