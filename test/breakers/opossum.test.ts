import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BreakerOpenError, type BreakerState } from '../../src/breakers/breaker.ts'
import { createOpossumBreaker, type OpossumBreakerOptions } from '../../src/breakers/opossum.ts'
import { GatewayError } from '../../src/errors.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const create = (options: Partial<OpossumBreakerOptions> = {}) =>
  createOpossumBreaker({
    name: 'primary',
    errorThresholdPercentage: 50,
    volumeThreshold: 4,
    resetTimeoutMs: 1_000,
    rollingWindowMs: 10_000,
    ...options,
  })
type TestBreaker = ReturnType<typeof create>

const ok = (breaker: TestBreaker) => breaker.run(async () => 'ok').catch((error: Error) => error.name)
const failWith = (breaker: TestBreaker, error: unknown) =>
  breaker.run(() => Promise.reject(error)).catch((thrown: Error) => thrown.name)
const fail = (breaker: TestBreaker) => failWith(breaker, new GatewayError('engine_closed', 'cut'))
const leave = (breaker: TestBreaker) => failWith(breaker, new GatewayError('client_closed', 'left'))

async function open(breaker: TestBreaker) {
  for (let i = 0; i < 4; i++) await fail(breaker)
  expect(breaker.state).toBe('open')
}

async function halfOpen(breaker: TestBreaker) {
  await open(breaker)
  vi.advanceTimersByTime(1_000)
  expect(breaker.state).toBe('half-open')
}

describe('closed circuit', () => {
  it('hands results and errors through unchanged', async () => {
    const breaker = create()
    expect(await breaker.run(async () => 42)).toBe(42)
    const error = new Error('as it was')
    await expect(breaker.run(() => Promise.reject(error))).rejects.toBe(error)
    await expect(
      breaker.run(() => {
        throw error
      }),
    ).rejects.toBe(error)
  })

  it('opens when more than the threshold of enough calls have failed', async () => {
    const breaker = create()
    for (const call of [ok, ok, fail, fail]) await call(breaker)
    expect(breaker.state).toBe('closed')
    await fail(breaker)
    expect(breaker.state).toBe('open')
  })

  it('stays closed while there were too few calls to judge', async () => {
    const breaker = create({ volumeThreshold: 100 })
    for (let i = 0; i < 99; i++) await fail(breaker)
    expect(breaker.state).toBe('closed')
    await fail(breaker)
    expect(breaker.state).toBe('open')
  })

  it('forgets what is older than the window', async () => {
    const breaker = create()
    for (let i = 0; i < 3; i++) await fail(breaker)
    vi.advanceTimersByTime(11_000)
    for (let i = 0; i < 3; i++) await fail(breaker)
    expect(breaker.state).toBe('closed')
  })

  it('counts neither clients that leave nor requests that cannot be sent, in either direction', async () => {
    const breaker = create()
    for (let i = 0; i < 50; i++) await leave(breaker)
    await failWith(breaker, new GatewayError('invalid_request', 'bad path'))
    expect(breaker.state).toBe('closed')
    await open(breaker)
  })

  it('counts failures that come after the call was done', async () => {
    const breaker = create({ volumeThreshold: 3 })
    await ok(breaker)
    breaker.recordLateFailure(new GatewayError('client_closed', 'left'))
    for (let i = 0; i < 3; i++) breaker.recordLateFailure(new GatewayError('engine_closed', 'cut'))
    await vi.advanceTimersByTimeAsync(0)
    expect(breaker.state).toBe('open')
  })
})

