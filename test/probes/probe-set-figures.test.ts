import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { wilson } from '../../scripts/training/statistics.ts'
import { createCrisisAssessor } from '../../src/detectors/crisis/assess.ts'
import { assessMessages } from '../../src/detectors/crisis/conversation.ts'
import type { Assessment } from '../../src/detectors/finding.ts'
import type { Probe } from '../../src/probes/probe.ts'
import { loadProbeSet } from '../../src/probes/probe-set.ts'
import { readProbes } from '../../src/probes/read-probes.ts'

interface Judged {
  probe: Probe
  outcome: Assessment
}

const set = await loadProbeSet(
  { publicSet: true },
  readProbes({ fetch: () => Promise.reject(new Error('no network in this test')) }),
)
const assessor = createCrisisAssessor()
const judged: Judged[] = set.probes.map((probe) => ({
  probe,
  outcome: assessMessages(assessor, probe.messages).outcome,
}))
const manual = readFileSync(new URL('../../docs/probes.md', import.meta.url), 'utf8')

describe('the figures in docs/probes.md', () => {
  it.each(['tier', 'kind', 'language'] as const)('are those of the detector that ships, by %s', (by) => {
    expect(manual).toContain(tableBy(by))
  })

  it('name the set and the weights that they belong to', () => {
    expect(manual).toContain(`set \`${set.version}\``)
    expect(manual).toContain(`weights \`${assessor.version}\``)
  })
})

function tableBy(by: 'tier' | 'kind' | 'language'): string {
  const groups = Map.groupBy(judged, ({ probe }) =>
    by === 'tier' ? probe.tier : `${probe.tier} | ${probe[by]}`,
  )
  const lines = [...groups].map(([name, rows]) => {
    const crises = rows.filter(({ probe }) => probe.label === 1)
    const benign = rows.filter(({ probe }) => probe.label === 0)
    const [alert, calm] = [share(crises, isAlert), share(benign, (row) => !isAlert(row))]
    return `| ${name} | ${alert} | ${share(crises, ({ outcome }) => outcome !== 'clear')} | ${calm} |`
  })
  return lines.sort().join('\n')
}

function isAlert({ outcome }: Judged): boolean {
  return outcome === 'alert'
}

/** Such as `97.6 % (93.3-99.2), 124 of 127`. */
function share(rows: readonly Judged[], is: (row: Judged) => boolean): string {
  const { hits, total, rate, low, high } = wilson(rows.filter(is).length, rows.length)
  const percent = (value: number) => (100 * value).toFixed(1)
  return `${percent(rate)} % (${percent(low)}-${percent(high)}), ${hits} of ${total}`
}
