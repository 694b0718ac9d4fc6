import { z } from 'zod'
import type { Message } from '../../exchange.ts'
import { CrisisCategory, CrisisLevel } from '../finding.ts'
import { BaseUrl, endpointOptions, expectAnswer, gravest, targetOf } from './endpoint.ts'
import { postJson, RemoteError } from './json-post.ts'
import { defineRemoteDetector } from './remote-detector.ts'

const Watched = z.strictObject({
  threshold: z
    .number()
    .min(0)
    .max(1)
    .describe(
      'An alert from this score on. The scores of different models do not compare: try it on your own.',
    ),
  category: CrisisCategory.describe('What an alert counts as.'),
  level: CrisisLevel.default('active').describe('How acute an alert counts as.'),
})
type Watched = z.output<typeof Watched>

/** Of the model's list, what bears on a crisis. Its `self-harm/intent` says "engaging or intend to": no C-SSRS intent. */
const defaults: Record<string, Watched | 'off'> = {
  'self-harm': { threshold: 0.4, category: 'self-harm', level: 'active' },
  'self-harm/intent': { threshold: 0.3, category: 'suicidal-ideation', level: 'active' },
  'self-harm/instructions': { threshold: 0.4, category: 'self-harm', level: 'method' },
  violence: { threshold: 0.8, category: 'harm-to-others', level: 'active' },
  'harassment/threatening': { threshold: 0.8, category: 'harm-to-others', level: 'active' },
  'sexual/minors': { threshold: 0.5, category: 'abuse', level: 'active' },
}

const Options = z.strictObject({
  ...endpointOptions('moderation'),
  url: BaseUrl.default('https://api.openai.com').describe('Base URL; `/v1/moderations` is appended.'),
  model: z.string().min(1).max(200).default('omni-moderation-latest').describe('The model to ask.'),
  categories: z
    .record(z.string().min(1).max(100), z.union([Watched, z.literal('off')]))
    .default({})
    .transform((given) => ({ ...defaults, ...given }))
    .refine((categories) => Object.values(categories).some((watched) => watched !== 'off'), {
      error: 'expected at least one category that is not off',
    })
    .describe(
      "By the service's own names, over the defaults for omni-moderation: `self-harm` .4, `self-harm/intent` .3, `self-harm/instructions` .4, `violence` .8, `harassment/threatening` .8, `sexual/minors` .5. `off` stops watching one. An answer without a score for a watched category is an error.",
    ),
})

const Answer = z.object({
  results: z.array(z.object({ category_scores: z.record(z.string(), z.unknown()) })),
})
const Score = z.number().min(0).max(1)

/**
 * An OpenAI-compatible moderation endpoint. Sends the person's last message, and the last three of the person as one,
 * each judged by itself; no reply of the engine. Its `flagged` is not looked at: it is about far more than crises.
 * @see https://platform.openai.com/docs/api-reference/moderations
 */
export const moderation = defineRemoteDetector({
  kind: 'moderation',
  options: Options,
  create(options, fetch) {
    const target = targetOf(options, '/v1/moderations', fetch)
    const watched = Object.entries(options.categories).flatMap(([name, what]) =>
      what === 'off' ? [] : [{ name, ...what }],
    )
    return {
      name: options.name,
      version: options.model,
      async judge({ messages, signal }) {
        const input = inputsOf(messages)
        const answer = await postJson(target, { model: options.model, input }, signal)
        const { results } = expectAnswer(Answer, answer)
        if (results.length !== input.length)
          throw new RemoteError(`answered ${results.length} results to ${input.length} inputs`)
        const scored = results.flatMap(({ category_scores }) =>
          watched.map((each) => ({ ...each, score: scoreOf(category_scores, each.name) })),
        )
        const worst = gravest(scored.filter(({ score, threshold }) => score >= threshold))
        if (worst === undefined)
          return { outcome: 'clear', score: Math.max(...scored.map(({ score }) => score)) }
        return { outcome: 'alert', category: worst.category, level: worst.level, score: worst.score }
      },
    }
  },
})

/** What is said in pieces is only seen together, and a single sentence best alone. */
function inputsOf(messages: readonly Message[]): string[] {
  const said = messages.filter(({ role }) => role === 'user').map(({ text }) => text)
  const last = said.slice(-1)
  return said.length > 1 ? [...last, said.slice(-3).join('\n')] : last
}

function scoreOf(scores: Record<string, unknown>, category: string): number {
  const read = Score.safeParse(Object.hasOwn(scores, category) ? scores[category] : undefined)
  if (!read.success) throw new RemoteError(`gave no score from 0 to 1 for ${category}`)
  return read.data
}
