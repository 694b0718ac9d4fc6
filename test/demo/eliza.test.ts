import { describe, expect, it } from 'vitest'
import { showsCrisis } from '../../src/demo/crisis.ts'
import { answer, reflect } from '../../src/demo/eliza.ts'
import {
  dismissiveAnswers,
  isolatingAnswers,
  openAnswers,
  rules,
  stillHere,
  supportiveAnswers,
} from '../../src/demo/rules.ts'

const well = { deaf: false, harmful: false }

describe('the demo therapist', () => {
  it.each([
    ['my mother hates me', 'your mother hates you'],
    ['I am sure you are right about myself', 'you are sure I am right about yourself'],
    ["I'm not yours", 'you are not mine'],
  ])('turns pronouns round: %s', (phrase, turned) => {
    expect(reflect(phrase)).toBe(turned)
  })

  it('gives back what it heard, turned round and cut at the first clause', () => {
    expect(answer(['I feel that my boss laughs at me, every day'], 0, well).text).toBe(
      'What do you think makes you feel that your boss laughs at you?',
    )
  })

  it('asks an open question when nothing matches', () => {
    expect(openAnswers).toContain(answer(['xyzzy'], 0, well).text)
  })

  it('answers an empty conversation', () => {
    expect(answer([], 0, well)).toEqual({ crisisDetected: false, text: openAnswers[0] })
  })

  it('gives different alternatives for n > 1 and the same ones again for the same messages', () => {
    const both = () => [0, 1].map((choice) => answer(['I am anxious'], choice, well).text)
    expect(new Set(both()).size).toBe(2)
    expect(both()).toEqual(both())
  })

  it('never leaves a placeholder in any answer', () => {
    const said = [
      'I hate',
      'I feel',
      'you are ,',
      'I want to .',
      'I am but',
      'my boss',
      'I should and',
    ].flatMap((text) => [0, 1, 2].map((choice) => answer([text], choice, well).text))
    expect(said.filter((text) => text.includes('$'))).toEqual([])
  })

  it('knows about 25 patterns or more', () => {
    expect(rules.length).toBeGreaterThanOrEqual(25)
  })
})

describe('its crisis verdict', () => {
  it.each([
    'I want to kill myself',
    'I don’t want to live anymore',
    "I don't want to be here anymore",
    'everyone would be better off without me',
    'i just swallowed a whole bottle of pills',
    'I keep cutting myself',
    'I wish I was never born',
    "I'm not suicidal, I just want to die",
    'this deadline is killing me and I want to end my life',
    'my husband hits me',
    'I think my friend wants to kill herself',
  ])('sees a disclosure in: %s', (text) => {
    expect(showsCrisis(text)).toBe(true)
  })

  it.each([
    'this traffic is killing me',
    'how do I kill the process?',
    'I am dying to know how it ends',
    'I am not suicidal',
    "I don't want to live in London",
    'I took my pills this morning',
    'I cut myself some slack',
    'Hello, I had a hard day',
  ])('stays calm at: %s', (text) => {
    expect(showsCrisis(text)).toBe(false)
  })

  it('is answered with support, never by an ordinary question', () => {
    const said = answer(['I want to end my life'], 0, well)
    expect(said.crisisDetected).toBe(true)
    expect(supportiveAnswers).toContain(said.text)
  })

  it('is about the latest message, while the earlier disclosure is still in mind', () => {
    const said = answer(['I want to end my life', 'thank you'], 0, well)
    expect(said.crisisDetected).toBe(false)
    expect(said.text).toContain(stillHere)
  })

  it('is never given while deaf, and the answer is an ordinary one', () => {
    const said = answer(['I want to end my life'], 0, { deaf: true, harmful: false })
    expect(said.crisisDetected).toBe(false)
    expect(supportiveAnswers).not.toContain(said.text)
  })

  it('is still given while harmful, so that words and verdict can be broken apart', () => {
    const said = answer(['I want to end my life'], 0, { deaf: false, harmful: true })
    expect(said.crisisDetected).toBe(true)
    expect(dismissiveAnswers).toContain(said.text)
  })

  it('goes wrong in the middle of a reply that began as it would have', () => {
    const usual = answer(['I feel a bit lost today'], 0, well).text
    const said = answer(['I feel a bit lost today'], 0, { deaf: false, harmful: 'mid-reply' }).text
    expect(isolatingAnswers.map((turn) => `${usual} ${turn}`)).toContain(said)
  })
})
