import { describe, expect, it } from 'vitest'
import { moderation } from '../../../src/detectors/remote/moderation.ts'
import { answering, engine, opinionOf, person } from './answers.ts'

const calm = {
  harassment: 0.01,
  'harassment/threatening': 0.001,
  hate: 0.9,
  illicit: 0.8,
  'self-harm': 0.02,
  'self-harm/intent': 0.01,
  'self-harm/instructions': 0.001,
  sexual: 0.97,
  'sexual/minors': 0.001,
  violence: 0.1,
  'violence/graphic': 0.9,
}

const result = (scores: Record<string, unknown>) => ({
  flagged: true,
  category_scores: { ...calm, ...scores },
})
const answer = (...results: unknown[]) => ({ id: 'modr-1', model: 'omni-moderation-2024-09-26', results })
const options = { kind: 'moderation' } as const

describe('a moderation endpoint', () => {
  it('is asked about the last message, and about the last ones of the person together', async () => {
    const { fetch, asked } = answering(answer(result({}), result({})))
    const credential = { value: 'Bearer secret' }
    await opinionOf(moderation, { ...options, url: 'https://mod.example/base/', credential }, fetch, [
      person('one'),
      person('two'),
      engine('a reply'),
      person('three'),
      person('four'),
    ])
    expect(asked).toEqual([
      {
        url: 'https://mod.example/base/v1/moderations',
        headers: {
          accept: 'application/json',
          authorization: 'Bearer secret',
          'content-type': 'application/json',
          'user-agent': 'haltgate',
        },
        body: { model: 'omni-moderation-latest', input: ['four', 'two\nthree\nfour'] },
      },
    ])
  })

  it('clears what is flagged for no crisis', async () => {
    const { fetch } = answering(answer(result({})))
    expect(await opinionOf(moderation, options, fetch)).toEqual({ outcome: 'clear', score: 0.1 })
  })

  it.each([
    ['self-harm', 0.4, 'self-harm', 'active'],
    ['self-harm/intent', 0.3, 'suicidal-ideation', 'active'],
    ['self-harm/instructions', 0.4, 'self-harm', 'method'],
    ['violence', 0.8, 'harm-to-others', 'active'],
    ['harassment/threatening', 0.8, 'harm-to-others', 'active'],
    ['sexual/minors', 0.5, 'abuse', 'active'],
  ])('alerts for %s from %d on', async (name, threshold, category, level) => {
    const at = answering(answer(result({ [name]: threshold })))
    expect(await opinionOf(moderation, options, at.fetch)).toEqual({
      outcome: 'alert',
      category,
      level,
      score: threshold,
    })
    const below = answering(answer(result({ [name]: threshold - 0.001 })))
    expect(await opinionOf(moderation, options, below.fetch)).toMatchObject({ outcome: 'clear' })
  })

  it('names the danger to the person before the danger to others', async () => {
    const { fetch } = answering(answer(result({ violence: 0.99, 'self-harm/intent': 0.5, 'self-harm': 0.9 })))
    expect(await opinionOf(moderation, options, fetch)).toMatchObject({
      category: 'suicidal-ideation',
      score: 0.5,
    })
  })

  it('alerts when only the messages together are over a threshold', async () => {
    const { fetch } = answering(answer(result({}), result({ 'self-harm': 0.7 })))
    const messages = [person('one'), person('two')]
    expect(await opinionOf(moderation, options, fetch, messages)).toMatchObject({ outcome: 'alert' })
  })

  it('keeps the thresholds that the file does not name', async () => {
    const categories = { 'self-harm': 'off', selfharm: { threshold: 0.6, category: 'self-harm' } } as const
    const { fetch } = answering(answer(result({ selfharm: 0.5, 'self-harm': 1, 'self-harm/intent': 0.3 })))
    expect(await opinionOf(moderation, { ...options, categories }, fetch)).toMatchObject({
      outcome: 'alert',
      category: 'suicidal-ideation',
    })
    const own = answering(answer(result({ selfharm: 0.6, 'self-harm': 1 })))
    expect(await opinionOf(moderation, { ...options, categories }, own.fetch)).toMatchObject({
      category: 'self-harm',
      score: 0.6,
    })
  })

  it.each<[string, unknown]>([
    ['no results', answer()],
    ['more results than questions', answer(result({}), result({}))],
    ['a missing score', answer({ category_scores: { 'self-harm': 0.9 } })],
    ['a score that is a string', answer(result({ 'self-harm': '0.01' }))],
    ['a score above 1', answer(result({ 'self-harm': 1.2 }))],
    ['a score of null', answer(result({ 'self-harm/intent': null }))],
    ['no scores', answer({ flagged: false, categories: {} })],
    ['an error in a 200', { error: { message: 'overloaded' } }],
    ['an array', []],
    ['null', null],
  ])('takes no answer for a clear: %s', async (_, garbage) => {
    const { fetch } = answering(garbage)
    await expect(opinionOf(moderation, options, fetch)).rejects.toMatchObject({ name: 'RemoteError' })
  })

  it('refuses a file that watches nothing', () => {
    const off = {
      'self-harm': 'off',
      'self-harm/intent': 'off',
      'self-harm/instructions': 'off',
      violence: 'off',
      'harassment/threatening': 'off',
      'sexual/minors': 'off',
    }
    expect(moderation.options.safeParse({ ...options, categories: off }).error?.issues[0]?.message).toBe(
      'expected at least one category that is not off',
    )
  })
})
