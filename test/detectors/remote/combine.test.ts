import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UserReport } from '../../../src/detectors/detector.ts'
import { type CrisisFinding, CrisisLevel } from '../../../src/detectors/finding.ts'
import { combine } from '../../../src/detectors/remote/combine.ts'
import type { RemoteVerdict } from '../../../src/detectors/remote/screen.ts'

const finding = (level: CrisisLevel, score = 0.5, detector = 'crisis'): CrisisFinding => ({
  detector,
  version: '1',
  category: 'suicidal-ideation',
  level,
  score,
  evidence: [],
})
const report = (given: Partial<UserReport>): UserReport => ({
  outcome: 'clear',
  score: 0.4,
  findings: [],
  risk: 0.3,
  isCritical: false,
  isOwn: false,
  isRepeat: false,
  bypass: undefined,
  isPartial: false,
  ...given,
})
const verdicts = {
  alert: { kind: 'alert', findings: [finding('active', 0.8, 'remote:x')] },
  clear: { kind: 'clear' },
  down: { kind: 'down', cause: 'timeout' },
  undefined,
} satisfies Record<string, RemoteVerdict | undefined>

describe('the inline report and the remote verdict together', () => {
  it.each<[string, Partial<UserReport>, Record<keyof typeof verdicts, UserReport['outcome']>]>([
    ['an alert', { outcome: 'alert' }, { alert: 'alert', clear: 'alert', down: 'alert', undefined: 'alert' }],
    [
      'a critical finding',
      { outcome: 'escalate', isCritical: true },
      { alert: 'alert', clear: 'alert', down: 'alert', undefined: 'alert' },
    ],
    [
      'an uncertain message',
      { outcome: 'escalate' },
      { alert: 'alert', clear: 'clear', down: 'alert', undefined: 'escalate' },
    ],
    [
      'an uncertain message in another language',
      { outcome: 'escalate', bypass: 'language' },
      { alert: 'alert', clear: 'clear', down: 'alert', undefined: 'escalate' },
    ],
    [
      'a message in another language',
      { outcome: 'clear', bypass: 'language' },
      { alert: 'alert', clear: 'clear', down: 'escalate', undefined: 'clear' },
    ],
    [
      'a clear message',
      { outcome: 'clear' },
      { alert: 'alert', clear: 'clear', down: 'clear', undefined: 'clear' },
    ],
  ])('%s', (_, inline, expected) => {
    for (const kind of ['alert', 'clear', 'down', 'undefined'] as const)
      expect([kind, combine(report(inline), verdicts[kind]).outcome]).toEqual([kind, expected[kind]])
  })

  it('puts the most acute finding first and lifts score and risk', () => {
    const inline = report({ outcome: 'escalate', findings: [finding('passive')], isRepeat: true })
    const together = combine(inline, {
      kind: 'alert',
      findings: [finding('history', 0.1, 'remote:y'), finding('intent', 0.9, 'remote:x')],
    })
    expect(together.findings.map(({ level }) => level)).toEqual(['intent', 'passive', 'history'])
    expect(together).toMatchObject({ score: 0.9, risk: 0.9, isRepeat: false })
  })

  it('keeps what was found inline before what is as acute from elsewhere', () => {
    const inline = report({ outcome: 'alert', findings: [finding('active')], isRepeat: true })
    const together = combine(inline, verdicts.alert)
    expect(together.findings.map(({ detector }) => detector)).toEqual(['crisis', 'remote:x'])
    expect(together.isRepeat).toBe(true)
  })

  it('keeps risk and a told history when the remote clears the band', () => {
    const findings = [finding('passive'), finding('history')]
    const together = combine(report({ outcome: 'escalate', findings, risk: 0.7 }), verdicts.clear)
    expect(together).toMatchObject({ outcome: 'clear', risk: 0.7, findings: [finding('history')] })
  })

  it('says that a text was judged only when the remote has judged it', () => {
    const foreign = report({ bypass: 'language' })
    expect(combine(foreign, verdicts.clear).bypass).toBeUndefined()
    expect(combine(foreign, verdicts.alert).bypass).toBeUndefined()
    expect(combine(foreign, verdicts.down).bypass).toBe('language')
  })

  const anyFinding = fc
    .record({
      level: fc.constantFrom(...CrisisLevel.options),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      detector: fc.constantFrom('crisis', 'remote:x'),
    })
    .map(({ level, score, detector }) => finding(level, score, detector))
  const anyReport = fc.record<UserReport>({
    outcome: fc.constantFrom('alert', 'escalate', 'clear'),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    findings: fc.array(anyFinding, { maxLength: 3 }),
    risk: fc.double({ min: 0, max: 1, noNaN: true }),
    isCritical: fc.boolean(),
    isOwn: fc.boolean(),
    isRepeat: fc.boolean(),
    bypass: fc.constantFrom('language', 'empty', undefined),
    isPartial: fc.boolean(),
  })
  const anyVerdict: fc.Arbitrary<RemoteVerdict | undefined> = fc.oneof(
    fc.record({ kind: fc.constant('alert' as const), findings: fc.array(anyFinding, { minLength: 1 }) }),
    fc.constant({ kind: 'clear' as const }),
    fc.record({
      kind: fc.constant('down' as const),
      cause: fc.constantFrom('timeout', 'error', 'breaker-open', 'busy', 'rate'),
    }),
    fc.constant(undefined),
  )

  it('never lowers an alert, a critical finding or a risk, and loses no finding of either', () => {
    fc.assert(
      fc.property(anyReport, anyVerdict, (inline, verdict) => {
        const before = structuredClone(inline)
        const together = combine(inline, verdict)
        expect(inline).toEqual(before)
        expect(together.risk).toBeGreaterThanOrEqual(inline.risk)
        expect(together.score).toBeGreaterThanOrEqual(inline.score)
        expect(together.isCritical).toBe(inline.isCritical)
        if (verdict?.kind === 'alert') expect(together.outcome).toBe('alert')
        if (inline.outcome !== 'alert' && !inline.isCritical) return
        expect(together.outcome).toBe('alert')
        for (const each of inline.findings) expect(together.findings).toContainEqual(each)
      }),
    )
  })

  it('never lowers anything but by a clear', () => {
    const rank = { clear: 0, escalate: 1, alert: 2 }
    fc.assert(
      fc.property(anyReport, anyVerdict, (inline, verdict) => {
        if (verdict?.kind === 'clear') return
        expect(rank[combine(inline, verdict).outcome]).toBeGreaterThanOrEqual(rank[inline.outcome])
      }),
    )
  })
})
