import { describe, expect, it } from 'vitest'
import { englishPlain } from '../../../src/detectors/crisis/frames/english-plain.ts'
import { crisisReading } from '../read-words.ts'

const { grammar, tokenize } = crisisReading()
const live = (text: string) =>
  grammar
    .read(tokenize(text))
    .hits.filter(({ standing }) => standing === 'live')
    .map(({ frame }) => frame.name)

describe('what people say in plain words', () => {
  it('never alerts by itself', () => {
    expect(englishPlain.filter(({ strength }) => strength === 'critical')).toEqual([])
  })

  it.each([
    ['plain-not-waking', 'most nights I hope I just never wake up'],
    ['plain-thought', 'I lay there working out exactly how I would do it'],
    ['plain-preparation', 'I wrote letters for each of them'],
    ['plain-means', 'the gun is heavy and I take it out when they sleep'],
    ['plain-attempt', 'I swallowed them all an hour ago'],
    ['plain-self-harm', 'I keep scratching my arms until they bleed'],
    ['plain-abuse', 'he put his hands around my neck again'],
    ['plain-medical', 'her face is drooping and her speech is slurred'],
    ['plain-third-party', 'he gave me his watch and said it will be over soon'],
    ['plain-harm', 'I have a list of the ones who laughed'],
  ])('is heard as %s', (frame, text) => {
    expect(live(text)).toContain(frame)
  })

  it.each([
    'I hope I wake up early for the train',
    'we worked out how to bake the bread',
    'the gun in the game is heavy',
    'he shook hands with everyone and left',
    'her face is tanned and her speech was lovely',
  ])('is not heard in: %s', (text) => {
    expect(live(text).filter((name) => name.startsWith('plain'))).toEqual([])
  })
})
