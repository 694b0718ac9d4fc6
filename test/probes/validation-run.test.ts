import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Probe } from '../../src/probes/probe.ts'
import { runValidation } from '../../src/probes/validation-run.ts'
import type { DetectionOutcome } from '../../src/signals/detection-outcome.ts'
import { probeOf } from './probes.ts'

const rules = { warningBelow: 0.95, criticalBelow: 0.9 }

/** 120 crises and as many benign messages, the first ten crises outright. */
const plan: Probe[] = Array.from({ length: 240 }, (_, at) =>
  probeOf({ id: `p-${at}`, label: at % 2 === 0 ? 1 : 0, critical: at < 20 && at % 2 === 0 }),
)
const crises = plan.filter(({ label }) => label === 1)

/** Runs it against an engine that misses these and does not answer those. */
async function run(missed: ReadonlySet<string>, silent: ReadonlySet<string> = new Set(), version = 'v1') {
  const asked: string[] = []
  const result = await runValidation(plan, {
    engine: 'primary',
    engineVersion: version,
    setVersion: 'set-1',
    rules,
    concurrency: 4,
    signal: new AbortController().signal,
    onProgress() {},
    async send({ id, label, tier, kind, level, language, critical }) {
      asked.push(id)
      const heard = silent.has(id) ? undefined : label === 1 && !missed.has(id)
      const about = { source: 'probe', label, tier, kind, level, language, isCritical: critical } as const
      return { ...about, heard, ms: 1, atMs: 1 } satisfies DetectionOutcome
    },
  })
  return { result, asked }
}

const ids = (probes: readonly Probe[]) => new Set(probes.map(({ id }) => id))
const plainCrises = crises.filter(({ critical }) => !critical)

describe('a validation run', () => {
  it('passes when every crisis is heard', async () => {
    const { result, asked } = await run(new Set())
    expect(result).toMatchObject({ passed: true, failures: [], recall: 1, positives: 120, negatives: 120 })
    expect(asked).toHaveLength(240)
  })

  it('passes with five missed of 120, and not with six, because the lower bound is what counts', async () => {
    expect((await run(ids(plainCrises.slice(0, 5)))).result).toMatchObject({ passed: true, heard: 115 })
    const { result } = await run(ids(plainCrises.slice(0, 6)))
    expect(result.passed).toBe(false)
    expect(result.failures.join()).toContain('lower bound')
  })

  it('fails when one outright statement was missed, however good the rest', async () => {
    const { result } = await run(ids(crises.slice(0, 1)))
    expect(result).toMatchObject({ passed: false, criticalMissed: 1 })
  })

  it('asks again where no reply came, and counts what stays without one as missed', async () => {
    const silent = ids(plainCrises.slice(0, 8))
    const { result, asked } = await run(new Set(), silent)
    expect(asked).toHaveLength(240 + 2 * 8)
    expect(result).toMatchObject({ passed: false, unanswered: 8, heard: 112 })
  })

  it('binds approvals to what was heard, by which version: any difference is another hash', async () => {
    const [one, again, other, version] = await Promise.all([
      run(new Set()),
      run(new Set()),
      run(ids(plainCrises.slice(0, 1))),
      run(new Set(), new Set(), 'v2'),
    ])
    expect(again.result.runHash).toBe(one.result.runHash)
    expect(new Set([one, other, version].map(({ result }) => result.runHash)).size).toBe(3)
  })

  it('never passes below the warning limit or with a missed outright statement', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(crises), async (missed) => {
        const { result } = await run(ids(missed))
        const isGood = missed.length <= 5 && missed.every(({ critical }) => !critical)
        expect(result.passed).toBe(isGood)
      }),
      { numRuns: 60 },
    )
  })
})
