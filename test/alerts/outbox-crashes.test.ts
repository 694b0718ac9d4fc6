import fc from 'fast-check'
import { expect, it } from 'vitest'
import { claimDue, markDelivered, markFailed, markRetry } from '../../src/alerts/outbox.ts'
import { retryDelayMs } from '../../src/alerts/retry-delay.ts'
import { silentLogger } from '../../src/logger.ts'
import type { OutboxRow } from '../../src/stores/crisis-tables.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { put, rowsOf } from './outbox-parts.ts'

const leaseMs = 30_000
const giveUpAtMs = 600_000

/** What may happen, in any order: each gateway claims, its receiver answers or not, it writes that down or dies first. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('put' as const), n: fc.nat(2) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      gateway: fc.nat(2),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('finish' as const),
      gateway: fc.nat(2),
      result: fc.constantFrom('delivered', 'retry', 'refused'),
      /** The receiver has it, and the gateway dies before it can say so. */
      dies: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), gateway: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 45_000 }) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Plays a run of steps and checks after each what must never be. */
async function play(records: Records, run: number, steps: readonly Step[]) {
  let nowMs = 1_000
  const claims: OutboxRow[][] = [[], [], []]
  const received = new Map<string, number>()
  const ends = new Map<string, string[]>()
  const ended = (row: OutboxRow | undefined) => {
    if (row !== undefined) ends.set(row.id, [...(ends.get(row.id) ?? []), row.state])
  }
  const write = <T>(work: (trx: Parameters<Parameters<Records['write']>[0]>[0]) => Promise<T>) =>
    records.write(work)

  async function claim(gateway: number, limit: number) {
    const rows = await claimDue(records, { holder: `gateway-${gateway}`, limit, leaseMs, nowMs })
    for (const row of rows) {
      // Somebody else still holds it: only because its lease has run out.
      for (const other of claims.flat().filter(({ id }) => id === row.id))
        expect(other.lease_until_ms ?? 0).toBeLessThanOrEqual(nowMs)
      expect(ends.has(row.id)).toBe(false)
    }
    claims[gateway]?.push(...rows)
  }

  async function finish(gateway: number, result: 'delivered' | 'retry' | 'refused', dies: boolean) {
    const row = claims[gateway]?.shift()
    if (row === undefined) return
    if (result === 'delivered') received.set(row.id, (received.get(row.id) ?? 0) + 1)
    if (dies) return
    const before = await rowOf(row.id)
    if (result === 'delivered') ended(await write((trx) => markDelivered(trx, row.id, { nowMs })))
    else if (result === 'retry' && nowMs < row.give_up_at_ms) {
      const nextAttemptAtMs = nowMs + retryDelayMs('safety', row.attempts, 0.5)
      await write((trx) => markRetry(trx, row, { nextAttemptAtMs, why: 'later' }))
    } else ended(await write((trx) => markFailed(trx, row, { nowMs, why: 'never' })))
    // Another attempt has begun since: what ours met says nothing about that one, unless the receiver has it.
    if (before?.attempts !== row.attempts && result !== 'delivered')
      expect(await rowOf(row.id)).toEqual(before)
  }

  const rowOf = async (id: string) => (await rowsOf(records)).find((one) => one.id === id)

  for (const one of steps) {
    if (one.do === 'put') await put(records, { subject: `${run}:${one.n}`, atMs: nowMs, giveUpAtMs })
    else if (one.do === 'claim') await claim(one.gateway, one.limit)
    else if (one.do === 'finish') await finish(one.gateway, one.result as 'delivered', one.dies)
    else if (one.do === 'crash') claims[one.gateway] = []
    else nowMs += one.ms
  }

  // Whatever happened: gateways that stay and a receiver that answers bring every message to its end.
  for (const gateway of [0, 1, 2]) claims[gateway] = []
  for (let round = 0; round < 20; round++) {
    nowMs += leaseMs
    await claim(0, 20)
    while (claims[0]?.length) await finish(0, 'delivered', false)
  }
  for (const row of (await rowsOf(records)).filter(({ subject }) => subject.startsWith(`${run}:`))) {
    expect(['delivered', 'failed']).toContain(row.state)
    // What ends is ended once: the register and the incident follow an end, so they are written once.
    expect(ends.get(row.id)).toEqual([row.state])
    if (row.state === 'delivered') expect(received.get(row.id)).toBeGreaterThan(0)
  }
}

it('loses no message and ends none twice, wherever gateways die', async () => {
  const records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40 }), (steps) =>
      play(records, ++run, steps),
    ),
    { numRuns: 60 },
  )
  await records.close()
}, 20_000)
