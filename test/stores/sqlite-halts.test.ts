import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteHalts } from '../../src/stores/sqlite-halts.ts'
import { testHaltStore } from './halt-store-contract.ts'

testHaltStore('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'haltgate-halts-'))
  return {
    open: async () => createSqliteHalts(join(directory, 'halts.db')),
    dispose: async () => rmSync(directory, { recursive: true }),
  }
})
