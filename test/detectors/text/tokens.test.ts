import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crisisReading, textsOf } from '../read-words.ts'

const { tokenize } = crisisReading()

const sentences = (text: string) => {
  const tokens = tokenize(text)
  return tokens.sentences().map(({ from, to }) => textsOf(tokens).slice(from, to).join(' '))
}

describe('words', () => {
  it('lose their apostrophes and keep their place', () => {
    const text = "I DON'T know"
    const tokens = tokenize(text)
    expect(textsOf(tokens)).toEqual(['i', 'dont', 'know'])
    expect(text.slice(tokens.startOf(1), tokens.endOf(1))).toBe("DON'T")
  })

  it('keep the whole of a character that stands for more than they are', () => {
    const text = 'im ⒔ now'
    const tokens = tokenize(text)
    expect(textsOf(tokens)).toEqual(['im', '13', 'now'])
    expect(text.slice(tokens.startOf(1), tokens.endOf(1))).toBe('⒔')
  })

  it('are quoted only between marks that close', () => {
    const tokens = tokenize('he said "let me die" and left" yes')
    expect(textsOf(tokens).filter((_, at) => tokens.quoted[at] === 1)).toEqual(['let', 'me', 'die'])
  })
})

describe('sentences', () => {
  it('end at marks and blank lines, not inside a word', () => {
    expect(sentences('It is 3.5 km. Really? yes\n\nok')).toEqual(['it is 3 5 km', 'really', 'yes', 'ok'])
  })

  it('go on over the short lines of a chat', () => {
    expect(sentences('i want\nto die')).toEqual(['i want to die'])
    expect(sentences('hello there\ni want to\nkill myself')).toEqual(['hello there i want to kill myself'])
    expect(sentences('one\nword\na\nline\ni\nwant\nto\ndie')).toEqual(['one word a line i want to die'])
    expect(sentences('sometimes i just want to\nkill myself')).toEqual([
      'sometimes i just want to kill myself',
    ])
    expect(sentences('it rained all day here\nto die for')).toEqual(['it rained all day here', 'to die for'])
  })

  it('cover every word once, and none is endless', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '.', '\n'), maxLength: 600 }), (text) => {
        const tokens = tokenize(text)
        let next = 0
        for (const { from, to } of tokens.sentences()) {
          expect(from).toBe(next)
          expect(to - from).toBeLessThanOrEqual(60)
          next = to
        }
        expect(next).toBe(tokens.length)
      }),
    )
  })
})
