import { mkdtempSync, rmSync } from 'node:fs'
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
  const { mkdirSync } = await import('node:fs')
  mkdirSync(join(folder, 'missing'))
  expect(await store.read('k')).toBeUndefined()
  await store.close()
  rmSync(folder, { recursive: true })
})
