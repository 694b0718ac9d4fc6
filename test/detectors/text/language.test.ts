import { describe, expect, it } from 'vitest'
import { guessLanguage } from '../../../src/detectors/text/language.ts'
import { crisisReading } from '../read-words.ts'

const { tokenize } = crisisReading()
const guess = (text: string) => guessLanguage(text, tokenize(text))

describe('the language of a text', () => {
  it.each([
    ['en', 'I do not know what to do with my life any more'],
    ['es', 'no sé qué hacer con mi vida, todo me sale mal'],
    ['de', 'ich weiß nicht mehr, was ich mit mir machen soll'],
    ['fr', 'je ne sais plus quoi faire de ma vie, tout va mal'],
    ['pt', 'não sei mais o que fazer com a minha vida, tudo dá errado'],
    ['hi-latn', 'mujhe kuch samajh nahi aa raha hai kya karu'],
  ])('is known to be %s', (language, text) => {
    expect(guess(text)).toBe(language)
  })

  it.each([
    'Я больше не хочу жить, мне очень плохо',
    '我不想活了，谁能帮帮我',
    'لا أريد أن أعيش بعد الآن',
    'मैं जीना नहीं चाहता',
    'Δεν θέλω να ζήσω άλλο',
    'ben artık yaşamak istemiyorum, her şey çok kötü ve beni kimse anlamıyor',
    'nie chce mi się już żyć, wszystko jest bez sensu i nie mam siły',
    'ik wil niet meer leven, het is allemaal te veel voor mij',
  ])('is not one of ours: %s', (text) => {
    expect(guess(text)).toBe('unsupported')
  })

  it.each(['ok', 'asdf qwer', 'kms', '', '🙃'])(
    'cannot be told from "%s", which is treated as known',
    (text) => {
      expect(guess(text)).toBe('unknown')
    },
  )

  it('is English for words disguised with letters of other scripts', () => {
    expect(guess('і wаnt tо dіе аnd nоt tо wаkе uр')).toBe('en')
  })
})
