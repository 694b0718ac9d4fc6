import { describe, expect, it } from 'vitest'
import { HaltCause } from '../../src/breakers/halt-entry.ts'
import { haltSeverity } from '../../src/incidents/halt-severity.ts'

describe('the severity of a halt', () => {
  it.each(['crisis-detection', 'harmful-reply'] as const)(
    'is P0 and Safety-Critical for %s (R5, C8)',
    (cause) => {
      expect(haltSeverity[cause]).toEqual({ type: 'safety', severity: 'P0', safety: 'critical' })
    },
  )

  it('is P1 and Safety-High when a person halts', () => {
    expect(haltSeverity.operator).toMatchObject({ severity: 'P1', safety: 'high' })
  })

  it.each(HaltCause.options)('is never below P1 and Safety-High, as for %s', (cause) => {
    expect(['P0', 'P1']).toContain(haltSeverity[cause].severity)
    expect(['high', 'critical']).toContain(haltSeverity[cause].safety)
  })
})
