import { describe, expect, it } from 'vitest'
import { repair } from '../../../src/detectors/text/repair.ts'
import { crisisReading, textsOf } from '../read-words.ts'

const { tokenize, repairer, book } = crisisReading()
const repaired = (text: string) => repair(tokenize(text), repairer, book)
const read = (text: string) => textsOf(repaired(text)).join(' ')

describe('repair', () => {
  it.each([
    ['digits for letters', 'i want to k1ll mys3lf', 'i want to kill myself'],
    ['symbols for letters', 'k!ll my$elf', 'kill myself'],
    ['digits in any known word', 'wh3n i wake', 'when i wake'],
    ['a masked letter', 'thinking of su*cide', 'thinking of suicide'],
    ['spaced letters', 'i want to k i l l myself', 'i want to kill myself'],
    ['dotted letters', 's.u.i.c.i.d.e', 'suicide'],
    ['spaced letters across words', 'k i l l m y s e l f', 'kill myself'],
    ['halves', 'sui cide and my self', 'suicide and myself'],
    ['glued words', 'iwanttodie', 'i want to die'],
    ['held letters', 'i wanna dieeeee', 'i wanna die'],
    ['a swapped letter', 'suicied', 'suicide'],
    ['a dropped letter', 'overdse', 'overdose'],
    ['algospeak', 'sewercide', 'suicide'],
  ])('reads %s', (_, written, meant) => {
    expect(read(written)).toBe(meant)
  })

  it.each([
    'my therapist moved to 3d printing in 4k',
    'the hunting season',
    'a b c d e f g',
    'self-employed and half asleep at 10am, 20mg, mp3',
    'constructor toString __proto__',
    'the coating on the pan',
    'meet me @ 5, ok?!',
  ])('leaves ordinary words alone: %s', (text) => {
    expect(read(text)).toBe(textsOf(tokenize(text)).join(' '))
  })

  it('covers all that a repaired word stands for', () => {
    const text = 'please s.u.i.c.i.d.e now'
    const tokens = repaired(text)
    const at = textsOf(tokens).indexOf('suicide')
    expect(text.slice(tokens.startOf(at), tokens.endOf(at))).toBe('s.u.i.c.i.d.e')
  })
})
