import { describe, expect, it } from 'vitest'
import { withNoise } from '../../scripts/training/noise.ts'
import { createRandom, pick, shuffle } from '../../scripts/training/random.ts'
import { expandTemplate } from '../../scripts/training/templates.ts'

describe('a template', () => {
  it('stands for each of its choices', () => {
    expect(expandTemplate('{I|i} am {so |}tired').sort()).toEqual([
      'I am so tired',
      'I am tired',
      'i am so tired',
      'i am tired',
    ])
  })

  it('may hold a choice within a choice, and leaves no braces or double spaces', () => {
    const texts = expandTemplate('{my {dog|cat}|he} {|really} sleeps')
    expect(texts.length).toBeGreaterThan(3)
    for (const text of texts) expect(text).toMatch(/^(my dog|my cat|he)( really)? sleeps$/)
  })

  it('gives the same texts every time, at most twelve, none twice and none empty', () => {
    const template = '{a|b|c|d|} {e|f|g|h|} {i|j|k|l|}'
    const texts = expandTemplate(template)
    expect(expandTemplate(template)).toEqual(texts)
    expect(texts.length).toBeLessThanOrEqual(12)
    expect(new Set(texts).size).toBe(texts.length)
    expect(expandTemplate('{|}')).toEqual([])
  })
})

describe('chance in training', () => {
  it('is the same with the same seed, and another with another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed))
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    for (const value of draw(7)) expect(value >= 0 && value < 1).toBe(true)
  })

  it('shuffles without losing anything, and picks nothing from nothing', () => {
    const items = Array.from({ length: 40 }, (_, at) => at)
    const shuffled = shuffle(items, createRandom(3))
    expect(shuffled).not.toEqual(items)
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items)
    expect(pick([], createRandom(1))).toBeUndefined()
  })

  it('types a text worse, and never away', () => {
    const random = createRandom(11)
    const texts = Array.from({ length: 200 }, () => withNoise("I don't know what to do", random))
    expect(new Set(texts).size).toBeGreaterThan(20)
    for (const text of texts) expect(text.length).toBeGreaterThan(10)
  })
})
