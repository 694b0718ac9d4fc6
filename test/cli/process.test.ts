import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { halt, startFakeGateway, state } from './fake-gateway.ts'

let gateway: Awaited<ReturnType<typeof startFakeGateway>>
beforeEach(async () => {
  gateway = await startFakeGateway()
})
afterEach(() => gateway.close())

const entry = fileURLToPath(new URL('../../bin/haltgate.mjs', import.meta.url))

it('as a process it writes to its streams, exits with the code, and ends by itself', async () => {
  gateway.answer('GET /state', 200, { ...state, replies: 'halted', halts: [halt] })
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>(
    (resolve) => {
      execFile(
        process.execPath,
        [entry, 'status', '--data-dir', gateway.dataDir],
        { env: { ...process.env, HALTGATE_URL: '', HALTGATE_KEY: '' }, timeout: 4_500 },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
      )
    },
  )
  expect({ code, stderr, line: stdout.split('\n')[0] }).toEqual({
    code: 10,
    stderr: '',
    line: 'AI replies are HALTED for everyone, for 12 min.',
  })
})
