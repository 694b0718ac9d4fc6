import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { HaltEntry } from '../../src/breakers/halt-entry.ts'
import type { HaltStore } from '../../src/stores/halt-store.ts'
import { createIpcHalts, type HaltsFromKeeper, type HaltsToKeeper } from '../../src/stores/ipc-halts.ts'
import { keepHaltsFor } from '../../src/stores/ipc-halts-keeper.ts'
import { createSqliteHalts } from '../../src/stores/sqlite-halts.ts'
import { SimulatedNode, SimulatedStore } from '../breakers/simulated-halts.ts'
import { testHaltStore } from '../stores/halt-store-contract.ts'
import { channelPair } from './fake-channel.ts'

const pair = () => channelPair<HaltsFromKeeper, HaltsToKeeper>()

function over(store: HaltStore): HaltStore {
  const { worker, primary } = pair()
  keepHaltsFor(primary, store)
  return createIpcHalts(worker)
}

testHaltStore('SQLite, asked by messages', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-'))
  const kept = createSqliteHalts(join(folder, 'halts.db'))
  return {
    open: async () => over(kept),
    async dispose() {
      await kept.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})

testHaltStore(
  'a store that pushes, asked by messages',
  async () => {
    const node = new SimulatedNode()
    const peers = new Set<SimulatedStore>()
    return { open: async () => over(new SimulatedStore(node, peers)), dispose: async () => {} }
  },
  { pushes: true },
)

describe('Halts kept in another process', () => {
  const entry: HaltEntry = {
    id: 'halt-0001',
    kind: 'engaged',
    atMs: 1,
    by: 'a',
    reason: 'drill',
    scope: 'all',
    cause: 'drill',
  }

  function kept() {
    const node = new SimulatedNode()
    const peers = new Set<SimulatedStore>()
    const channel = pair()
    const keeper = keepHaltsFor(channel.primary, new SimulatedStore(node, peers))
    return {
      ...channel,
      keeper,
      store: createIpcHalts(channel.worker),
      other: new SimulatedStore(node, peers),
    }
  }

  it('tells why the other process could not do what was asked', async () => {
    const { worker, primary } = pair()
    const broken = new SimulatedStore()
    broken.mode = 'down'
    keepHaltsFor(primary, broken)
    await expect(createIpcHalts(worker).read()).rejects.toThrow(/\w/)
  })

  it('are settled at once in a process that has not subscribed: it serves nobody yet', async () => {
    const { keeper, other } = kept()
    await other.append([entry])
    await expect(keeper.settled()).resolves.toBeUndefined()
  })

  it('are settled only when every subscriber has taken what was pushed', async () => {
    const { keeper, store, other, freezeWorker, resumeWorker } = kept()
    const seen: HaltEntry[] = []
    store.subscribe((entries) => seen.push(...entries))
    await store.read()
    freezeWorker()
    await other.append([entry])
    const settled = vi.fn()
    const settling = keeper.settled().then(settled)
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    expect(settled).not.toHaveBeenCalled()
    resumeWorker()
    await settling
    expect(seen).toEqual([entry])
  })

  it('are settled when the process has ended instead', async () => {
    const { keeper, store, other, freezeWorker } = kept()
    store.subscribe(() => {})
    await store.read()
    freezeWorker()
    await other.append([entry])
    const settling = keeper.settled()
    keeper.close()
    await expect(settling).resolves.toBeUndefined()
  })

  it('leaves nobody waiting when it is closed', async () => {
    const { store, freezeWorker } = kept()
    freezeWorker()
    const asked = store.confirm('gateway-a')
    const refused = expect(asked).rejects.toThrow('closed')
    await store.close()
    await refused
  })
})
