import { z } from 'zod'
import type { Message } from '../../exchange.ts'
import { CrisisCategory, CrisisLevel } from '../finding.ts'
import { BaseUrl, endpointOptions, expectAnswer, gravest, targetOf } from './endpoint.ts'
import { postJson, RemoteError } from './json-post.ts'
import { defineRemoteDetector, type RemoteOpinion } from './remote-detector.ts'

const HazardCode = z.string().regex(/^[A-Z]{1,3}\d{1,3}$/, 'expected a hazard code, such as S11')

/** The hazards of Llama Guard 3 and 4 that a person can be in or tell of, and those that are no crisis. */
const llamaGuard: { crises: Record<string, CrisisCategory>; others: string[] } = {
  crises: {
    S1: 'harm-to-others',
    S3: 'abuse',
    S4: 'abuse',
    S9: 'harm-to-others',
    S11: 'self-harm',
  },
  others: ['S2', 'S5', 'S6', 'S7', 'S8', 'S10', 'S12', 'S13', 'S14'],
}

const Options = z.strictObject({
  ...endpointOptions('guard-chat'),
  url: BaseUrl.describe('Base URL; `/v1/chat/completions` is appended.'),
  model: z.string().min(1).max(200).describe('The model, as the server names it.'),
  categories: z
    .record(HazardCode, CrisisCategory)
    .default(llamaGuard.crises)
    .refine((categories) => Object.keys(categories).length > 0, 'expected at least one hazard code')
    .describe(
      'What each hazard code counts as. The default is for Llama Guard 3 and 4: S1 violent crimes, S3 sex-related crimes, S4 child sexual exploitation, S9 indiscriminate weapons, S11 suicide and self-harm.',
    ),
  otherCodes: z
    .array(HazardCode)
    .default(llamaGuard.others)
    .describe(
      'Hazard codes that are no crisis. An answer with a code that stands in neither list is an error.',
    ),
  level: CrisisLevel.default('active').describe('How acute an alert counts as; the model does not say.'),
})

const Answer = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.string() }), finish_reason: z.string().nullish() }))
    .length(1),
})

/** Every code of the taxonomy and its commas, with room to spare: an answer that is longer is no verdict. */
const maxTokens = 100

const safe = /^safe$/i
const unsafe = /^unsafe(?:\s+([A-Z]{1,3}\d{1,3}(?:\s*,\s*[A-Z]{1,3}\d{1,3})*))?$/i

/**
 * A guard model behind an OpenAI-compatible chat endpoint, whose server applies the model's own template. Sends the
 * recent turns of person and engine, without the engine's instructions; such models want turns to alternate, so several
 * in a row are sent as one. It answers `safe`, or `unsafe` and hazard codes on the next line; all else is an error.
 * `unsafe` with no code at all is an alert.
 * @see https://www.llama.com/docs/model-cards-and-prompt-formats/llama-guard-4/
 */
export const guardChat = defineRemoteDetector({
  kind: 'guard-chat',
  options: Options,
  create(options, fetch) {
    const target = targetOf(options, '/v1/chat/completions', fetch)
    const { model } = options
    return {
      name: options.name,
      version: model,
      async judge({ messages, signal }) {
        const question = {
          model,
          messages: alternating(messages),
          temperature: 0,
          max_tokens: maxTokens,
          stream: false,
        }
        const { choices } = expectAnswer(Answer, await postJson(target, question, signal))
        const [choice] = choices
        // Cut at its limit, `S11` may have become `S1`.
        if (choice === undefined || choice.finish_reason === 'length')
          throw new RemoteError('answered with more than a verdict')
        return opinionOf(choice.message.content.trim(), options)
      },
    }
  },
})

function opinionOf(
  verdict: string,
  { categories, otherCodes, level }: z.output<typeof Options>,
): RemoteOpinion {
  if (safe.test(verdict)) return { outcome: 'clear' }
  const read = unsafe.exec(verdict)
  if (read === null) throw new RemoteError('answered with neither safe nor unsafe')
  const codes = read[1]?.toUpperCase().split(/\s*,\s*/)
  if (codes === undefined) return { outcome: 'alert', level }
  const found = codes.flatMap((code) => {
    const category = Object.hasOwn(categories, code) ? categories[code] : undefined
    return category === undefined ? [] : [{ category, level }]
  })
  const worst = gravest(found)
  if (worst !== undefined) return { outcome: 'alert', ...worst }
  if (!codes.every((code) => otherCodes.includes(code)))
    throw new RemoteError('answered with a hazard code that is in neither categories nor otherCodes')
  return { outcome: 'clear' }
}

function alternating(messages: readonly Message[]): { role: string; content: string }[] {
  const turns: { role: string; content: string }[] = []
  for (const { role, text } of messages) {
    const last = turns.at(-1)
    if (last?.role === role) last.content += `\n${text}`
    else if (last !== undefined || role === 'user') turns.push({ role, content: text })
  }
  return turns
}
