import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { RemoteError } from '../../../src/detectors/remote/json-post.ts'
import { RemoteDetectors } from '../../../src/detectors/remote/options.ts'
import type {
  RemoteDetector,
  RemoteInput,
  RemoteOpinion,
} from '../../../src/detectors/remote/remote-detector.ts'
import {
  createRemoteScreen,
  type RemoteEvent,
  type RemoteScreenParts,
  type RemoteVerdict,
} from '../../../src/detectors/remote/screen.ts'
import { person } from './answers.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

type Judge = (input: RemoteInput) => Promise<RemoteOpinion>
const detector = (judge: Judge, name = 'x'): RemoteDetector => ({ name, version: '7', judge })
const after =
  (delayMs: number, outcome: 'alert' | 'clear' | 'fail'): Judge =>
  () =>
    new Promise((resolve, reject) => {
      setTimeout(
        () => (outcome === 'fail' ? reject(new RemoteError('broke')) : resolve({ outcome })),
        delayMs,
      )
    })
const hangs: Judge = () => new Promise(() => {})
const alerts: Judge = async () => ({ outcome: 'alert', category: 'abuse', level: 'plan', score: 0.8 })
const clears: Judge = async () => ({ outcome: 'clear' })
const fails: Judge = () => Promise.reject(new RemoteError('answered with status 500'))

const screenOf = (
  detectors: RemoteDetector[],
  options: Parameters<typeof RemoteDetectors.parse>[0] = {},
  parts: Partial<RemoteScreenParts> = {},
) => createRemoteScreen({ detectors, limits: RemoteDetectors.parse(options), clock: systemClock, ...parts })
const messages = [person('words of a person')]
const down = (cause: string) => ({ kind: 'down', cause })

