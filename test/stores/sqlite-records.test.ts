import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { testRecords } from './records-contract.ts'

testRecords('SQLite', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'haltgate-records-'))
  return {
    open: () => createSqliteRecords(join(dir, 'records.db'), silentLogger),
    dispose: async () => rmSync(dir, { recursive: true, force: true }),
  }
})

describe('records in SQLite', () => {
  let dir: string

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'haltgate-records-'))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it('start without their directory and work as soon as it is there', async () => {
    const sqlitePath = join(dir, 'later', 'records.db')
    const records = createSqliteRecords(sqlitePath, silentLogger)
    await expect(records.migrate()).rejects.toMatchObject({ code: 'unavailable', status: 503 })
    mkdirSync(join(dir, 'later'))
    await records.migrate()
    expect(existsSync(sqlitePath)).toBe(true)
    await records.close()
  })

  it('map no file into memory, so that a failing disk cannot end the process', async () => {
    const sqlitePath = join(dir, 'records.db')
    const records = createSqliteRecords(sqlitePath, silentLogger)
    await records.migrate()
    expect(readdirSync(dir).filter((name) => name.endsWith('-shm'))).toEqual([])
    await records.close()
  })
})