describe('open circuit', () => {
  it('refuses calls without running them', async () => {
    const breaker = create()
    await open(breaker)
    const action = vi.fn(async () => 'ok')
    await expect(breaker.run(action)).rejects.toBeInstanceOf(BreakerOpenError)
    await expect(breaker.run(action)).rejects.toThrow('the circuit of engine primary is open')
    expect(action).not.toHaveBeenCalled()
  })

  it('tries one call after resetTimeoutMs, and refuses others until it has ended', async () => {
    const breaker = create()
    await halfOpen(breaker)
    const trial = Promise.withResolvers<string>()
    const running = breaker.run(() => trial.promise)
    expect(await ok(breaker)).toBe('BreakerOpenError')
    trial.resolve('fine')
    expect(await running).toBe('fine')
    expect(breaker.state).toBe('closed')
    expect(await ok(breaker)).toBe('ok')
  })

  it('opens again when the trial fails, or its client leaves', async () => {
    for (const call of [fail, leave]) {
      const breaker = create()
      await halfOpen(breaker)
      await call(breaker)
      expect(breaker.state).toBe('open')
      vi.advanceTimersByTime(999)
      expect(breaker.state).toBe('open')
      vi.advanceTimersByTime(1)
      expect(breaker.state).toBe('half-open')
    }
  })

  it('lets no call that began before decide a half-open circuit', async () => {
    const breaker = create()
    const early = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const
    const [good, bad] = early.map(({ promise }) =>
      breaker.run(() => promise).catch((error: Error) => error.message),
    )
    await halfOpen(breaker)
    early[0].resolve('good')
    early[1].reject(new Error('bad'))
    expect(await Promise.all([good, bad])).toEqual(['good', 'bad'])
    expect(breaker.state).toBe('half-open')
  })

  it('takes a late failure in half-open for a failed trial', async () => {
    const breaker = create()
    await halfOpen(breaker)
    breaker.recordLateFailure(new GatewayError('engine_closed', 'cut'))
    await vi.advanceTimersByTimeAsync(0)
    expect(breaker.state).toBe('open')
  })

  it('counts anew after it has closed', async () => {
    const breaker = create()
    await halfOpen(breaker)
    await ok(breaker)
    await fail(breaker)
    expect(breaker.state).toBe('closed')
  })
})

describe('held circuit', () => {
  it('stays open, whatever time passes and whatever its calls come to, until it is released', async () => {
    const breaker = create()
    const early = Promise.withResolvers<string>()
    const running = breaker.run(() => early.promise)
    breaker.hold()
    breaker.hold()
    early.resolve('fine')
    await running
    breaker.recordLateFailure(new Error('late'))
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(breaker.state).toBe('held')
    expect(await ok(breaker)).toBe('BreakerOpenError')
    breaker.release()
    breaker.release()
    expect(breaker.state).toBe('closed')
    expect(await ok(breaker)).toBe('ok')
  })

  it('outlasts the reset timer of a circuit that was open already', async () => {
    const breaker = create()
    await open(breaker)
    breaker.hold()
    vi.advanceTimersByTime(10_000)
    expect(breaker.state).toBe('held')
  })

  it('does not count calls that began before it was held', async () => {
    const breaker = create()
    const early = Array.from({ length: 4 }, () => Promise.withResolvers<string>())
    const running = early.map(({ promise }) => breaker.run(() => promise).catch(() => {}))
    breaker.hold()
    breaker.release()
    for (const { reject } of early) reject(new GatewayError('engine_closed', 'cut'))
    await Promise.all(running)
    expect(breaker.state).toBe('closed')
  })

  it('counts anew after its release', async () => {
    const breaker = create()
    for (let i = 0; i < 3; i++) await fail(breaker)
    breaker.hold()
    breaker.release()
    await fail(breaker)
    expect(breaker.state).toBe('closed')
  })
})

it('tells listeners of every change once', async () => {
  const breaker = create()
  const seen: BreakerState[] = []
  breaker.onChange((state) => seen.push(state))
  await halfOpen(breaker)
  await fail(breaker)
  vi.advanceTimersByTime(1_000)
  await ok(breaker)
  breaker.hold()
  vi.advanceTimersByTime(5_000)
  breaker.release()
  expect(seen).toEqual(['open', 'half-open', 'open', 'half-open', 'closed', 'held', 'closed'])
})

it('leaves no timer behind when it is closed down, and refuses calls', async () => {
  const breaker = create()
  await open(breaker)
  breaker.hold()
  breaker.release()
  await open(breaker)
  breaker.close()
  expect(vi.getTimerCount()).toBe(0)
  expect(await ok(breaker)).toBe('BreakerOpenError')
})

