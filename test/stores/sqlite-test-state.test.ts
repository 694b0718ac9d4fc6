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
