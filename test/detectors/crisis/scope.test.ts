import { describe, expect, it } from 'vitest'
import { crisisReading } from '../read-words.ts'
import { createDeafAssessor } from './deaf-assessor.ts'

const { read } = crisisReading()
const deaf = createDeafAssessor()

/** How the frame `name` stands in a text; `absent` when it does not match. */
function standing(name: string, text: string): string {
  const { hits } = read(text).grammar
  return hits.find(({ frame }) => frame.name === name)?.standing ?? 'absent'
}

describe('a negation', () => {
  it.each([
    ["I don't want to kill myself", 'negated'],
    ['I am not suicidal', 'negated'],
    ["I'm not really suicidal", 'negated'],
    ['I never have suicidal thoughts', 'negated'],
    ["I don't have suicidal thoughts", 'negated'],
    // Denies nothing.
    ["I don't know, I am suicidal", 'live'],
    ["I'm not joking. I am suicidal", 'live'],
    ['Not that anyone cares but I am suicidal', 'live'],
    ["I don't sleep, I am suicidal", 'live'],
  ])('turns what it stands before, and no more: %s', (text, expected) => {
    expect(standing('active-wish', text)).toBe(expected)
  })

  it.each([
    "I don't want to live anymore",
    'I do not want to be alive',
    'no quiero vivir más',
    'ich will nicht mehr leben',
    'je ne veux plus vivre',
    'não quero mais viver',
    // A second negator before it takes nothing back.
    'I feel nothing and see no point in living',
  ])('is itself the cue: %s', (text) => {
    const { hits } = read(text).grammar
    expect(
      hits.filter(
        (hit) => hit.standing === 'live' && hit.level === 'passive' && hit.frame.strength === 'strong',
      ),
    ).not.toEqual([])
  })

  it('of a wish does not deny the plan that follows it', () => {
    expect(deaf.assess("I'm not saying I want attention but I have a plan to kill myself").outcome).toBe(
      'alert',
    )
    expect(deaf.assess("I don't want pity. I am going to kill myself tonight").outcome).toBe('alert')
    expect(deaf.assess("I'm not suicidal, I never said that, but tonight I am ending my life").level).toBe(
      'intent',
    )
  })
})

describe('stories, studies and quotations', () => {
  it.each([
    ['In my novel he shouts "I want to kill myself" and leaves', 'quoted'],
    ['For my psychology class: what does it mean when a patient says "I want to kill myself"?', 'quoted'],
    // The quotation of somebody's own words, with no story about it.
    ['I told my mother "I want to kill myself" and she laughed', 'live'],
    // A story is mentioned, but the words are the person's own.
    ['I was reading my book and all I thought was I want to kill myself', 'live'],
  ])('%s', (text, expected) => {
    expect(standing('active-wish', text)).toBe(expected)
  })

  it.each([
    ['I want to die in this boss fight so we can respawn', 'idiom'],
    ['I want to die every time I deploy this docker container', 'idiom'],
    ['I want to die', 'live'],
  ])('a game or a machine makes a figure of speech of what is prone to it: %s', (text, expected) => {
    expect(standing('wish-die', text)).toBe(expected)
  })

  it('a machine does not excuse explicit words', () => {
    expect(deaf.assess('my laptop died too. I want to kill myself').outcome).toBe('alert')
    expect(deaf.assess('no game can help, i am going to kill myself tonight').outcome).toBe('alert')
  })
})

describe('figures of speech', () => {
  it.each([
    ["I'm going to kill myself laughing", 'idiom'],
    ["I'm going to kill myself if i have to hear that song again", 'idiom'],
    ["I'm going to kill myself. For real, not laughing", 'live'],
    ["I'm going to kill myself", 'live'],
  ])('end in words that make them so: %s', (text, expected) => {
    expect(standing('intent-kill', text)).toBe(expected)
  })
})

describe('what is past', () => {
  it('and told as over is history, not an alert', () => {
    for (const text of [
      'Years ago I planned to kill myself. Therapy helped and I am fine now.',
      'When I was sixteen I had a plan to kill myself, I am so glad I survived',
    ]) {
      expect(deaf.assess(text)).toMatchObject({ outcome: 'clear', isCritical: false, level: 'history' })
      expect(standing('plan', text)).toBe('past')
    }
  })

  it('and told as over needs no past tense', () => {
    const text = 'In my twenties: suicidal thoughts every single day. Therapy helped, I am better now.'
    expect(standing('active-wish', text)).toBe('past')
    expect(deaf.assess(text).isCritical).toBe(false)
    expect(standing('active-wish', 'Suicidal thoughts every single day.')).toBe('live')
  })

  it.each([
    'Years ago I tried to kill myself and now the thoughts are back, I want to kill myself',
    'I used to be fine. I want to kill myself tonight',
    'I was better for a year. I am suicidal again',
  ])('and back again is now: %s', (text) => {
    expect(deaf.assess(text)).toMatchObject({ outcome: 'alert', isCritical: true })
  })
})
