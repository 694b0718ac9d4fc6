import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TestStateStore } from '../../src/stores/test-state.ts'

/** One storage under test; time passes by `passMs`. */
export interface TestStateStorage {
  open(): TestStateStore
  passMs(ms: number): Promise<void>
  dispose(): Promise<void>
}

/** What every store of the tests promises. */
export function testTestState(name: string, create: () => Promise<TestStateStorage>): void {
  describe(`${name} as a store of the tests`, () => {
    let storage: TestStateStorage
    const opened: TestStateStore[] = []
    const open = () => {
      const store = storage.open()
      opened.push(store)
      return store
    }
    beforeEach(async () => {
      storage = await create()
    })
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()))
      await storage.dispose()
    })

    it('gives a lease to one holder at a time, who keeps the token while renewing', async () => {
      const store = open()
      const first = await store.acquire('probes', 'a', 400)
      expect(first?.ttlMs).toBe(400)
      expect(await store.acquire('probes', 'b', 400)).toBeUndefined()
      expect((await store.acquire('probes', 'a', 400))?.token).toBe(first?.token)
      expect(await store.acquire('others', 'b', 400)).toBeDefined()
    })

    it('gives a larger token to whoever comes after, by the end of the lease or by its release', async () => {
      const store = open()
      const first = await store.acquire('probes', 'a', 100)
      await storage.passMs(150)
      const second = await store.acquire('probes', 'b', 10_000)
      expect(second?.token).toBeGreaterThan(first?.token ?? Number.NaN)
      await store.release('probes', 'a')
      expect(await store.acquire('probes', 'a', 100)).toBeUndefined()
      await store.release('probes', 'b')
      const third = await store.acquire('probes', 'a', 10_000)
      expect(third?.token).toBeGreaterThan(second?.token ?? Number.NaN)
    })

    it('writes what was expected to be there, and nothing over another’s change', async () => {
      const store = open()
      const token = (await store.acquire('probes', 'a', 10_000))?.token ?? 0
      const under = (expected: number) => ({ expected, lease: 'probes', token })
      expect(await store.read('k')).toBeUndefined()
      expect(await store.write('k', 'one', under(0))).toEqual({ written: true, revision: 1 })
      expect(await store.write('k', 'other', under(0))).toEqual({ written: false, why: 'conflict' })
      expect(await store.write('k', 'two', under(1))).toEqual({ written: true, revision: 2 })
      expect(await open().read('k')).toEqual({ revision: 2, value: 'two' })
      expect(await store.read('l')).toBeUndefined()
    })

    it('fences off a holder whose lease has ended or is another’s now', async () => {
      const store = open()
      const old = (await store.acquire('probes', 'a', 100))?.token ?? 0
      await storage.passMs(150)
      expect(await store.write('k', 'late', { expected: 0, lease: 'probes', token: old })).toEqual({
        written: false,
        why: 'fenced',
      })
      const now = (await store.acquire('probes', 'b', 10_000))?.token ?? 0
      expect(await store.write('k', 'late', { expected: 0, lease: 'probes', token: old })).toMatchObject({
        why: 'fenced',
      })
      expect(await store.write('k', 'mine', { expected: 0, lease: 'probes', token: now })).toMatchObject({
        written: true,
      })
    })

    it('keeps large values as they are', async () => {
      const store = open()
      const token = (await store.acquire('probes', 'a', 10_000))?.token ?? 0
      const value = JSON.stringify({ text: 'é"\\\u2028'.repeat(30_000) })
      await store.write('k', value, { expected: 0, lease: 'probes', token })
      expect((await store.read('k'))?.value).toBe(value)
    })

    it('lengthens the lease with each renewal', async () => {
      const store = open()
      const first = await store.acquire('probes', 'a', 100)
      await store.acquire('probes', 'a', 10_000)
      await storage.passMs(150)
      expect(await store.acquire('probes', 'b', 10_000)).toBeUndefined()
      expect(await store.acquire('probes', 'a', 10_000)).toEqual({ ...first, ttlMs: 10_000 })
    })

    it('gives the lease to one of many who ask at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => open().acquire('probes', `holder-${index}`, 10_000)),
      )
      expect(answers.filter((lease) => lease !== undefined)).toHaveLength(1)
    })

    it('lets one of many writers at once through', async () => {
      const token = (await open().acquire('probes', 'a', 10_000))?.token ?? 0
      const writes = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          open().write('k', `value ${index}`, { expected: 0, lease: 'probes', token }),
        ),
      )
      const winner = writes.findIndex(({ written }) => written)
      expect(writes.filter(({ written }) => written)).toHaveLength(1)
      expect(await open().read('k')).toEqual({ revision: 1, value: `value ${winner}` })
    })

    it('rejects as unavailable once it is closed', async () => {
      const store = open()
      await store.close()
      await expect(store.read('k')).rejects.toMatchObject({ code: 'unavailable' })
    })
  })
}
