import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { type DataDir, DataDirLockedError, openDataDir } from '../../src/stores/data-dir.ts'
import { readOnly, unprivileged, writable } from './unprivileged.ts'

let parent: string
let directory: string
let ids = 0
const opened: DataDir[] = []

function open(): DataDir {
  const dataDir = openDataDir(directory, () => `gateway-${++ids}`, silentLogger)
  opened.push(dataDir)
  return dataDir
}

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'haltgate-data-'))
  directory = join(parent, 'deeper', '.haltgate')
})

afterEach(() => {
  for (const dataDir of opened.splice(0)) dataDir.close()
  rmSync(parent, { recursive: true, force: true })
})

it('creates the directory for its owner alone', () => {
  expect(open()).toMatchObject({ path: directory, writable: true })
  expect(statSync(directory).mode & 0o777).toBe(0o700)
})

it('keeps the gateway id across restarts', () => {
  const first = open()
  first.close()
  expect(open().gatewayId).toBe(first.gatewayId)
})

it('makes a new gateway id when a crash left an empty file', () => {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'gateway-id'), '')
  const { gatewayId } = open()
  expect(readFileSync(join(directory, 'gateway-id'), 'utf8')).toBe(`${gatewayId}\n`)
})

it('belongs to one at a time, and says to whom and what to do', () => {
  const first = open()
  expect(() => open()).toThrow(DataDirLockedError)
  expect(() => open()).toThrow(`${directory} is in use by another haltgate process (pid ${process.pid})`)
  expect(() => open()).toThrow('--data-dir')
  first.close()
  first.close()
  expect(open().writable).toBe(true)
})

it('is free again when the process that had it was killed', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hold-data-dir.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(() => open()).toThrow(`pid ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(open()).toMatchObject({ writable: true, gatewayId: 'gateway-child' })
})

it('does not stop a gateway when it can only be read, and keeps the id that is there', () => {
  const { gatewayId, close } = open()
  close()
  readOnly(directory)
  const degraded = unprivileged(parent, open)
  expect(degraded).toMatchObject({ writable: false, why: expect.stringContaining(directory) })
  expect(degraded.gatewayId).toBe(gatewayId)
  writable(directory)
})

it('does not stop a gateway when it cannot even be created', () => {
  writeFileSync(join(parent, 'deeper'), 'a file where a directory should be')
  expect(open()).toMatchObject({ writable: false, gatewayId: expect.stringMatching(/^gateway-/) })
})
