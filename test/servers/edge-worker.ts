import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from './ports.ts'

const quiet = { WRANGLER_SEND_METRICS: 'false', DO_NOT_TRACK: '1', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }
const wranglerFile = join(import.meta.dirname, '../../node_modules/wrangler/bin/wrangler.js')

/** Builds the Worker into `dir` as it would be uploaded, with `bundle-meta.json` beside it. */
export function buildWorker(dir: string): void {
  const args = [wranglerFile, 'deploy', '--dry-run', '--metafile', '--outdir', dir]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...quiet },
  })
  if (status !== 0) throw new Error(`the Worker cannot be built:\n${stdout}${stderr}`)
}

export interface EdgeWorker {
  url: string
  stop(): Promise<void>
}

/** Runs the Worker in the real runtime; its Durable Object keeps its state in `stateDir`. */
export async function startWorker(stateDir: string, vars: Record<string, string>): Promise<EdgeWorker> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const args = ['dev', '--local', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0']
  const given = Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const child = spawn(
    process.execPath,
    [wranglerFile, ...args, '--persist-to', stateDir, '--show-interactive-dev-session=false', ...given],
    { env: { ...process.env, ...quiet }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString()
    })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  const giveUpMs = performance.now() + 40_000
  while (
    !(await fetch(`${url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || performance.now() > giveUpMs) {
      await stop()
      throw new Error(`the Worker did not start:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { url, stop }
}
