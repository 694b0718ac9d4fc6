import { describe, expect, it } from 'vitest'
import { sumOf } from '../../../bench/load-tests/lib/control.ts'
import type { Question } from '../../../bench/load-tests/lib/question.ts'
import { atMost, between, none } from '../../../bench/load-tests/lib/threshold.ts'
import { help, readOptions } from '../../../bench/load-tests/options.ts'

const question = (name: string, more: Partial<Question> = {}): Question => ({
  ...{ name, asks: `does ${name}?`, takesSeconds: { long: 2, short: 1 }, run: async () => [] },
  ...more,
})
const questions = [question('one'), question('two'), question('long', { onlyByName: true })]

describe('the command line of the load tests', () => {
  it('asks all questions but those that run by name only', () => {
    expect(readOptions(['all', '--short'], questions)).toEqual({
      ...{ kind: 'run', names: ['one', 'two'], short: true, minutes: 30, again: false, write: false },
    })
  })

  it('asks each question once, in the order given', () => {
    expect(readOptions(['long', 'one', 'all', '--minutes', '3'], questions)).toMatchObject({
      ...{ names: ['long', 'one', 'two'], minutes: 3, short: false },
    })
  })

  it.each([
    [['three'], 'no question three: expected all, one, two, long'],
    [['one', '--minutes', 'ten'], '--minutes'],
    [['one', '--minutes', '0'], '--minutes'],
    [['one', '--shrot'], '--shrot'],
  ])('refuses %j and says why', (args, why) => {
    const asked = readOptions(args, questions)
    expect(asked.kind === 'wrong' && asked.why).toContain(why)
  })

  it('explains itself when asked, and when asked nothing', () => {
    for (const args of [['--help'], ['-h'], []])
      expect(readOptions(args, questions)).toEqual({ kind: 'help' })
    for (const { name, asks } of questions)
      expect(help(questions)).toMatch(new RegExp(`${name} +${asks.replace('?', '\\?')}`))
  })
})

describe('thresholds', () => {
  it('are missed by what was not measured', () => {
    expect([atMost('x', Number.NaN, 5).met, between('x', Number.NaN, [1, 2]).met]).toEqual([false, false])
  })

  it('are met at the limit itself', () => {
    expect([atMost('x', 5, 5).met, atMost('x', 5.01, 5).met, between('x', 2, [1, 2]).met]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('show the first of what was not to be', () => {
    expect(none('x', ['a', 'b'])).toMatchObject({ measured: '2: a; b', met: false })
    expect(none('x', [])).toMatchObject({ measured: 'none', met: true })
  })
})

describe('a page of metrics', () => {
  it('is added up by name and label', () => {
    const page = '# HELP a b\na{engine="primary",x="1"} 2\na{engine="backup"} 3\na_more 9\nb 4\n'
    expect([
      sumOf(page, 'a'),
      sumOf(page, 'a', 'engine="primary"'),
      sumOf(page, 'b'),
      sumOf(page, 'c'),
    ]).toEqual([5, 2, 4, 0])
  })
})
