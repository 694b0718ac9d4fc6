import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shippedFile } from '../shipped-file.ts'

/** A gateway of the drill's own, with the demo engine behind it, in a process and a folder that end with the drill. */
export interface DrillGateway {
  trafficUrl: string
  controlUrl: string
  adminKey: string
  /** Ends the process and removes the folder. */
  close(): Promise<void>
}

const bin = fileURLToPath(shippedFile('../bin/haltgate.mjs'))
const startMs = 30_000
const stopMs = 15_000

/** Starts it. Rejects with `Error` that holds the last lines the gateway wrote when it does not come up. */
export async function startDrillGateway(config: object, env: NodeJS.ProcessEnv): Promise<DrillGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-drill-'))
  const file = join(folder, 'haltgate.yaml')
  const dataDir = join(folder, 'data')
  const ownPorts = { traffic: { listen: '127.0.0.1:0' }, control: { listen: '127.0.0.1:0' } }
  // JSON is YAML, too.
  writeFileSync(file, JSON.stringify({ ...config, ...ownPorts, dataDir }))
  const child = spawn(process.execPath, [bin, 'start', '--config', file], {
    env: { ...env, HALTGATE_CONFIG: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let written = ''
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))

  async function close() {
    child.kill('SIGTERM')
    const forced = setTimeout(() => child.kill('SIGKILL'), stopMs)
    await ended
    clearTimeout(forced)
    rmSync(folder, { recursive: true, force: true })
  }

  const ready = new Promise<RegExpExecArray>((resolve, reject) => {
    const take = (piece: Buffer) => {
      written = (written + piece.toString()).slice(-8_000)
      const found = /^ready traffic=(\S+) control=(\S+)$/m.exec(written)
      if (found !== null) resolve(found)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`the drill gateway ended:\n${written.trim()}`)))
    setTimeout(
      () => reject(new Error(`the drill gateway did not start:\n${written.trim()}`)),
      startMs,
    ).unref()
  })
  try {
    const [, trafficUrl = '', controlUrl = ''] = await ready
    const adminKey = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim()
    return { trafficUrl, controlUrl, adminKey, close }
  } catch (error) {
    await close()
    throw error
  }
}