type Step =
  | { do: 'ok' | 'fail' | 'leave' | 'late' | 'hold' | 'release' | 'begin' }
  | { do: 'wait'; ms: number }
  | { do: 'finish'; how: 'ok' | 'fail' | 'leave' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('ok', 'fail', 'leave', 'late', 'begin').map((name) => ({ do: name }) as const),
  },
  { weight: 1, arbitrary: fc.constantFrom('hold', 'release').map((name) => ({ do: name }) as const) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 1_500 }).map((ms) => ({ do: 'wait', ms }) as const) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('ok', 'fail', 'leave').map((how) => ({ do: 'finish', how }) as const),
  },
)

it('behaves as its state table says, in any order of events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      // The window outlasts the run, so the model needs only counts.
      const breaker = create({ rollingWindowMs: 10_000_000 })
      const model = {
        state: 'closed' as BreakerState,
        epoch: 0,
        calls: 0,
        failures: 0,
        openForMs: 0,
        trial: false,
      }
      const running: {
        epoch: number
        trial: boolean
        call: PromiseWithResolvers<string>
        done: Promise<unknown>
      }[] = []

      const anew = (state: BreakerState) =>
        Object.assign(model, { state, epoch: model.epoch + 1, calls: 0, failures: 0, trial: false })
      const opens = () => Object.assign(model, { state: 'open', openForMs: 0, trial: false })
      const count = (failed: boolean) => {
        model.calls++
        if (failed) model.failures++
        if (failed && model.calls >= 4 && model.failures / model.calls > 0.5) opens()
      }
      const ended = (how: 'ok' | 'fail' | 'leave', began: { epoch: number; trial: boolean }) => {
        if (model.state === 'held' || began.epoch !== model.epoch) return
        if (began.trial) {
          if (model.state !== 'half-open') return
          if (how === 'ok') anew('closed')
          else opens()
        } else if (model.state === 'closed' && how !== 'leave') count(how === 'fail')
      }
      const outcome = {
        ok: 'done',
        fail: new GatewayError('engine_timeout', 'slow'),
        leave: new GatewayError('client_closed', 'left'),
      }

      const begin = () => {
        const call = Promise.withResolvers<string>()
        let ran = false
        const done = breaker
          .run(() => {
            ran = true
            return call.promise
          })
          .catch(() => {})
        const admitted = model.state === 'closed' || (model.state === 'half-open' && !model.trial)
        expect(ran).toBe(admitted)
        if (!admitted) return undefined
        const trial = model.state === 'half-open'
        model.trial ||= trial
        return { epoch: model.epoch, trial, call, done }
      }
      const finish = async (how: 'ok' | 'fail' | 'leave', begun: (typeof running)[number]) => {
        const result = outcome[how]
        if (typeof result === 'string') begun.call.resolve(result)
        else begun.call.reject(result)
        await begun.done
        ended(how, begun)
      }

      for (const now of steps) {
        if (now.do === 'begin') {
          const begun = begin()
          if (begun) running.push(begun)
        } else if (now.do === 'finish') {
          const begun = running.shift()
          if (begun) await finish(now.how, begun)
        } else if (now.do === 'wait') {
          await vi.advanceTimersByTimeAsync(now.ms)
          if (model.state === 'open') model.openForMs += now.ms
          if (model.state === 'open' && model.openForMs >= 1_000)
            Object.assign(model, { state: 'half-open', trial: false })
        } else if (now.do === 'hold') {
          breaker.hold()
          if (model.state !== 'held') anew('held')
        } else if (now.do === 'release') {
          breaker.release()
          if (model.state === 'held') model.state = 'closed'
        } else if (now.do === 'late') {
          breaker.recordLateFailure(outcome.fail)
          await vi.advanceTimersByTimeAsync(0)
          if (model.state === 'closed') count(true)
          else if (model.state === 'half-open') opens()
        } else {
          const begun = begin()
          if (begun) await finish(now.do, begun)
        }
        expect(breaker.state).toBe(model.state)
      }
      for (const begun of running) await finish('leave', begun)
      breaker.close()
      expect(vi.getTimerCount()).toBe(0)
    }),
    { numRuns: 300 },
  )
})
