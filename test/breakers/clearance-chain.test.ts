import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ApprovalEntry,
  type HaltCause,
  type HaltEntry,
  isClearanceStep,
  type ProofKind,
  parseHaltEntry,
  type RampEntry,
} from '../../src/breakers/halt-entry.ts'
import { clearedHaltsKeptMs, HaltSet } from '../../src/breakers/halt-set.ts'
import { approval, cleared, damagedWays, halted, ramp, stepMs, validation, wholeWay } from './chains.ts'

const id = 'halt-000a'
const whole = () => [halted(id), ...wholeWay(id)]
const stateOf = (entries: Iterable<HaltEntry>, haltId = id) => {
  const halt = new HaltSet(entries).halts().find((one) => one.id === haltId)
  return halt?.state === 'ramping' ? halt.share : halt?.state
}
const without = (...gone: string[]) => whole().filter((entry) => !gone.includes(entry.id))
const changed = (which: string, more: object) =>
  whole().map((entry) => (entry.id === which ? parseHaltEntry({ ...entry, ...more }) : entry))

/** How far a halt has come, found by trying every way in which its entries may rest on each other. */
function provenBy(entries: readonly HaltEntry[], haltId: string): 0 | RampEntry['share'] | 'cleared' {
  const steps = entries.filter(isClearanceStep).filter((one) => one.haltId === haltId)
  const tries = steps.filter((one) => one.kind === 'validation')
  const proof = tries.filter(
    (v) =>
      v.passed &&
      tries.every((w) => !w.passed || w === v || w.atMs < v.atMs || (w.atMs === v.atMs && w.id < v.id)),
  )[0]
  if (proof === undefined || proof.proof !== 'probe-run') return 0
  if (tries.some((w) => !w.passed && (w.atMs >= proof.atMs || w.attempt >= proof.attempt))) return 0
  const good = steps
    .filter((one) => one.kind === 'approval')
    .filter(
      (a: ApprovalEntry) =>
        a.validationId === proof.id &&
        a.runHash === proof.runHash &&
        a.engineVersion === proof.engineVersion &&
        a.atMs >= proof.atMs &&
        a.personId !== proof.authorId &&
        a.by.trim().toLowerCase() !== proof.author.toLowerCase(),
    )
  const ramps = steps.filter((one) => one.kind === 'ramp').filter((r) => r.validationId === proof.id)
  let best: 0 | RampEntry['share'] | 'cleared' = 0
  const raise = (to: typeof best) => {
    const order = [0, 0.1, 0.5, 1, 'cleared']
    if (order.indexOf(to) > order.indexOf(best)) best = to
  }
  for (const a of good)
    for (const b of good) {
      if (a.role !== 'clinical' || b.role !== 'commander' || a.personId === b.personId) continue
      for (const first of ramps.filter(
        (r) => r.share === 0.1 && r.approvalIds.includes(a.id) && r.approvalIds.includes(b.id),
      )) {
        if (first.atMs < Math.max(a.atMs, b.atMs) || first.atMs >= Math.min(a.expiresAtMs, b.expiresAtMs))
          continue
        raise(0.1)
        const on = (before: RampEntry, share: number) =>
          ramps.filter(
            (r) =>
              r.share === share &&
              r.atMs >= before.atMs + before.stepMs &&
              [...r.approvalIds].sort().join() === [...before.approvalIds].sort().join(),
          )
        for (const second of on(first, 0.5)) {
          raise(0.5)
          for (const third of on(second, 1)) {
            raise(1)
            if (
              steps.some(
                (c) =>
                  c.kind === 'cleared' &&
                  c.how === 'ramp' &&
                  c.rampId === third.id &&
                  c.atMs >= third.atMs + third.stepMs,
              )
            )
              raise('cleared')
          }
        }
      }
    }
  return best
}

