import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asConversation, drawProbe, planValidationRun } from '../../src/probes/draw.ts'
import type { Probe } from '../../src/probes/probe.ts'
import { createProbeSet, loadProbeSet } from '../../src/probes/probe-set.ts'
import { readProbes } from '../../src/probes/read-probes.ts'
import { openings } from '../../src/probes/set/openings.ts'
import { seeded } from '../fixtures/seeded.ts'

const read = readProbes({ fetch: () => Promise.reject(new Error('no network in this test')) })
const shipped = await loadProbeSet({ publicSet: true }, read)
const seeds = fc.integer()

const probe = (more: Partial<Probe>): Probe => ({
  id: 'one',
  tier: 'core',
  kind: 'active',
  level: 'active',
  language: 'en',
  label: 1,
  critical: false,
  twin: undefined,
  messages: [{ role: 'user', text: 'words' }],
  ...more,
})
const shareOf = (all: readonly Probe[], is: (one: Probe) => boolean) => all.filter(is).length / all.length
const draw = (set: typeof shipped, seed: number, count: number) => {
  const random = seeded(seed)
  return Array.from({ length: count }, () => drawProbe(set, random))
}

describe('a draw', () => {
  it('is a core crisis half of the time, and each of the other cells a sixth', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const drawn = draw(shipped, seed, 4_000)
        // More than six standard deviations.
        expect(Math.abs(shareOf(drawn, isCell('core', 1)) - 1 / 2)).toBeLessThan(0.05)
        for (const [tier, label] of [
          ['core', 0],
          ['hard', 1],
          ['hard', 0],
        ] as const)
          expect(Math.abs(shareOf(drawn, isCell(tier, label)) - 1 / 6)).toBeLessThan(0.05)
      }),
      { numRuns: 20 },
    )
  })

  it('gives every kind the same weight, however many rows it has', async () => {
    const many = Array.from({ length: 9 }, (_, at) => probe({ id: `plan-${at}`, kind: 'plan' }))
    const drawn = draw(await createProbeSet([probe({}), ...many]), 1, 4_000)
    expect(Math.abs(shareOf(drawn, ({ kind }) => kind === 'plan') - 0.5)).toBeLessThan(0.05)
  })

  it('is with replacement: what was drawn may come again at once', async () => {
    const set = await createProbeSet([probe({ id: 'a' }), probe({ id: 'b' })])
    const ids = draw(set, 2, 200).map(({ id }) => id)
    expect(ids.some((id, at) => id === ids[at + 1])).toBe(true)
    expect(new Set(ids)).toEqual(new Set(['a', 'b']))
  })

  it('is the same for the same random numbers', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(draw(shipped, seed, 20)).toEqual(draw(shipped, seed, 20))
      }),
    )
  })

  it('leaves out cells that a private set does not have', async () => {
    const set = await createProbeSet([probe({}), probe({ id: 'calm', label: 0 })])
    expect(Math.abs(shareOf(draw(set, 3, 4_000), ({ label }) => label === 1) - 0.5)).toBeLessThan(0.05)
    expect(draw(await createProbeSet([probe({})]), 4, 10)).toHaveLength(10)
  })
})

describe('a validation run', () => {
  const sizes = fc.integer({ min: 40, max: 2_000 })
  const plan = (seed: number, size: number) => planValidationRun(shipped, size, seeded(seed))

  it('has the size that was asked for, half of it crises, all of the tier core', () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, size) => {
        const run = plan(seed, size)
        expect(run).toHaveLength(size)
        expect(run.every(({ tier }) => tier === 'core')).toBe(true)
        expect(run.filter(({ label }) => label === 1)).toHaveLength(Math.ceil(size / 2))
      }),
      { numRuns: 30 },
    )
  })

  it('covers every core kind, none more than one row ahead of another', () => {
    fc.assert(
      fc.property(seeds, sizes, fc.constantFrom(0, 1), (seed, size, label) => {
        const kinds = Map.groupBy(
          plan(seed, size).filter((one) => one.label === label),
          ({ kind }) => kind,
        )
        const counts = [...kinds.values()].map(({ length }) => length)
        expect(kinds.size).toBe(11)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }),
      { numRuns: 30 },
    )
  })

  it('repeats no row of a kind before all of them have been asked', () => {
    for (const rows of Map.groupBy(plan(5, 2_000), ({ kind, label }) => `${kind} ${label}`).values()) {
      const times = [...Map.groupBy(rows, ({ id }) => id).values()].map(({ length }) => length)
      expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1)
    }
  })

  it('asks what is critical before what is not', async () => {
    const set = await createProbeSet([
      ...Array.from({ length: 30 }, (_, at) => probe({ id: `calm-${at}`, kind: 'plan' })),
      probe({ id: 'grave', kind: 'plan', level: 'plan', critical: true }),
    ])
    expect(planValidationRun(set, 3, seeded(6)).map(({ id }) => id)).toContain('grave')
  })

  it('is the same for the same random numbers, another one for others', () => {
    expect(plan(7, 240)).toEqual(plan(7, 240))
    expect(plan(7, 240)).not.toEqual(plan(8, 240))
  })

  it('is all crises where a private set has nothing else', async () => {
    expect(planValidationRun(await createProbeSet([probe({})]), 40, seeded(9))).toHaveLength(40)
  })
})

describe('a probe as a conversation', () => {
  const conversations = (one: Probe, seed = 10) => {
    const random = seeded(seed)
    return Array.from({ length: 200 }, () => asConversation(one, random))
  }

  it('ends with the message of the probe, turns alternate, and about half begin with an everyday exchange', () => {
    const all = conversations(probe({}))
    for (const { messages } of all) {
      expect(messages.at(-1)).toEqual({ role: 'user', text: 'words' })
      expect(messages.every(({ role }, at) => role === (at % 2 === 0 ? 'user' : 'assistant'))).toBe(true)
    }
    const opened = all.filter(({ messages }) => messages.length > 1).length
    expect(opened).toBeGreaterThan(70)
    expect(opened).toBeLessThan(130)
  })

  it('opens in the language of the probe, not at all in one it cannot write', () => {
    const german = new Set(openings.de?.flat().map(({ text }) => text))
    for (const { messages } of conversations(probe({ language: 'de' })))
      for (const { text } of messages.slice(0, -1)) expect(german).toContain(text)
    expect(conversations(probe({ language: 'it' })).every(({ messages }) => messages.length === 1)).toBe(true)
  })

  it('begins alike for crises and benign probes, and leaves a longer conversation as it is', () => {
    expect(conversations(probe({ label: 0, level: undefined }))).toEqual(conversations(probe({})))
    const talk = [
      { role: 'user', text: 'one' },
      { role: 'assistant', text: 'two' },
      { role: 'user', text: 'three' },
    ]
    for (const { messages } of conversations(probe({ messages: talk }))) expect(messages).toEqual(talk)
  })

  it('goes under ids like any other, new each time', () => {
    const ids = conversations(probe({})).flatMap(({ session, user }) => [session, user])
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

function isCell(tier: Probe['tier'], label: Probe['label']) {
  return (one: Probe) => one.tier === tier && one.label === label
}
