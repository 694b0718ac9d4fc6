import { describe, expect, it } from 'vitest'
import { clean, createLook, durationText } from '../../src/cli/look.ts'

const look = (timeZone: string) => createLook({ env: {}, isTTY: false, timeZone })
const atMs = Date.UTC(2026, 10, 20, 23, 30, 5)

describe('times', () => {
  it.each([
    ['UTC', '2026-11-20 23:30:05 UTC'],
    ['Europe/Berlin', '2026-11-21 00:30:05 CET (2026-11-20 23:30:05 UTC)'],
    ['America/New_York', '2026-11-20 18:30:05 GMT-5 (23:30:05 UTC)'],
  ])('stand in local time and in UTC (%s)', (timeZone, text) => {
    expect(look(timeZone).time(atMs)).toBe(text)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 9e15])('survive what is no time (%d)', (value) => {
    expect(look('UTC').time(value)).toBe('unknown time')
  })
})

describe('durations', () => {
  it.each([
    [-5, '0 ms'],
    [850, '850 ms'],
    [12_999, '12 s'],
    [185_000, '3 min'],
    [7_500_000, '2 h 5 min'],
    [7_200_000, '2 h'],
    [349_200_000, '4 d 1 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })
})

describe('tables', () => {
  it('align every column but the last, with and without colour', () => {
    const rows = [
      ['a', { text: 'long cell', style: 'red' }, 'x'],
      ['abc', 'b', 'yy'],
    ] as const
    expect(look('UTC').table(['ONE', 'TWO', 'THREE'], rows)).toBe(
      'ONE  TWO        THREE\na    long cell  x\nabc  b          yy',
    )
    const coloured = createLook({ env: {}, isTTY: true }).table(['ONE', 'TWO', 'THREE'], rows)
    expect(coloured).toContain('\u001b[31mlong cell\u001b[39m  x')
  })

  it('keep a cell on its line and free of control characters', () => {
    expect(clean('a\nb\t c\u001b[31m\u0000\u2028')).toBe('a b c')
  })
})