describe('the opinion of remote detectors', () => {
  it('is an alert at once when one alerts, and the others are called off', async () => {
    const signals: AbortSignal[] = []
    const slow: Judge = ({ signal }) => {
      signals.push(signal)
      return new Promise(() => {})
    }
    const screen = screenOf([detector(slow, 'slow'), detector(alerts, 'fast')])
    expect(await screen.ask(messages, 'uncertain')).toEqual({
      kind: 'alert',
      findings: [
        { detector: 'remote:fast', version: '7', category: 'abuse', level: 'plan', score: 0.8, evidence: [] },
      ],
    })
    expect(signals[0]?.aborted).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('counts nothing against a detector that was called off', async () => {
    const screen = screenOf([detector(hangs, 'slow'), detector(alerts, 'fast')])
    for (let i = 0; i < 10; i++) await screen.ask(messages, 'uncertain')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(screen.states()).toEqual([
      { detector: 'slow', state: 'closed' },
      { detector: 'fast', state: 'closed' },
    ])
  })

  it('is clear only when all say clear', async () => {
    expect(await screenOf([detector(clears), detector(clears, 'y')]).ask(messages, 'uncertain')).toEqual({
      kind: 'clear',
    })
    expect(await screenOf([detector(clears), detector(fails, 'y')]).ask(messages, 'uncertain')).toEqual(
      down('error'),
    )
    expect(await screenOf([detector(fails), detector(alerts, 'y')]).ask(messages, 'uncertain')).toMatchObject(
      {
        kind: 'alert',
      },
    )
  })

  it('says nothing where there is nobody to ask, or nothing to ask about', async () => {
    expect(await screenOf([]).ask(messages, 'uncertain')).toEqual(down('error'))
    expect(await screenOf([detector(clears)]).ask([{ role: 'assistant', text: 'x' }], 'uncertain')).toEqual(
      down('error'),
    )
  })

  it('fills in what an alert does not say', async () => {
    const bare: Judge = async () => ({ outcome: 'alert' })
    expect(await screenOf([detector(bare)]).ask(messages, 'sample')).toMatchObject({
      findings: [{ category: 'suicidal-ideation', level: 'active', score: 1 }],
    })
  })

  it('does not wait beyond its deadline, and aborts the question', async () => {
    let signal: AbortSignal | undefined
    const ignores: Judge = (input) => {
      signal = input.signal
      return new Promise(() => {})
    }
    const asked = vi.fn()
    void screenOf([detector(ignores)], { deadlineMs: 300 })
      .ask(messages, 'uncertain')
      .then(asked)
    await vi.advanceTimersByTimeAsync(299)
    expect(asked).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toHaveBeenCalledWith(down('timeout'))
    expect(signal?.aborted).toBe(true)
  })

  it('takes a detector that throws, or breaks its contract, for one that is down', async () => {
    const throws: Judge = () => {
      throw new Error('boom')
    }
    const garbage = [undefined, null, {}, { outcome: 'safe' }, { outcome: 'toString' }]
    for (const judge of [
      throws,
      ...garbage.map(
        (opinion): Judge =>
          async () =>
            opinion as RemoteOpinion,
      ),
    ])
      expect(await screenOf([detector(judge)]).ask(messages, 'uncertain')).toEqual(down('error'))
  })

  it('takes no clear from who has read a message in part, but an alert', async () => {
    const long = [person('x'.repeat(501))]
    const short = { maxCharacters: 500 }
    expect(await screenOf([detector(clears)], short).ask(long, 'uncertain')).toEqual(down('error'))
    expect(await screenOf([detector(alerts)], short).ask(long, 'uncertain')).toMatchObject({ kind: 'alert' })
  })
})

describe('the circuit of a remote detector', () => {
  const breaker = { volumeThreshold: 3, resetTimeoutMs: 5_000 }

  it('opens after failures, spares the waiting, and is tried again', async () => {
    let judge: Judge = fails
    const asked = vi.fn((input: RemoteInput) => judge(input))
    const screen = screenOf([detector(asked)], { breaker })
    for (let i = 0; i < 3; i++) expect(await screen.ask(messages, 'uncertain')).toEqual(down('error'))
    expect(screen.states()).toEqual([{ detector: 'x', state: 'open' }])
    expect(await screen.ask(messages, 'uncertain')).toEqual(down('breaker-open'))
    expect(asked).toHaveBeenCalledTimes(3)

    judge = clears
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await screen.ask(messages, 'uncertain')).toEqual({ kind: 'clear' })
    expect(screen.states()).toEqual([{ detector: 'x', state: 'closed' }])
  })

  it('lets one question alone try a half-open circuit', async () => {
    let judge: Judge = fails
    const screen = screenOf([detector((input) => judge(input))], { breaker })
    for (let i = 0; i < 3; i++) await screen.ask(messages, 'uncertain')
    await vi.advanceTimersByTimeAsync(5_000)
    judge = hangs
    const trial = screen.ask(messages, 'uncertain')
    expect(await screen.ask(messages, 'uncertain')).toEqual(down('breaker-open'))
    await vi.advanceTimersByTimeAsync(800)
    expect(await trial).toEqual(down('timeout'))
    expect(screen.states()).toEqual([{ detector: 'x', state: 'open' }])
  })

  it('counts an answer that is too late as a failure', async () => {
    const screen = screenOf([detector(hangs)], { breaker })
    const asked = [1, 2, 3].map(() => screen.ask(messages, 'uncertain'))
    await vi.advanceTimersByTimeAsync(800)
    expect(await Promise.all(asked)).toEqual([down('timeout'), down('timeout'), down('timeout')])
    expect(await screen.ask(messages, 'uncertain')).toEqual(down('breaker-open'))
  })

  it('counts for each detector alone', async () => {
    const screen = screenOf([detector(fails, 'ill'), detector(alerts, 'well')], { breaker })
    const slowAlert = screenOf([detector(fails, 'ill'), detector(after(5, 'alert'), 'well')], { breaker })
    for (let i = 0; i < 4; i++) {
      const asked = slowAlert.ask(messages, 'uncertain')
      await vi.advanceTimersByTimeAsync(5)
      expect(await asked).toMatchObject({ kind: 'alert' })
    }
    expect(slowAlert.states()).toEqual([
      { detector: 'ill', state: 'open' },
      { detector: 'well', state: 'closed' },
    ])
    expect(await screen.ask(messages, 'uncertain')).toMatchObject({ kind: 'alert' })
  })
})

describe('the limits of a remote detector', () => {
  it('refuses more questions at once than configured, and takes new ones after the deadline', async () => {
    const screen = screenOf([detector(hangs)], { concurrency: 2, breaker: { volumeThreshold: 100 } })
    const first = [screen.ask(messages, 'uncertain'), screen.ask(messages, 'uncertain')]
    expect(await screen.ask(messages, 'uncertain')).toEqual(down('busy'))
    await vi.advanceTimersByTimeAsync(800)
    await Promise.all(first)
    const next = screen.ask(messages, 'uncertain')
    await vi.advanceTimersByTimeAsync(800)
    expect(await next).toEqual(down('timeout'))
  })

  it('never sends more questions in any second than configured', async () => {
    const sentAtMs: number[] = []
    const judge: Judge = async () => {
      sentAtMs.push(performance.now())
      return { outcome: 'clear' }
    }
    const screen = screenOf([detector(judge)], { ratePerSecond: 5 })
    const refused: RemoteVerdict[] = []
    for (let i = 0; i < 400; i++) {
      const verdict = await screen.ask(messages, 'uncertain')
      if (verdict.kind === 'down') refused.push(verdict)
      await vi.advanceTimersByTimeAsync(10)
    }
    expect(refused[0]).toEqual(down('rate'))
    for (const atMs of sentAtMs)
      expect(sentAtMs.filter((other) => other >= atMs && other < atMs + 1_000).length).toBeLessThanOrEqual(5)
    expect(sentAtMs.length).toBe(20)
  })

  it('leaves half of both to people whom inline detection was not sure about', async () => {
    const busy = screenOf([detector(hangs)], { concurrency: 4 })
    void busy.ask(messages, 'sample')
    void busy.ask(messages, 'sample')
    expect(await busy.ask(messages, 'sample')).toEqual(down('busy'))
    const uncertain = busy.ask(messages, 'language')
    await vi.advanceTimersByTimeAsync(800)
    expect(await uncertain).toEqual(down('timeout'))

    const quick = screenOf([detector(clears)], { ratePerSecond: 4 })
    const kinds: unknown[] = []
    for (const why of ['sample', 'sample', 'sample', 'uncertain', 'uncertain', 'uncertain'] as const)
      kinds.push((await quick.ask(messages, why)).kind)
    expect(kinds).toEqual(['clear', 'clear', 'down', 'clear', 'clear', 'down'])
  })

  it('still samples where one question at a time is allowed', async () => {
    const screen = screenOf([detector(clears)], { concurrency: 1, ratePerSecond: 1 })
    expect(await screen.ask(messages, 'sample')).toEqual({ kind: 'clear' })
  })

  it('asks the others when one is busy', async () => {
    const judges: Judge[] = [hangs, alerts]
    let at = 0
    const changing: Judge = (input) => (judges[at++] ?? clears)(input)
    const screen = screenOf([detector(changing, 'a')], { concurrency: 1 })
    void screen.ask(messages, 'uncertain')
    expect(await screen.ask(messages, 'uncertain')).toEqual(down('busy'))
    const both = screenOf([detector(hangs, 'a'), detector(alerts, 'b')], { concurrency: 1 })
    void both.ask(messages, 'uncertain')
    await vi.advanceTimersByTimeAsync(0)
    expect(await both.ask(messages, 'uncertain')).toMatchObject({ kind: 'alert' })
  })
})

describe('the sample of clear messages', () => {
  it('is taken at the configured rate', () => {
    const values = [0, 0.0099, 0.01, 0.5]
    const screen = screenOf([detector(clears)], {}, { random: () => values.shift() ?? 1 })
    expect([1, 2, 3, 4].map(() => screen.samples())).toEqual([true, true, false, false])
  })

  it('is empty where the rate is 0 or nobody can be asked', () => {
    expect(screenOf([detector(clears)], { sampleRate: 0 }, { random: () => 0 }).samples()).toBe(false)
    expect(screenOf([], { sampleRate: 1 }, { random: () => 0 }).samples()).toBe(false)
  })
})

describe('what is told of the answers', () => {
  it('names detector, reason, cause and time, and no text', async () => {
    const events: RemoteEvent[] = []
    const screen = screenOf(
      [detector(fails, 'a'), detector(after(20, 'clear'), 'b')],
      {},
      {
        onAnswer: (event) => events.push(event),
      },
    )
    const asked = screen.ask(messages, 'uncertain')
    await vi.advanceTimersByTimeAsync(20)
    await asked
    expect(events).toEqual([
      {
        detector: 'a',
        why: 'uncertain',
        kind: 'down',
        cause: 'error',
        detail: 'answered with status 500',
        elapsedMs: 0,
      },
      { detector: 'b', why: 'uncertain', kind: 'clear', elapsedMs: 20 },
    ])
  })

  it('does not quote an error that is not ours', async () => {
    const events: RemoteEvent[] = []
    const quotes: Judge = () => Promise.reject(new Error('cannot send: words of a person'))
    await screenOf([detector(quotes)], {}, { onAnswer: (event) => events.push(event) }).ask(
      messages,
      'sample',
    )
    expect(JSON.stringify(events)).not.toContain('words of a person')
    expect(events).toMatchObject([{ kind: 'down', cause: 'error' }])
  })

  it('leaves out who was called off', async () => {
    const events: RemoteEvent[] = []
    const both = [detector(hangs, 'slow'), detector(alerts, 'fast')]
    await screenOf(both, {}, { onAnswer: (event) => events.push(event) }).ask(messages, 'uncertain')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(events.map((event) => event.detector)).toEqual(['fast'])
  })

  it('costs nobody an opinion when it fails', async () => {
    const onAnswer = () => {
      throw new Error('no metrics')
    }
    expect(await screenOf([detector(alerts)], {}, { onAnswer }).ask(messages, 'uncertain')).toMatchObject({
      kind: 'alert',
    })
  })
})

describe('whatever remote detectors do', () => {
  const deadlineMs = 500
  const behaviour = fc.record({
    does: fc.constantFrom('alert', 'clear', 'fail', 'hang', 'throw', 'garbage'),
    atMs: fc.integer({ min: 0, max: 900 }),
  })
  type Behaviour = { does: string; atMs: number }
  const judgeOf =
    ({ does, atMs }: Behaviour): Judge =>
    (input) => {
      if (does === 'throw') throw new Error('boom')
      if (does === 'hang') return hangs(input)
      if (does === 'garbage') return Promise.resolve(null as unknown as RemoteOpinion)
      return after(atMs, does === 'alert' ? 'alert' : does === 'clear' ? 'clear' : 'fail')(input)
    }

  it('the verdict comes by the deadline, never rejects, and is never a clear that somebody has not said', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { maxLength: 4 }), async (behaviours) => {
        const detectors = behaviours.map((each, index) => detector(judgeOf(each), `d${index}`))
        const startedMs = performance.now()
        let settledMs: number | undefined
        const asked = screenOf(detectors, { deadlineMs })
          .ask(messages, 'uncertain')
          .finally(() => {
            settledMs = performance.now() - startedMs
          })
        await vi.advanceTimersByTimeAsync(deadlineMs)
        expect(settledMs).toBeLessThanOrEqual(deadlineMs)
        const { kind } = await asked
        const inTime = behaviours.filter(({ atMs }) => atMs < deadlineMs)
        const isClear = behaviours.length > 0 && inTime.length === behaviours.length
        if (inTime.some(({ does }) => does === 'alert')) expect(kind).toBe('alert')
        if (kind === 'alert') expect(behaviours.some(({ does }) => does === 'alert')).toBe(true)
        if (kind === 'clear') expect(behaviours.every(({ does }) => does === 'clear')).toBe(true)
        if (isClear && behaviours.every(({ does }) => does === 'clear')) expect(kind).toBe('clear')
        await vi.advanceTimersByTimeAsync(1_000)
      }),
    )
  })
})
