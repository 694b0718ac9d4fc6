import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSqliteTestState } from '../../src/stores/sqlite-test-state.ts'
import type { TestStateStore } from '../../src/stores/test-state.ts'

const ttlMs = 100

/** What one of two gateways does next. What it knows, it knows from its own answers: they may be old by then. */
const Step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('acquire'), who: fc.nat(1) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write'), who: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('read'), who: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release'), who: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart'), who: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 1, max: 150 }) }) },
)
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never

/** By the contract in words: who may write now, and what is there. */
interface Model {
  holder: number | undefined
  token: number
  untilMs: number
  revision: number
  value: string | undefined
}

describe('Two gateways that take turns in any order, with pauses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-test-state-'))
  const file = join(folder, 'state.db')
  let nowMs = 1_000
  const open = () => createSqliteTestState(file, () => nowMs)
  let stores: [TestStateStore, TestStateStore]
  let run = 0
  let seen: Record<string, number>

  beforeAll(() => {
    stores = [open(), open()]
    seen = {}
  })
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()))
    rmSync(folder, { recursive: true })
  })

  it('write only under the newest token, each upon what the other wrote last', {
    timeout: 30_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(Step, { minLength: 20, maxLength: 60 }), async (steps) => {
        run++
        await play(steps, `lease-${run}`, `key-${run}`)
      }),
      { numRuns: 100 },
    )
    // The property says something only where all of this has happened.
    for (const what of ['granted', 'renewed', 'refused', 'written', 'fenced', 'conflict'])
      expect(seen[what] ?? 0, what).toBeGreaterThan(20)
  })

  async function play(steps: Step[], lease: string, key: string): Promise<void> {
    const model: Model = { holder: undefined, token: 0, untilMs: 0, revision: 0, value: undefined }
    const first = { token: 0, revision: 0 }
    const second = { token: 0, revision: 0 }
    const note = (what: string) => {
      seen[what] = (seen[what] ?? 0) + 1
    }
    const isHeld = () => model.holder !== undefined && nowMs < model.untilMs

    for (const [index, step] of steps.entries()) {
      if (!('who' in step)) {
        nowMs += step.ms
        continue
      }
      const { who } = step
      const mine = who === 0 ? first : second
      const store = who === 0 ? stores[0] : stores[1]
      const name = `gateway-${who}`
      switch (step.kind) {
        case 'acquire': {
          const answer = await store.acquire(lease, name, ttlMs)
          if (isHeld() && model.holder !== who) {
            expect(answer).toBeUndefined()
            note('refused')
            break
          }
          const token = answer?.token ?? Number.NaN
          if (isHeld()) expect(token).toBe(model.token)
          else expect(token).toBeGreaterThan(model.token)
          note(isHeld() ? 'renewed' : 'granted')
          Object.assign(model, { holder: who, token, untilMs: nowMs + ttlMs })
          mine.token = token
          break
        }
        case 'write': {
          const value = `${name} at ${index}`
          const answer = await store.write(key, value, { expected: mine.revision, lease, token: mine.token })
          if (!isHeld() || mine.token !== model.token) {
            expect(answer).toEqual({ written: false, why: 'fenced' })
            note('fenced')
          } else if (mine.revision !== model.revision) {
            expect(answer).toEqual({ written: false, why: 'conflict' })
            note('conflict')
          } else {
            Object.assign(model, { revision: model.revision + 1, value })
            expect(answer).toEqual({ written: true, revision: model.revision })
            mine.revision = model.revision
            note('written')
          }
          break
        }
        case 'read': {
          const found = await store.read(key)
          expect(found).toEqual(
            model.value === undefined ? undefined : { revision: model.revision, value: model.value },
          )
          mine.revision = found?.revision ?? 0
          break
        }
        case 'release':
          await store.release(lease, name)
          if (model.holder === who) model.holder = undefined
          break
        case 'restart':
          await store.close()
          stores[who === 0 ? 0 : 1] = open()
          break
      }
    }
  }
})
