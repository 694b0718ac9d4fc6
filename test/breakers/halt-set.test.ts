import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClearedEntry, EngagedEntry, HaltEntry } from '../../src/breakers/halt-entry.ts'
import { clearedHaltsKeptMs, digestOf, HaltSet } from '../../src/breakers/halt-set.ts'

const halt = (id: string, more: Partial<EngagedEntry> = {}): EngagedEntry => ({
  id,
  kind: 'engaged',
  atMs: 1_000,
  by: 'ada',
  reason: 'now',
  scope: 'all',
  cause: 'drill',
  ...more,
})
const clearance = (id: string, haltId: string, more: Partial<ClearedEntry> = {}): ClearedEntry => ({
  id,
  kind: 'cleared',
  haltId,
  atMs: 2_000,
  by: 'grace',
  reason: 'green',
  ...more,
})
const subject = { engine: 'primary', tenant: 'acme' }

/** Few ids, so that entries meet and conflict often. */
const someEntry: fc.Arbitrary<HaltEntry> = fc.oneof(
  fc
    .record({
      id: fc.constantFrom('halt-000a', 'halt-000b', 'shared-id'),
      scope: fc.constantFrom('all', 'tenant:acme', 'tenant:b', 'engine:backup'),
      atMs: fc.nat(3),
    })
    .map(({ id, ...more }) => halt(id, more)),
  fc
    .record({
      id: fc.constantFrom('clear-00a', 'clear-00b', 'shared-id'),
      haltId: fc.constantFrom('halt-000a', 'halt-000b', 'shared-id'),
    })
    .map(({ id, haltId }) => clearance(id, haltId)),
  fc.record({
    id: fc.constantFrom('future-01', 'shared-id'),
    kind: fc.constant('of a later version'),
    atMs: fc.nat(2),
  }),
)

