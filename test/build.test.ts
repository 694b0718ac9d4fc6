import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inAscii } from '../scripts/build.ts'

it('code in ASCII means what it meant', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      const code = inAscii(JSON.stringify(text))
      expect(code).toMatch(/^[\0-\x7f]*$/)
      expect(JSON.parse(code)).toBe(text)
    }),
  )
})

it('a pattern in ASCII finds what it found', () => {
  const [before, after] = ['/[a-z][@$€]\\\\“|😀/u', inAscii('/[a-z][@$€]\\\\“|😀/u')]
  expect(after).toBe('/[a-z][@$\\u20ac]\\\\\\u201c|\\ud83d\\ude00/u')
  const match = (pattern: string) => 'a€\\“'.match(new RegExp(pattern.slice(1, -2), 'u'))?.[0]
  expect(match(after)).toBe(match(before))
})

it('refuses a letter that an escape would change', () => {
  expect(() => inAscii('/\\€/')).toThrow('a build cannot have \\€')
})
