import { describe, expect, it } from 'vitest'
import { goalsOf } from '../../bench/compare/goals.ts'
import { arrivals } from '../../bench/compare/open-loop.ts'
import { createReplyBook } from '../../bench/compare/replies.ts'
import { moreThan, type PeerResult, type Results, ratioTo, spreadOf } from '../../bench/compare/results.ts'
import { addedMs, latencyOf, turnedBy } from '../../bench/compare/round.ts'
import { compareTable, fill } from '../../bench/compare/tables.ts'
import { seeded } from '../fixtures/seeded.ts'

const whole = (content: string, more = {}) =>
  JSON.stringify({ ...more, choices: [{ index: 0, message: { role: 'assistant', content } }] })
const event = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
const done = 'data: [DONE]\n\n'

describe('a reply that came through somebody', () => {
  const stream = `${event('Take ')}${event('care.')}${done}`
  const book = createReplyBook([whole('Yes.'), whole('No.')], new Map([['stream:2:1', stream]]))
  const problem = (body: string, { model = 'whole', status = 200, isExact = true } = {}) =>
    book.problem(model, { status, body }, isExact)

  it('passes when it is one of those of the engine', () => {
    expect(problem(whole('No.'))).toBeUndefined()
  })

  it('makes the run void with another status, another text or other bytes', () => {
    expect(problem(whole('No.'), { status: 500 })).toBe('expected 200, got 500')
    expect(problem(whole('Perhaps.'))).toContain('is not the engine')
    expect(problem(whole('No.', { id: 'new' }))).toContain('is not the engine')
    expect(problem('{', { isExact: false })).toContain('is not the engine')
  })

  it('may be written anew by a gateway that does so, with the same text in it', () => {
    expect(problem(whole('No.', { id: 'new' }), { isExact: false })).toBeUndefined()
    expect(problem(whole('Perhaps.'), { isExact: false })).toContain('is not the engine')
  })

  it('passes as a stream with the same text to its end, however it was cut', () => {
    expect(problem(stream, { model: 'stream:2:1' })).toBeUndefined()
    const cutAnew = `${event('Take ')}${event('care')}${event('.')}${done}`
    expect(problem(cutAnew, { model: 'stream:2:1', isExact: false })).toBeUndefined()
    expect(problem(cutAnew, { model: 'stream:2:1' })).toContain('characters instead of')
  })

  it('makes the run void as a stream that lacks something', () => {
    expect(problem(`${event('Take ')}${event('care.')}`, { model: 'stream:2:1' })).toBe(
      'a stream ended without [DONE]',
    )
    expect(problem(`${event('Take ')}${done}`, { model: 'stream:2:1' })).toContain('text of a stream')
  })

  it('never tells any of its text', () => {
    expect(problem(whole('something private'))).not.toContain('private')
  })
})

describe('ratios and differences', () => {
  const peer = (name: string, cpuUs: number[]): PeerResult => ({
    name,
    title: name,
    version: '1',
    rounds: cpuUs.map((us) => ({ json: { cpuUs: us, perSecond: 1_000, coreShare: 1, piecesPerUnit: 1 } })),
  })
  const pick = ({ json }: PeerResult['rounds'][number]) => json?.cpuUs

  it('are taken within each round, so that a slow minute of the machine cancels out', () => {
    const ratio = ratioTo(peer('a', [100, 400, 110]), peer('b', [50, 200, 50]), pick)
    expect(ratio).toEqual({ median: 2, least: 2, most: 2.2 })
    expect(moreThan(peer('a', [3, 5]), peer('b', [1, 2]), pick)).toEqual({ median: 2.5, least: 2, most: 3 })
  })

  it('are missing when either side is', () => {
    expect(ratioTo(peer('a', [1]), undefined, pick)).toBeUndefined()
    expect(spreadOf([Number.NaN])).toBeUndefined()
    expect(spreadOf([Number.NaN, 2])).toEqual({ median: 2, least: 2, most: 2 })
  })

  it('decide what is met, what is missed and what nobody measured', () => {
    const goals = goalsOf(
      results([peer('haltgate', [170]), peer('pass-through', [100]), peer('nginx', [30])]),
    )
    const metOf = (start: string) => goals.find(({ what }) => what.startsWith(start))
    expect(metOf('CPU per exchange, against the bare')?.met).toBe(false)
    expect(metOf('CPU per exchange, against nginx')?.met).toBe(true)
    expect(metOf('CPU per exchange, against LiteLLM')).toMatchObject({
      measured: 'not measured',
      met: undefined,
    })
  })

  it('stand side by side in the table, and a bottleneck elsewhere is told', () => {
    const slow = peer('pass-through', [200])
    const idle = { cpuUs: 50, perSecond: 5_000, coreShare: 0.4, piecesPerUnit: 1 }
    const nginx = { ...peer('nginx', []), rounds: [{ json: idle }] }
    const table = compareTable(results([slow, nginx]))
    expect(table).toContain('| 50.0 µs (0.25 / –) |')
    expect(table).toContain('at least 5,000')
    expect(table).toContain('| 1,000 |')
  })

  function results(peers: PeerResult[]): Results {
    return {
      ...{ command: 'x', date: '2026-01-01', machine: 'm', rounds: 1, openLoopPerSecond: 300 },
      ...{ peers, missing: [] },
    }
  }
})

describe('the open loop', () => {
  it('has the same arrivals for everybody, as many as were asked for, in order', () => {
    const times = arrivals(500, 10_000, seeded(3))
    expect(times).toEqual(arrivals(500, 10_000, seeded(3)))
    expect(times.length).toBeGreaterThan(4_700)
    expect(times.length).toBeLessThan(5_300)
    expect(times.every((ms, at) => ms >= (times[at - 1] ?? 0) && ms < 10_000)).toBe(true)
  })

  it('tells quantiles by nearest rank, and what is added pair by pair', () => {
    const ms = Array.from({ length: 1_000 }, (_, at) => 1_000 - at)
    expect(latencyOf(ms)).toEqual({ p50: 500, p99: 990, p999: 999 })
    expect(addedMs([5, 9, 7], [4, 4, 4])).toBe(3)
  })
})

describe('small parts', () => {
  it('everybody has each place in the order', () => {
    expect(turnedBy(['a', 'b', 'c'], 1)).toEqual(['b', 'c', 'a'])
    expect(turnedBy(['a', 'b', 'c'], 5)).toEqual(['c', 'a', 'b'])
    expect(turnedBy([], 5)).toEqual([])
  })

  it('a table replaces what stood between its marks, and says when they are missing', () => {
    const text = 'a <!-- x: begin -->old<!-- x: end --> b'
    expect(fill(text, 'x', 'new')).toBe('a <!-- x: begin -->\n\nnew\n\n<!-- x: end --> b')
    expect(() => fill(text, 'y', 'new')).toThrow('<!-- y: begin -->')
  })
})
