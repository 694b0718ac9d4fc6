import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClearedEntry, EngagedEntry, HaltEntry } from '../../src/breakers/halt-entry.ts'
import { digestOf } from '../../src/breakers/halt-set.ts'
import type { Genesis, HaltStore } from '../../src/stores/halt-store.ts'

/** One storage under test. `open` gives a handle on it, as another gateway or the same one after a restart would have. */
export interface HaltStorage {
  open(): Promise<HaltStore>
  /** Ends what `create` started; handles still open are closed by the contract before. */
  dispose(): Promise<void>
}

export interface HaltStoreTraits {
  /** Entries written through one handle are pushed to the subscribers of another. */
  pushes: boolean
}

/**
 * What every halt store promises, for SQLite, Redis and Durable Objects alike. `create` makes an empty storage that
 * has never been set up. Imports nothing of Node, so that it also runs in workerd.
 */
export function testHaltStore(
  name: string,
  create: () => Promise<HaltStorage>,
  { pushes }: HaltStoreTraits = { pushes: false },
): void {
  describe(`${name} as a halt store`, () => {
    let storage: HaltStorage
    const opened: HaltStore[] = []

    const open = async (): Promise<HaltStore> => {
      const store = await storage.open()
      opened.push(store)
      return store
    }

    beforeEach(async () => {
      storage = await create()
    })

    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close()
      await storage.dispose()
    })

    it('is unknown until it has been set up', async () => {
      const store = await open()
      expect(await store.read()).toEqual({ genesis: undefined, entries: [] })
      expect((await store.confirm('gateway-a')).digest).toBeUndefined()
    })

    it('keeps the first genesis and answers with it ever after', async () => {
      const store = await open()
      const other = await open()
      expect(await store.initialise(genesis)).toEqual(genesis)
      expect(await other.initialise({ id: 'genesis-second', atMs: 9 })).toEqual(genesis)
      expect((await other.read()).genesis).toEqual(genesis)
    })

    it('has the digest of the empty set once it has been set up', async () => {
      const store = await open()
      await store.initialise(genesis)
      expect(await store.confirm('gateway-a')).toMatchObject({ durable: true, digest: digestOf([]) })
    })

    it('returns every entry as it was written, text in any script and unknown kinds included', async () => {
      const store = await open()
      await store.initialise(genesis)
      expect(await store.append([halt, clearance, future])).toMatchObject({ durable: true })
      expect(sorted((await store.read()).entries)).toEqual(sorted([halt, clearance, future]))
    })

    it('shows an acknowledged entry to every other handle', async () => {
      const [writer, reader] = [await open(), await open()]
      await writer.initialise(genesis)
      await writer.append([halt])
      expect((await reader.read()).entries).toEqual([halt])
    })

    it('keeps genesis and entries when it is closed and opened again', async () => {
      const first = await open()
      await first.initialise(genesis)
      await first.append([halt, clearance])
      await first.close()
      const snapshot = await (await open()).read()
      expect(snapshot.genesis).toEqual(genesis)
      expect(sorted(snapshot.entries)).toEqual(sorted([halt, clearance]))
    })

    it('takes an entry twice without harm, and never changes one that is there', async () => {
      const store = await open()
      await store.append([halt])
      await store.append([halt, { ...halt, scope: 'tenant:smaller', reason: 'rewritten' }, clearance])
      expect(sorted((await store.read()).entries)).toEqual(sorted([halt, clearance]))
    })

    it('takes an empty list', async () => {
      const store = await open()
      expect(await store.append([])).toMatchObject({ durable: true })
      expect((await store.read()).entries).toEqual([])
    })

    it('takes entries before it is set up, and stays unknown', async () => {
      const store = await open()
      await store.append([halt])
      expect(await store.read()).toEqual({ genesis: undefined, entries: [halt] })
      expect((await store.confirm('gateway-a')).digest).toBeUndefined()
      await store.initialise(genesis)
      expect((await store.confirm('gateway-a')).digest).toBe(digestOf([halt.id]))
    })

    it('confirms with the digest of the ids it holds, whatever their order and case', async () => {
      const store = await open()
      await store.initialise(genesis)
      const ids = [
        'bbbbbbbb',
        'Bbbbbbbb',
        'aaaaaaaa',
        '_aaaaaaa',
        '-aaaaaaa',
        'Zzzzzzzz',
        '0zzzzzzz',
        'aaaaaaaa0',
      ]
      await store.append(ids.map((id) => ({ ...halt, id })))
      const { digest } = await (await open()).confirm('gateway-b')
      expect(digest).toBe(digestOf(ids))
    })

    it('confirms many gateways, again and again', async () => {
      const store = await open()
      await store.initialise(genesis)
      for (const gateway of ['gateway-a', 'gateway-b', 'gateway-a']) {
        expect(await store.confirm(gateway)).toMatchObject({ durable: true, digest: digestOf([]) })
      }
    })

    it('loses nothing when several handles write at once', async () => {
      const stores = [await open(), await open(), await open()]
      const entries = Array.from({ length: 30 }, (_, i) => ({ ...halt, id: `concurrent-${i}` }))
      await Promise.all(entries.map((entry, i) => (stores[i % 3] as HaltStore).append([entry])))
      expect(sorted((await (await open()).read()).entries)).toEqual(sorted(entries))
    })

    it('compacts exactly the ids it is told to, also when some are not there', async () => {
      const store = await open()
      await store.initialise(genesis)
      await store.append([halt, clearance, future])
      await store.compact([halt.id, clearance.id, 'never-seen'])
      await store.compact([])
      expect((await (await open()).read()).entries).toEqual([future])
      expect((await store.confirm('gateway-a')).digest).toBe(digestOf([future.id]))
    })

    it('rejects after it has been closed, instead of pretending', async () => {
      const store = await open()
      await store.close()
      await expect(store.append([halt])).rejects.toThrow()
      await expect(store.confirm('gateway-a')).rejects.toThrow()
      await expect(store.read()).rejects.toThrow()
    })

    it('may be closed twice', async () => {
      const store = await open()
      await store.close()
      await expect(store.close()).resolves.toBeUndefined()
    })

    it('lets a subscriber leave, whether or not anything was pushed', async () => {
      const store = await open()
      const seen = vi.fn()
      const leave = store.subscribe(seen)
      leave()
      leave()
      await store.append([halt])
      expect(seen).not.toHaveBeenCalled()
    })

    if (pushes) {
      it('pushes new entries to the subscribers of other handles', async () => {
        const [writer, listener] = [await open(), await open()]
        const seen: HaltEntry[] = []
        listener.subscribe((entries) => seen.push(...entries))
        // Subscribing takes a moment and messages may be lost; sending again is what gateways do too.
        await vi.waitFor(
          async () => {
            await writer.append([halt, clearance])
            expect(seen).toEqual(expect.arrayContaining([halt, clearance]))
          },
          { timeout: 4_000, interval: 50 },
        )
      })
    }
  })
}

const genesis: Genesis = { id: 'genesis-first', atMs: 1_767_225_600_000 }

const halt: EngagedEntry = {
  id: 'halt-0001',
  kind: 'engaged',
  atMs: 1_767_225_600_123,
  by: 'person:Zoë',
  reason: 'the engine answers "no" to a call for help, \n自殺, 🆘 \u2028',
  scope: 'all',
  cause: 'crisis-detection',
}

const clearance: ClearedEntry = {
  id: 'clear-0001',
  kind: 'cleared',
  haltId: halt.id,
  atMs: 1_767_225_700_456,
  by: 'person:Ada',
  reason: 'probes are green again',
}

/** Of a version to come. */
const future: HaltEntry = {
  id: 'future-001',
  kind: 'of a later version',
  atMs: 5,
  share: 0.1,
  steps: [{ a: null }, 'b'],
}

function sorted(entries: readonly HaltEntry[]): HaltEntry[] {
  return entries.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
