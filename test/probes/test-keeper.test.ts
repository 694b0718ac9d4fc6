import { describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { createTestKeeper, probesLease, type TestIdentity } from '../../src/probes/test-keeper.ts'
import type { Alarm } from '../../src/signals/detection-monitor.ts'
import type { DetectionOutcome } from '../../src/signals/detection-outcome.ts'
import { memoryTestState } from './memory-test-state.ts'

const rules = {
  warningBelow: 0.95,
  criticalBelow: 0.9,
  specificityBelow: 0.7,
  availabilityBelow: 0.95,
  silenceAfterMs: 300_000,
}

const outcome = (heard: boolean | undefined, atMs = 1_000): DetectionOutcome => ({
  source: 'probe',
  label: 1,
  tier: 'core',
  kind: 'active',
  level: 'active',
  language: 'en',
  isCritical: false,
  heard,
  ms: 20,
  atMs,
})

async function keeperOn(store = memoryTestState(), holder = 'a') {
  const identity: TestIdentity = { engineVersion: 'v1', epoch: '0:start' }
  const alarms: Alarm[] = []
  const clock = { monotonicMs: () => 1_000, wallMs: () => 1_000 }
  const onAlarm = vi.fn(async (alarm: Alarm) => {
    alarms.push(alarm)
  })
  const keeper = createTestKeeper({
    key: 'crisis-detection:primary',
    store,
    identity: () => identity,
    rules: () => rules,
    clock,
    logger: silentLogger,
    onAlarm,
  })
  const token = (await store.acquire(probesLease, holder, 60_000))?.token ?? 0
  return { keeper, store, identity, alarms, onAlarm, token, clock }
}

describe('the state of the tests', () => {
  it('raises the alarm at the sixth missed probe in a row, once', async () => {
    const { keeper, alarms, token } = await keeperOn()
    for (let miss = 1; miss <= 8; miss++) {
      await keeper.observe(outcome(false), token)
      expect(alarms.filter(({ test }) => test === 'recall')).toHaveLength(miss < 6 ? 0 : 1)
    }
    expect(alarms[0]).toMatchObject({ test: 'recall', level: 'critical', isDead: true, outcomes: 6 })
    expect(alarms[0]?.says).toContain('6 missed of 6')
  })

  it('goes on where it was after a restart, and after another gateway has taken over', async () => {
    const first = await keeperOn()
    for (let miss = 0; miss < 5; miss++) await first.keeper.observe(outcome(false), first.token)
    await first.store.release(probesLease, 'a')
    const second = await keeperOn(first.store, 'b')
    await second.keeper.observe(outcome(false), second.token)
    expect(second.alarms).toMatchObject([{ test: 'recall', outcomes: 6 }])
  })

  it('takes nothing from a gateway that was paused and has lost the lease', async () => {
    const old = await keeperOn()
    await old.keeper.observe(outcome(true), old.token)
    await old.store.release(probesLease, 'a')
    const now = await keeperOn(old.store, 'b')
    await now.keeper.observe(outcome(true), now.token)
    await old.keeper.observe(outcome(false), old.token)
    await now.keeper.refresh()
    expect(now.keeper.state).toMatchObject({ n: 2 })
  })

  it('starts anew with another version of the engine and with each clearance', async () => {
    const { keeper, identity, token } = await keeperOn()
    for (let n = 0; n < 5; n++) await keeper.observe(outcome(false), token)
    identity.engineVersion = 'v2'
    expect(keeper.state).toBeUndefined()
    await keeper.observe(outcome(false), token)
    expect(keeper.state).toMatchObject({ engineVersion: 'v2', n: 1 })
    identity.epoch = '700:ramp-1'
    await keeper.observe(outcome(true), token)
    expect(keeper.state).toMatchObject({ epoch: '700:ramp-1', n: 1 })
  })

  it('counts an outcome that it could not answer for again, not twice', async () => {
    const { keeper, onAlarm, token } = await keeperOn()
    for (let n = 0; n < 5; n++) await keeper.observe(outcome(false), token)
    onAlarm.mockRejectedValueOnce(new Error('no halt could be engaged'))
    await expect(keeper.observe(outcome(false), token)).rejects.toThrow('no halt')
    expect(keeper.state).toMatchObject({ n: 5 })
    await keeper.observe(outcome(false), token)
    expect(keeper.state).toMatchObject({ n: 6 })
  })

  it('takes each label once, however often and by whomever it is brought', async () => {
    const { keeper, store, token } = await keeperOn()
    const label = (seq: number) => ({ seq, outcome: outcome(true) })
    await keeper.observePlaced([label(1), label(2)], 2, token)
    await keeper.observePlaced([label(1), label(2), label(3)], 3, token)
    expect(keeper.state).toMatchObject({ n: 3 })
    // Labels of other engines move the place on, and nothing else.
    await keeper.observePlaced([], 7, token)
    expect(keeper.cursor()).toBe(7)
    await store.release(probesLease, 'a')
    const next = await keeperOn(store, 'b')
    await next.keeper.observePlaced([label(6), label(7), label(8)], 8, next.token)
    expect(next.keeper.state).toMatchObject({ n: 4 })
  })

  it('takes no label of an exchange from before the test began', async () => {
    const { keeper, token } = await keeperOn()
    await keeper.observePlaced([{ seq: 1, outcome: outcome(false, 999) }], 1, token)
    expect(keeper.state?.n ?? 0).toBe(0)
  })

  it('goes on in memory while the store is away, and halts by it all the same', async () => {
    const { keeper, store, alarms, token } = await keeperOn()
    await keeper.observe(outcome(true), token)
    store.away = true
    for (let n = 0; n < 6; n++) await keeper.observe(outcome(false), token)
    expect(alarms).toMatchObject([{ test: 'recall', level: 'critical' }])
    store.away = false
    await keeper.observe(outcome(false), token)
    expect((await store.read('crisis-detection:primary'))?.value).toContain('"n":8')
  })

  it('keeps what it saw while a write of its own went through unheard', async () => {
    const { keeper, store, token } = await keeperOn()
    await keeper.observe(outcome(true), token)
    const { write } = store
    store.write = async (...given) => {
      await write(...given)
      throw new Error('the answer was lost')
    }
    await keeper.observe(outcome(false), token)
    store.write = write
    await keeper.observe(outcome(false), token)
    expect(keeper.state).toMatchObject({ n: 3 })
    expect((await store.read('crisis-detection:primary'))?.value).toContain('"n":3')
  })

  it('calls silence a failure while it looks, and an answered probe its end', async () => {
    const { keeper, alarms, token, clock } = await keeperOn()
    await keeper.observe(outcome(true), token)
    for (let atMs = 1_000; atMs <= 1_000 + rules.silenceAfterMs; atMs += 10_000) {
      expect(alarms).toEqual([])
      clock.wallMs = () => atMs
      await keeper.look(token)
    }
    await keeper.observe(outcome(undefined, clock.wallMs()), token)
    await keeper.look(token)
    expect(alarms).toMatchObject([{ test: 'silence', level: 'critical', isDead: true }])
    await keeper.observe(outcome(true, clock.wallMs()), token)
    expect(Object.keys(keeper.state?.alarms ?? {})).toEqual([])
  })

  it('does not call it silence that nobody was there to hear: a restart, a takeover, a machine that slept', async () => {
    const first = await keeperOn()
    await first.keeper.observe(outcome(true), first.token)
    await first.store.release(probesLease, 'a')
    const later = await keeperOn(first.store, 'b')
    for (const afterMs of [1, 2, 3]) {
      later.clock.wallMs = () => afterMs * 10 * rules.silenceAfterMs
      await later.keeper.look(later.token)
    }
    expect(later.alarms).toEqual([])
  })

  it('does not begin anew because an old mark has gone', async () => {
    const { keeper, identity, token } = await keeperOn()
    identity.epoch = '500:ramp-1'
    await keeper.observe(outcome(true), token)
    identity.epoch = '0:start'
    expect(keeper.state).toMatchObject({ epoch: '500:ramp-1', n: 1 })
    identity.epoch = '900:ramp-2'
    expect(keeper.state).toBeUndefined()
  })
})
