import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { whenConfigured } from '../../src/cli/configured.ts'
import { ConfigError } from '../../src/config/load.ts'
import { haltgate } from './fake-gateway.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'haltgate-check-'))
  await writeFile(join(folder, 'good.yaml'), 'engines:\n  primary: { url: http://127.0.0.1:9090 }\n')
  await writeFile(
    join(folder, 'wrong.yaml'),
    'engines:\n  primary: { url: http://127.0.0.1:9090, colour: red }\n',
  )
})
afterEach(() => rm(folder, { recursive: true }))

describe('haltgate check', () => {
  it('exits 0 for a file that can be used, and passes warnings on', async () => {
    const { exitCode, stdout, stderr } = await haltgate(['check', join(folder, 'good.yaml')])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^warning: no backup engine/m)
  })

  it('exits 2 and names the line of what is wrong', async () => {
    const file = join(folder, 'wrong.yaml')
    const { exitCode, stdout, stderr } = await haltgate(['check', file])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`${file}:2`)
  })

  it('takes the file from HALTGATE_CONFIG when none is named', async () => {
    const env = { HALTGATE_CONFIG: join(folder, 'wrong.yaml') }
    expect((await haltgate(['check'], { env })).exitCode).toBe(2)
    expect((await haltgate(['check', join(folder, 'good.yaml')], { env })).exitCode).toBe(0)
  })

  it('prints one JSON document with --json', async () => {
    const { exitCode, stdout } = await haltgate(['check', '--json', join(folder, 'wrong.yaml')])
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toEqual({ ok: false, problems: expect.stringContaining('wrong.yaml:2') })
  })
})

describe('a command that needs the configuration', () => {
  it('turns a wrong one into exit code 2, and leaves other failures as they are', async () => {
    const wrong = () => Promise.reject(new ConfigError('haltgate.yaml:3: expected a port'))
    await expect(whenConfigured(wrong)).rejects.toMatchObject({
      exitCode: 2,
      message: 'haltgate.yaml:3: expected a port',
    })
    const other = new Error('the port is taken')
    await expect(whenConfigured(() => Promise.reject(other))).rejects.toBe(other)
  })
})