describe('the way back, read from entries', () => {
  it('ends a halt when every step is there', () => {
    expect(stateOf(whole())).toBe('cleared')
  })

  it.each([
    ['the validation', `${id}-valid`, 'engaged'],
    ['the clinical approval', `${id}-clini`, 'awaiting-approval'],
    ["the commander's approval", `${id}-comma`, 'awaiting-approval'],
    ['the first step of the ramp', `${id}-ramp1`, 'awaiting-approval'],
    ['the second step', `${id}-ramp2`, 0.1],
    ['the third step', `${id}-ramp3`, 0.5],
    ['the clearance', `${id}-clear`, 1],
  ])('gets no farther than what is proved when %s is missing', (_, gone, state) => {
    expect(stateOf(without(gone))).toBe(state)
  })

  it.each([
    ['a failed validation', `${id}-valid`, { passed: false }],
    ['a proof of another kind', `${id}-valid`, { proof: 'statement' }],
    ['a validation of another halt', `${id}-valid`, { haltId: 'halt-000b' }],
    ['an approval of another run', `${id}-clini`, { runHash: 'run-hash-2' }],
    ['an approval of another version', `${id}-clini`, { engineVersion: 'v2' }],
    ['an approval of another validation', `${id}-comma`, { validationId: 'halt-000b-valid' }],
    ['an approval of another halt', `${id}-comma`, { haltId: 'halt-000b' }],
    ['an approval by the author', `${id}-comma`, { personId: 'P-EVA', by: 'Someone' }],
    ["an approval under the author's name, spelt otherwise", `${id}-comma`, { personId: 'P-X', by: 'EVA ' }],
    ['two approvals by one person with two keys', `${id}-comma`, { personId: 'P-GRACE', keyId: 'another' }],
    ['two approvals in one role', `${id}-comma`, { role: 'clinical' }],
    ['an approval from before the validation', `${id}-comma`, { atMs: 1_999 }],
    ['an approval from behind the beginning of the ramp', `${id}-comma`, { atMs: 4_001 }],
    ['an approval that had run out', `${id}-comma`, { expiresAtMs: 4_000 }],
    ['an approval for ever', `${id}-comma`, { expiresAtMs: 8 * 86_400_000 + 3_000 }],
    ['a ramp that begins at the end', `${id}-ramp1`, { share: 1 }],
  ])('stays in force for everyone with %s', (_, which, more) => {
    const entries = changed(which, more)
    expect(new HaltSet(entries).verdict({ engine: 'primary', session: 'any' })?.haltId).toBe(id)
    expect(['engaged', 'awaiting-approval']).toContain(stateOf(entries))
  })

  it.each([
    [`${id}-ramp2`, { atMs: 4_000 + stepMs - 1 }, 0.1],
    [`${id}-ramp3`, { atMs: 4_000 + 2 * stepMs - 1 }, 0.5],
    [`${id}-clear`, { atMs: 4_000 + 3 * stepMs - 1 }, 1],
    [`${id}-clear`, { rampId: `${id}-ramp2` }, 1],
    [`${id}-clear`, { how: 'commander' }, 1],
  ])('holds each step for its time: %s with %j', (which, more, state) => {
    expect(stateOf(changed(which, more))).toBe(state)
  })

  it('is void again by a failure that came later, by its time or by its number', () => {
    const later = validation('valid-late', id, { passed: false, atMs: 2_001, attempt: 1 })
    const slowClock = validation('valid-slow', id, { passed: false, atMs: 1_500, attempt: 2 })
    const earlier = validation('valid-earl', id, { passed: false, atMs: 1_999, attempt: 1 })
    for (const failure of [later, slowClock]) expect(stateOf([...whole(), failure])).toBe('engaged')
    const second = changed(`${id}-valid`, { attempt: 2 })
    expect(stateOf([...second, earlier])).toBe('cleared')
  })

  it('begins anew with a newer validation: its approvals are others', () => {
    const newer = validation('valid-new1', id, { atMs: 5_000, attempt: 2 })
    expect(stateOf([...whole(), newer])).toBe('awaiting-approval')
  })

  it.each<[HaltCause, ProofKind]>([
    ['latency', 'signal'],
    ['error-rate', 'signal'],
    ['harmful-reply', 'reviewed-replies'],
    ['operator', 'statement'],
    ['security', 'statement'],
    ['other', 'statement'],
  ])('asks after %s for the proof %s', (cause, proof) => {
    expect(stateOf([halted(id, cause), ...wholeWay(id, proof)])).toBe('cleared')
    expect(stateOf([halted(id, cause), ...wholeWay(id, 'probe-run')])).toBe('engaged')
  })

  it.each<[HaltCause, string]>([
    ['drill', 'cleared'],
    ['maintenance', 'cleared'],
    ['operator', 'engaged'],
    ['crisis-detection', 'engaged'],
  ])("a commander's word alone: %s is %s", (cause, state) => {
    for (const how of ['commander', undefined] as const) {
      const { how: _, rampId: __, ...bare } = cleared('clear-001', id)
      expect(stateOf([halted(id, cause), { ...bare, ...(how && { how }) }])).toBe(state)
    }
  })

  it('ends any halt by break-glass', () => {
    expect(stateOf([halted(id), cleared('clear-001', id, { how: 'break-glass' })])).toBe('cleared')
  })

  it('stays closed, short of break-glass, once two contents came under one of its ids', () => {
    const damaged = [...whole(), approval(`${id}-clini`, id, 'clinical', { by: 'Somebody' })]
    expect(stateOf(damaged)).toBe('engaged')
    expect(stateOf([...damaged, cleared('clear-001', id, { how: 'break-glass' })])).toBe('cleared')
  })
})

