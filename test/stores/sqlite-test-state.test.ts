import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createSqliteTestState } from '../../src/stores/sqlite-test-state.ts'
import { testTestState } from './test-state-contract.ts'

testTestState('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-state-'))
  let nowMs = 1_000
  return {
    open: () => createSqliteTestState(join(folder, 'state.db'), () => nowMs),
    passMs: async (ms) => {
      nowMs += ms
    },
    dispose: async () => rmSync(folder, { recursive: true }),
  }
})

it('rejects as unavailable where no file can be, and works once it can', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-state-'))
  const store = createSqliteTestState(join(folder, 'missing', 'state.db'))
  await expect(store.read('k')).rejects.toMatchObject({ code: 'unavailable' })
  mkdirSync(join(folder, 'missing'))
  expect(await store.read('k')).toBeUndefined()
  await store.close()
  rmSync(folder, { recursive: true })
})

it('puts a damaged file aside and begins anew, so that measuring goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-state-'))
  const file = join(folder, 'state.db')
  writeFileSync(file, 'this is no database, and never was one, however long it may be. '.repeat(100))
  const store = createSqliteTestState(file)
  expect(await store.acquire('probes', 'a', 1_000)).toBeDefined()
  expect(existsSync(`${file}.damaged`)).toBe(true)
  await store.close()
  rmSync(folder, { recursive: true })
})

it('gives larger tokens also after the file was lost', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-state-'))
  let nowMs = 1_000
  const acquire = async (holder: string) => {
    const store = createSqliteTestState(join(folder, 'state.db'), () => nowMs)
    const lease = await store.acquire('probes', holder, 10_000)
    await store.close()
    return lease?.token ?? Number.NaN
  }
  const before = await acquire('a')
  rmSync(join(folder, 'state.db'))
  nowMs += 1
  expect(await acquire('b')).toBeGreaterThan(before)
  rmSync(folder, { recursive: true })
})

it('waits no longer for a lease of before when the clock was set back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-state-'))
  let nowMs = 10_000_000
  const store = createSqliteTestState(join(folder, 'state.db'), () => nowMs)
  const before = await store.acquire('probes', 'before', 10_000)
  nowMs -= 3_600_000
  const after = await store.acquire('probes', 'after', 10_000)
  expect(after?.token).toBeGreaterThan(before?.token ?? Number.NaN)
  await store.close()
  rmSync(folder, { recursive: true })
})