describe('the set of halt entries', () => {
  it('says which halt applies, the oldest first, and nothing when none does', () => {
    const set = new HaltSet()
    expect(set.verdict(subject)).toBeUndefined()
    set.merge([halt('halt-younger', { atMs: 9, scope: 'tenant:acme' }), halt('halt-older', { atMs: 5 })])
    expect(set.verdict(subject)).toEqual({
      kind: 'halted',
      haltId: 'halt-older',
      scope: 'all',
      cause: 'drill',
    })
    set.merge([clearance('clear-001', 'halt-older')])
    expect(set.verdict(subject)).toMatchObject({ haltId: 'halt-younger' })
    expect(set.verdict({ engine: 'primary', tenant: 'other' })).toBeUndefined()
    expect(set.verdict({ engine: 'primary' })).toMatchObject({ haltId: 'halt-younger' })
  })

  it('ends a halt by a clearance that arrived before it', () => {
    const set = new HaltSet([clearance('clear-001', 'halt-0001')])
    set.merge([halt('halt-0001')])
    expect(set.verdict(subject)).toBeUndefined()
  })

  it('keeps entries of unknown kinds, without effect', () => {
    const later = { id: 'later-001', kind: 'later', atMs: 3, haltId: 'halt-0001', share: 1 }
    const set = new HaltSet([halt('halt-0001'), later])
    expect(set.verdict(subject)?.haltId).toBe('halt-0001')
    expect(set.entries()).toContainEqual(later)
  })

  it('shows the earliest clearance of a halt', () => {
    const set = new HaltSet([
      halt('halt-0001'),
      clearance('clear-later', 'halt-0001', { atMs: 8, by: 'late' }),
      clearance('clear-early', 'halt-0001', { atMs: 7, by: 'early' }),
    ])
    expect(set.halts()).toMatchObject([{ state: 'cleared', clearedBy: 'early', clearedAtMs: 7 }])
  })

  it('is the same whatever the order and number of merges', () => {
    fc.assert(
      fc.property(fc.array(someEntry, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (entries, random) => {
        const inOrder = new HaltSet(entries)
        const shuffled = new HaltSet()
        const again = [...entries, ...entries].map((entry) => ({ entry, key: random.next().value }))
        for (const { entry } of again.sort((a, b) => a.key - b.key)) shuffled.merge([entry])
        expect(shuffled.digest(0)).toBe(inOrder.digest(0))
        const tenants = ['acme', 'b', undefined]
        for (const tenant of tenants) {
          for (const engine of ['primary', 'backup']) {
            expect(shuffled.verdict({ engine, tenant })?.kind).toBe(inOrder.verdict({ engine, tenant })?.kind)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is never made less safe by what arrives, except by a clearance', () => {
    fc.assert(
      fc.property(fc.array(someEntry), someEntry, (entries, next) => {
        fc.pre(next.kind !== 'cleared')
        const before = new HaltSet(entries)
        const after = new HaltSet([...entries, next])
        if (before.verdict(subject)) expect(after.verdict(subject)).toBeDefined()
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['a halt and a clearance', clearance('same-id', 'halt-0001'), halt('same-id'), 'engaged'],
    [
      'an unknown kind and a clearance',
      clearance('same-id', 'halt-0001'),
      { id: 'same-id', kind: 'x', atMs: 1 },
      'conflicting',
    ],
    [
      'clearances of two halts',
      clearance('same-id', 'halt-0001'),
      clearance('same-id', 'halt-0002'),
      'conflicting',
    ],
  ])('of two contents under one id keeps the safer and reports it: %s', (_, one, other, kind) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] satisfies [HaltEntry, HaltEntry][]) {
      const set = new HaltSet([first])
      expect(set.merge([second])).toEqual({ added: [], conflicts: ['same-id'] })
      expect(set.get('same-id')?.kind).toBe(kind)
    }
  })

  it('widens a halt that came with two scopes to all', () => {
    const set = new HaltSet([halt('same-id', { scope: 'tenant:b' }), halt('same-id', { scope: 'tenant:c' })])
    expect(set.verdict(subject)).toMatchObject({ haltId: 'same-id', scope: 'all' })
  })

  it('asks for the stricter proof of a halt that came with two causes, and drops what it stood in for', () => {
    const practised = halt('same-id', { cause: 'drill', supersedes: 'halt-0001', atMs: 2_000 })
    const set = new HaltSet([halt('halt-0001'), practised, halt('same-id', { cause: 'security' })])
    expect(set.halts()).toMatchObject([
      { id: 'same-id', cause: 'security' },
      { id: 'halt-0001', state: 'engaged' },
    ])
  })

  it('halts everyone where a halt and something else came under one id', () => {
    const set = new HaltSet([halt('same-id', { scope: 'tenant:b' }), clearance('same-id', 'halt-0001')])
    expect(set.verdict(subject)).toMatchObject({ haltId: 'same-id', scope: 'all' })
  })

  it('changes its version with every change, and only then', () => {
    const set = new HaltSet([halt('halt-0001')])
    const { version } = set
    set.merge([halt('halt-0001')])
    expect(set.version).toBe(version)
    set.merge([clearance('clear-001', 'halt-0001')])
    expect(set.version).not.toBe(version)
  })
})

describe('halts that are long over', () => {
  const entries = [
    halt('halt-0001'),
    clearance('clear-001', 'halt-0001', { atMs: 2_000 }),
    clearance('clear-002', 'halt-0001', { atMs: 3_000 }),
    halt('halt-open'),
    clearance('clear-orphan', 'halt-gone', { atMs: 1 }),
  ]

  it('are over 30 days after the last clearance, with all their clearances; uncleared ones never', () => {
    const set = new HaltSet(entries)
    expect(set.expired(2_500 + clearedHaltsKeptMs)).toEqual(['clear-orphan'])
    expect(set.expired(3_000 + clearedHaltsKeptMs)).toEqual(['clear-orphan'])
    const all = ['clear-orphan', 'halt-0001', 'clear-001', 'clear-002']
    expect(set.expired(3_001 + clearedHaltsKeptMs).sort()).toEqual(all.sort())
    expect(set.expired(Number.MAX_SAFE_INTEGER)).not.toContain('halt-open')
  })

  it('do not count in the digest, so that those who compacted and those who did not agree', () => {
    const nowMs = 3_001 + clearedHaltsKeptMs
    const compacted = new HaltSet(entries)
    compacted.remove(compacted.expired(nowMs))
    expect(compacted.entries().map(({ id }) => id)).toEqual(['halt-open'])
    expect(new HaltSet(entries).digest(nowMs)).toBe(compacted.digest(nowMs))
  })
})

describe('the digest', () => {
  it('is SHA-1 of the ids in byte order, joined by commas', () => {
    const ids = ['b', 'B', 'a', '_', '-', '0', 'aa']
    const expected = createHash('sha1').update('-,0,B,_,a,aa,b').digest('hex')
    expect(digestOf(ids)).toBe(expected)
    expect(digestOf(new Set(ids.reverse()))).toBe(expected)
  })
})
