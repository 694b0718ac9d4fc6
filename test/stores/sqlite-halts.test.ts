import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngagedEntry } from '../../src/breakers/halt-entry.ts'
import type { HaltStore } from '../../src/stores/halt-store.ts'
import { createSqliteHalts, openForWriting } from '../../src/stores/sqlite-halts.ts'
import { testHaltStore } from './halt-store-contract.ts'
import { readOnly, unprivileged, writable } from './unprivileged.ts'

testHaltStore('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'haltgate-halts-'))
  return {
    open: async () => createSqliteHalts(join(directory, 'halts.db')),
    dispose: async () => rmSync(directory, { recursive: true }),
  }
})

describe('the halts on the own disk', () => {
  let directory: string
  let file: string
  const opened: HaltStore[] = []

  function open(): HaltStore {
    const store = createSqliteHalts(file)
    opened.push(store)
    return store
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'haltgate-halts-'))
    file = join(directory, 'halts.db')
  })

  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close()
    writable(directory)
    rmSync(directory, { recursive: true })
  })

  it('are flushed to the disk at every write', () => {
    const db = openForWriting(file)
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'truncate' })
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
    db.close()
  })

  it('survive a process that is killed right after the acknowledgement', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'write-halt.ts'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await open().read()).toMatchObject({
      genesis: { id: 'genesis-child' },
      entries: [{ id: 'halt-of-child' }],
    })
  })

  it('are known when the disk can only be read, and nothing is acknowledged then', async () => {
    const before = open()
    await before.initialise(genesis)
    await before.append([halt])
    await before.close()
    readOnly(directory)
    const store = open()
    const [read, written] = unprivileged(directory, () => [store.read(), store.append([another])])
    await expect(read).resolves.toEqual({ genesis, entries: [halt] })
    await expect(written).rejects.toThrow(file)
  })

  it('are written again as soon as the disk lets them', async () => {
    readOnly(directory)
    const store = open()
    await expect(unprivileged(directory, () => store.append([halt]))).rejects.toThrow(file)
    writable(directory)
    await expect(unprivileged(directory, () => store.append([halt]))).resolves.toEqual({ durable: true })
  })

  it('are refused, not half taken, when the disk is full', async () => {
    const store = open()
    await store.initialise(genesis)
    await store.append([halt])
    await store.close()
    const db = new DatabaseSync(file)
    // SQLite cannot be told from outside how large the disk is; a trigger fails the write in the middle instead.
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON halt_entries WHEN (SELECT count(*) FROM halt_entries) >= 2
             BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`)
    db.close()
    const full = open()
    await expect(full.append([another, { ...another, id: 'halt-0003' }])).rejects.toThrow('disk is full')
    expect((await full.read()).entries).toEqual([halt])
  })

  it.each([
    ['no JSON', 'not json'],
    ['no entry', '{"id":"halt-0001"}'],
    ['an engaged halt without a scope', '{"id":"halt-0001","kind":"engaged","atMs":1}'],
    ['of another id', JSON.stringify({ ...fixture(), id: 'halt-9999' })],
  ])('are unknown as a whole when a row is %s', async (_, text) => {
    const store = open()
    await store.append([halt])
    await store.close()
    const db = new DatabaseSync(file)
    db.prepare('UPDATE halt_entries SET entry = ?').run(text)
    db.close()
    await expect(open().read()).rejects.toThrow('halt-0001')
  })

  it('are unknown when the file is not a database', async () => {
    writeFileSync(file, 'x'.repeat(8_192))
    await expect(open().read()).rejects.toThrow(file)
  })

  it('are unknown when the file was lost after the first start, until somebody says that no halt is', async () => {
    const store = open()
    await store.initialise(genesis)
    await store.close()
    for (const suffix of ['', '-journal']) rmSync(file + suffix, { force: true })
    await expect(open().read()).rejects.toThrow(`delete ${file}.known`)
    rmSync(`${file}.known`)
    expect(await open().read()).toEqual({ genesis: undefined, entries: [] })
  })
})

const genesis = { id: 'genesis-1', atMs: 1 }
const halt = fixture()
const another = { ...halt, id: 'halt-0002' }

function fixture(): EngagedEntry {
  return {
    id: 'halt-0001',
    kind: 'engaged',
    atMs: 1,
    by: 'ada',
    reason: 'now',
    scope: 'all',
    cause: 'operator',
  }
}