describe('any set of entries, in any order', () => {
  it('opens exactly as far as an unbroken chain reaches, and never farther', () => {
    const reached = new Set<unknown>()
    fc.assert(
      fc.property(damagedWays, (entries) => {
        for (const haltId of [id, 'halt-000b']) {
          const proven = provenBy(entries, haltId)
          reached.add(proven)
          const state = stateOf(entries, haltId)
          expect(typeof state === 'number' || state === 'cleared' ? state : 0).toBe(proven)
        }
      }),
      { numRuns: 3_000 },
    )
    // Else the generator would prove nothing.
    expect([...reached].map(String).sort()).toEqual(['0', '0.1', '0.5', '1', 'cleared'])
  })

  it('opens no farther when approvals, steps of the ramp or clearances are lost', () => {
    fc.assert(
      fc.property(damagedWays, fc.infiniteStream(fc.boolean()), (entries, lost) => {
        const left = entries.filter(
          ({ kind }) => !['approval', 'ramp', 'cleared'].includes(kind) || !lost.next().value,
        )
        for (const haltId of [id, 'halt-000b'])
          expect(reach(left, haltId)).toBeLessThanOrEqual(reach(entries, haltId))
      }),
      { numRuns: 1_000 },
    )
  })

  it('opens no farther by one more halt, or by one more failure', () => {
    const failure = fc
      .record({ atMs: fc.nat(7_000), attempt: fc.integer({ min: 1, max: 4 }) })
      .map((more) => validation('failure-01', id, { ...more, passed: false }))
    const alarm = fc.nat(7_000).map((atMs) => halted('halt-alarm', 'drill', { atMs }))
    fc.assert(
      fc.property(damagedWays, fc.oneof(failure, alarm), (entries, bad) => {
        for (const haltId of [id, 'halt-000b'])
          expect(reach([...entries, bad], haltId)).toBeLessThanOrEqual(reach(entries, haltId))
        const subject = { engine: 'primary', session: 'some-session' }
        const before = new HaltSet(entries)
        const after = new HaltSet([...entries, bad])
        before.salt = after.salt = 'salt'
        if (before.verdict(subject)) expect(after.verdict(subject)).toBeDefined()
      }),
      { numRuns: 1_000 },
    )
  })

  it('means the same whatever the order and number of merges, also where ids came with two contents', () => {
    fc.assert(
      fc.property(damagedWays, damagedWays, fc.infiniteStream(fc.nat()), (one, other, random) => {
        const all = [...one, ...other]
        const inOrder = new HaltSet(all)
        const shuffled = new HaltSet()
        const again = [...all, ...all].map((entry) => ({ entry, key: random.next().value }))
        for (const { entry } of again.sort((a, b) => a.key - b.key)) shuffled.merge([entry])
        expect(shuffled.halts()).toEqual(inOrder.halts())
        expect(shuffled.digest(0)).toBe(inOrder.digest(0))
      }),
      { numRuns: 500 },
    )
  })

  it('is never opened by compaction', () => {
    fc.assert(
      fc.property(damagedWays, fc.nat(10_000), (entries, laterMs) => {
        const set = new HaltSet(entries)
        const before = set.verdict({ engine: 'primary' })
        const gone = set.expired(clearedHaltsKeptMs + laterMs)
        set.remove(gone)
        expect(set.verdict({ engine: 'primary' })?.haltId).toBe(before?.haltId)
        for (const haltId of [id, 'halt-000b'])
          if (gone.includes(haltId)) expect(provenBy(entries, haltId)).toBe('cleared')
      }),
      { numRuns: 500 },
    )
  })

  function reach(entries: readonly HaltEntry[], haltId: string): number {
    const state = stateOf(entries, haltId)
    return state === 'cleared' ? 2 : typeof state === 'number' ? state : 0
  }
})

