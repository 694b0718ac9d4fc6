import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCrisisLines } from '../../src/safe-reply/crisis-lines.ts'

const lines = createCrisisLines()
const checkedOn = '2026-01-10'
const seen = { checked: true, checkedOn, sources: ['https://example.org/numbers'] }
const notSeen = { checked: false, checkedOn: null, sources: [] }
const line = { kind: 'suicide', name: 'A Line', call: '116 123', hours: '24/7', languages: ['en'], ...seen }
const row = { region: 'QA', name: 'A Country', emergency: { ambulance: '112', ...seen }, lines: [line] }

test('covers at least 45 countries, each checked entry with its source and day', () => {
  expect(lines.regions().length).toBeGreaterThanOrEqual(45)
  for (const { emergency, lines: entries } of lines.rows())
    for (const entry of [emergency, ...entries].filter(({ checked }) => checked)) {
      expect(entry.sources.length).toBeGreaterThan(0)
      expect(entry.checkedOn).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    }
})

test.each([
  ['US', '911', '988'],
  ['CA', '911', '988'],
  ['GB', '999', '116 123'],
  ['IE', '112', '116 123'],
  ['AU', '000', '13 11 14'],
  ['NZ', '111', '1737'],
  ['DE', '112', '0800 1110111'],
  ['FR', '112', '3114'],
  ['ES', '112', '024'],
  ['BR', '192', '188'],
  ['IN', '112', '14416'],
])('names the numbers of %s', (region, ambulance, call) => {
  const help = lines.forRegion(region)
  expect(help.emergency.ambulance).toBe(ambulance)
  expect(help.lines.map((entry) => entry.call)).toContain(call)
})

test('takes UK and lower case for the country they mean', () => {
  expect(lines.forRegion('UK').region).toBe('GB')
  expect(lines.forRegion('gb').region).toBe('GB')
})

test('never gives the numbers of another country, whatever the region value is', () => {
  const known = new Map(lines.rows().map((entry) => [entry.region, entry]))
  const letters = fc.string({ unit: fc.constantFrom(...'ABCGKSUabcgksu-_ 1'), maxLength: 5 })
  const region = fc.oneof(letters, fc.string(), fc.constantFrom(...known.keys()), fc.constant(undefined))
  fc.assert(
    fc.property(region, (value) => {
      const help = lines.forRegion(value)
      const meant = value?.toUpperCase() === 'UK' ? 'GB' : value?.toUpperCase()
      if (help.region === undefined) {
        expect(help).toEqual({ region: undefined, emergency: {}, lines: [] })
        return
      }
      expect(help.region).toBe(meant)
      expect(known.get(help.region)?.lines).toEqual(expect.arrayContaining([...help.lines]))
    }),
    { numRuns: 500 },
  )
})

test.each([undefined, '', 'U', 'USA', 'US-CA', 'pt-BR', 'XX', 'ZZ', 'T1', '__proto__', ' US'])(
  'knows no country for %s',
  (region) => {
    expect(lines.forRegion(region)).toEqual({ region: undefined, emergency: {}, lines: [] })
  },
)

test('does not use what is not checked, unless told to', () => {
  const rows = [
    { ...row, emergency: { ambulance: '112', ...notSeen } },
    { ...row, region: 'QB', lines: [{ ...line, ...notSeen }] },
    { ...row, region: 'QC', emergency: { police: '110', ...notSeen }, lines: [{ ...line, ...notSeen }] },
  ]
  const careful = createCrisisLines({ rows })
  expect(careful.forRegion('QA')).toMatchObject({ region: 'QA', emergency: {}, lines: [line] })
  expect(careful.forRegion('QB')).toMatchObject({ emergency: { ambulance: '112' }, lines: [] })
  expect(careful.forRegion('QC').region).toBeUndefined()
  expect(careful.regions()).toEqual(['QA', 'QB'])
  const trusting = createCrisisLines({ rows, useUnchecked: true })
  expect(trusting.forRegion('QC')).toMatchObject({
    emergency: { police: '110' },
    lines: [{ call: '116 123' }],
  })
})

test('names what was last checked more than 180 days ago', () => {
  const { stale } = createCrisisLines({
    rows: [{ ...row, lines: [line, { ...line, name: 'B Line', ...notSeen }] }],
  })
  const day = 86_400_000
  expect(stale(Date.parse(checkedOn) + 180 * day)).toEqual([])
  expect(stale(Date.parse(checkedOn) + 180 * day + 1)).toEqual([
    { region: 'QA', what: 'emergency', checkedOn },
    { region: 'QA', what: 'A Line', checkedOn },
  ])
})

test.each([
  ['a checked line without a source', { ...row, lines: [{ ...line, sources: [] }] }, /at least one source/],
  ['a checked line without a day', { ...row, lines: [{ ...line, checkedOn: null }] }, /checkedOn/],
  ['an unchecked line with a day', { ...row, lines: [{ ...line, checked: false }] }, /checkedOn/],
  ['a line with no way to reach it', { ...row, lines: [{ ...line, call: undefined }] }, /call, text or chat/],
  ['words for a number', { ...row, lines: [{ ...line, call: 'see website' }] }, /phone number/],
  ['a plain http chat', { ...row, lines: [{ ...line, chat: 'http://example.org' }] }, /chat/],
  ['a kind it does not know', { ...row, lines: [{ ...line, kind: 'other' }] }, /kind/],
  ['a key it does not know', { ...row, fax: '1' }, /fax/],
  ['no emergency number', { ...row, emergency: seen }, /ambulance or police/],
  ['a region that is no country code', { ...row, region: 'qa' }, /region/],
])('refuses %s and says where', (_what, bad, message) => {
  expect(() => createCrisisLines({ rows: [bad] })).toThrow(message)
})

test('refuses two rows for one country', () => {
  expect(() => createCrisisLines({ rows: [row, row] })).toThrow(/two rows/)
})
