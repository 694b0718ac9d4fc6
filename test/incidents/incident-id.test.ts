import { describe, expect, it } from 'vitest'
import { incidentIdOfHalt, newId, normaliseId } from '../../src/incidents/incident-id.ts'

describe('ids', () => {
  it('of a halt are the same for ever', async () => {
    expect(await incidentIdOfHalt('halt-0001')).toBe('INC-B4Q6X4A8V8FW')
    expect(await incidentIdOfHalt('halt-0002')).not.toBe('INC-B4Q6X4A8V8FW')
  })

  it('are new each time', () => {
    const ids = Array.from({ length: 500 }, () => newId('INC'))
    expect(new Set(ids).size).toBe(500)
    expect(ids.every((id) => /^INC-[0-9A-HJKMNP-TV-Z]{12}$/.test(id))).toBe(true)
  })

  it.each([
    ['INC-B4Q6', 'INC-B4Q6'],
    ['inc-b4q6', 'INC-B4Q6'],
    [' b4q6 ', 'INC-B4Q6'],
    ['BOIL', 'INC-B011'],
    ['INC-', 'INC-'],
  ])('typed as %j are read as %s', (typed, id) => {
    expect(normaliseId('INC', typed)).toBe(id)
  })
})
