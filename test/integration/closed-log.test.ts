import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const cli = fileURLToPath(new URL('../../bin/haltgate.mjs', import.meta.url))

it('a gateway goes on when nobody reads its logs any more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-log-'))
  const ports = ['--port', '0', '--control-port', '0']
  const gateway = spawn(process.execPath, [cli, 'start', ...ports, '--data-dir', join(folder, 'data')], {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => gateway.once('exit', resolve))
  onTestFinished(async () => {
    gateway.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  let output = ''
  const traffic = await new Promise<string>((resolve) => {
    gateway.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const url = /^ready traffic=(\S+)/m.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
  gateway.stdout.destroy()
  gateway.stderr.destroy()
  // Each refusal writes a line; the first write after the close is the one that fails.
  for (let n = 0; n < 3; n++) {
    const response = await fetch(`${traffic}/v1/chat/completions`, { method: 'POST', body: 'not json' })
    expect(response.status).toBe(415)
    await response.text()
  }
  expect(gateway.exitCode).toBeNull()
})