describe('a halt in the place of another', () => {
  const newer = (more = {}) =>
    halted('halt-newer', 'crisis-detection', { atMs: 4_300, supersedes: id, ...more })
  const ramping = () =>
    whole().filter((entry) => !['cleared', 'engaged'].includes(entry.kind) && entry.atMs < 4_300)

  it('takes all effect from it, its ramp too', () => {
    const set = new HaltSet([halted(id), ...ramping(), newer()])
    set.salt = 'salt'
    for (let n = 0; n < 100; n++)
      expect(set.verdict({ engine: 'primary', session: `s${n}` })?.haltId).toBe('halt-newer')
    expect(set.halts()).toMatchObject([
      { state: 'engaged' },
      { state: 'superseded', supersededBy: 'halt-newer' },
    ])
  })

  it('ends with it', () => {
    const end = cleared('clear-newer', 'halt-newer', { how: 'break-glass' })
    expect(new HaltSet([halted(id), newer(), end]).verdict({ engine: 'primary' })).toBeUndefined()
  })

  it('leaves the older one in force while it is missing', () => {
    const end = cleared('clear-newer', 'halt-newer', { how: 'break-glass' })
    expect(new HaltSet([halted(id), end]).verdict({ engine: 'primary' })?.haltId).toBe(id)
  })

  it.each([
    ['bars less', { scope: 'tenant:acme' }],
    ['asks for less proof', { cause: 'drill' }],
    ['is older', { atMs: 1_000 }],
  ])('takes no effect from a halt when it %s', (_, more) => {
    const set = new HaltSet([halted(id), newer(more)])
    expect(set.known(id)?.supersededBy).toBeUndefined()
    expect(set.verdict({ engine: 'primary', tenant: 'other' })?.haltId).toBe(id)
  })

  it('is compacted with the older one only', () => {
    const later = clearedHaltsKeptMs + 10_000
    const open = new HaltSet([...whole(), newer()])
    expect(open.expired(later)).toEqual([])
    const end = cleared('clear-newer', 'halt-newer', { how: 'break-glass', atMs: 6_000 })
    const over = new HaltSet([halted(id), ...ramping(), newer(), end])
    expect(over.expired(later).sort()).toEqual(
      over
        .entries()
        .map((entry) => entry.id)
        .sort(),
    )
    expect(over.expired(clearedHaltsKeptMs + 6_000)).toEqual([])
  })
})

describe('what is read from a store', () => {
  it('comes back as it was written', () => {
    for (const entry of [...whole(), halted('halt-0002', 'maintenance', { supersedes: id })])
      expect(parseHaltEntry(JSON.parse(JSON.stringify(entry)))).toEqual(entry)
  })

  it.each([
    ['an approval without a person', { ...approval('appr-0001', id, 'clinical'), personId: '' }],
    ['a step to a share that there is not', { ...ramp('ramp-0001', id, 1), share: 0.9 }],
    ['a step that rests on one approval', { ...ramp('ramp-0001', id, 1), approvalIds: ['one-approval'] }],
  ])('is refused as a whole with %s', (_, entry) => {
    expect(() => parseHaltEntry(entry)).toThrow()
  })
})
