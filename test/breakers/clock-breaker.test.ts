import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { BreakerState } from '../../src/breakers/breaker.ts'
import { createClockBreaker } from '../../src/breakers/clock-breaker.ts'
import { GatewayError } from '../../src/errors.ts'

let nowMs = 0
beforeEach(() => {
  nowMs = 1_000
})

const create = () =>
  createClockBreaker(
    {
      name: 'primary',
      errorThresholdPercentage: 50,
      volumeThreshold: 4,
      resetTimeoutMs: 1_000,
      rollingWindowMs: 10_000,
    },
    { monotonicMs: () => nowMs, wallMs: () => nowMs },
  )
type TestBreaker = ReturnType<typeof create>

const ok = (breaker: TestBreaker) => breaker.run(async () => 'ok').catch((error: Error) => error.name)
const failWith = (breaker: TestBreaker, error: unknown) =>
  breaker.run(() => Promise.reject(error)).catch((thrown: Error) => thrown.name)
const fail = (breaker: TestBreaker) => failWith(breaker, new GatewayError('engine_closed', 'cut'))
const leave = (breaker: TestBreaker) => failWith(breaker, new GatewayError('client_closed', 'left'))

async function halfOpen(): Promise<TestBreaker> {
  const breaker = create()
  for (let i = 0; i < 4; i++) await fail(breaker)
  expect(breaker.state).toBe('open')
  nowMs += 1_000
  expect(breaker.state).toBe('half-open')
  return breaker
}

describe('a closed circuit without timers', () => {
  it('opens when more than the threshold of enough calls have failed', async () => {
    const breaker = create()
    for (const call of [ok, ok, fail, fail]) await call(breaker)
    expect(breaker.state).toBe('closed')
    await fail(breaker)
    expect(breaker.state).toBe('open')
    expect(await ok(breaker)).toBe('BreakerOpenError')
  })

  it('forgets failures that have left the window', async () => {
    const breaker = create()
    for (let i = 0; i < 3; i++) await fail(breaker)
    nowMs += 11_000
    await fail(breaker)
    expect(breaker.state).toBe('closed')
  })

  it('counts a client that left neither as a failure nor as a success', async () => {
    const breaker = create()
    for (let i = 0; i < 10; i++) await leave(breaker)
    for (let i = 0; i < 3; i++) await fail(breaker)
    expect(breaker.state).toBe('closed')
    await fail(breaker)
    expect(breaker.state).toBe('open')
  })

  it('counts a reply that broke off in mid-stream', async () => {
    const breaker = create()
    for (let i = 0; i < 4; i++) breaker.recordLateFailure(new GatewayError('engine_closed', 'cut'))
    expect(breaker.state).toBe('open')
  })
})

describe('a half-open circuit without timers', () => {
  it('lets one trial through, and closes with its success', async () => {
    const breaker = await halfOpen()
    let finish = () => {}
    const trial = breaker.run(() => new Promise<void>((resolve) => (finish = resolve)))
    expect(await ok(breaker)).toBe('BreakerOpenError')
    finish()
    await trial
    expect(breaker.state).toBe('closed')
  })

  it.each([
    ['fails', fail],
    ['is left by its client', leave],
  ])('opens again when the trial %s', async (_, call) => {
    const breaker = await halfOpen()
    await call(breaker)
    expect(breaker.state).toBe('open')
  })

  it('tries again when the request of a trial was torn down and never settles', async () => {
    const breaker = await halfOpen()
    void breaker.run(() => new Promise(() => {}))
    nowMs += 1_000
    expect(await ok(breaker)).toBe('ok')
    expect(breaker.state).toBe('closed')
  })

  it('is not decided by a call that began before', async () => {
    const breaker = create()
    let finish = () => {}
    const old = breaker.run(() => new Promise<void>((resolve) => (finish = resolve)))
    for (let i = 0; i < 4; i++) await fail(breaker)
    nowMs += 1_000
    expect(breaker.state).toBe('half-open')
    finish()
    await old
    expect(breaker.state).toBe('half-open')
  })
})

describe('a hold without timers', () => {
  it('lasts until it is released, and then counts anew', async () => {
    const breaker = create()
    for (let i = 0; i < 3; i++) await fail(breaker)
    breaker.hold()
    nowMs += 1_000_000
    expect(breaker.state).toBe('held')
    expect(await ok(breaker)).toBe('BreakerOpenError')
    breaker.release()
    await fail(breaker)
    expect(breaker.state).toBe('closed')
  })
})

it('runs calls only while closed, one at a time while half-open, and tells every change once', async () => {
  const step = fc.constantFrom('ok', 'fail', 'leave', 'late', 'hold', 'release', 'wait')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (plan) => {
      const breaker = create()
      const told: BreakerState[] = []
      breaker.onChange((state) => told.push(state))
      for (const each of plan) {
        const before = breaker.state
        let ran = false
        const call = (result: Promise<unknown>) => {
          ran = true
          return result
        }
        if (each === 'ok') await breaker.run(() => call(Promise.resolve())).catch(() => {})
        if (each === 'fail') await breaker.run(() => call(Promise.reject(new Error('no')))).catch(() => {})
        if (each === 'leave')
          await breaker
            .run(() => call(Promise.reject(new GatewayError('client_closed', 'left'))))
            .catch(() => {})
        if (each === 'late') breaker.recordLateFailure(new Error('cut'))
        if (each === 'hold') breaker.hold()
        if (each === 'release') breaker.release()
        if (each === 'wait') nowMs += 700
        if (['ok', 'fail', 'leave'].includes(each))
          expect(ran).toBe(before === 'closed' || before === 'half-open')
        // Looked at first: what time brings about is told by looking.
        const after = breaker.state
        expect(told.at(-1) ?? 'closed').toBe(after)
      }
      expect(told.every((state, at) => state !== (told[at - 1] ?? 'closed'))).toBe(true)
    }),
  )
})
