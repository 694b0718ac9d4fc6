import { z } from 'zod'
import { CrisisCategory, CrisisLevel } from '../finding.ts'
import { endpointOptions, expectAnswer, FullUrl, targetOf } from './endpoint.ts'
import { postJson } from './json-post.ts'
import { defineRemoteDetector } from './remote-detector.ts'

const Options = z.strictObject({
  ...endpointOptions('webhook'),
  url: FullUrl.describe('Address of your service.'),
  version: z
    .string()
    .min(1)
    .max(200)
    .default('unversioned')
    .describe('Version of your service, as your release process names it; it stands in the findings.'),
})

/** Null stands for "left out", as many JSON writers put it. */
const Answer = z.object({
  outcome: z.enum(['alert', 'clear']),
  category: CrisisCategory.nullish().transform((category) => category ?? undefined),
  level: CrisisLevel.nullish().transform((level) => level ?? undefined),
  score: z
    .number()
    .min(0)
    .max(1)
    .nullish()
    .transform((score) => score ?? undefined),
})

/**
 * A service of your own. Gets `{"ask": "user", "messages": [{"role", "content"}, …]}`, recent turns of person and engine,
 * oldest first, the last the person's; answers `{"outcome": "alert" | "clear", "category"?, "level"?, "score"?}` with
 * our names for category and level. `ask` says whose words are in question; so far it is always `user`.
 */
export const webhook = defineRemoteDetector({
  kind: 'webhook',
  options: Options,
  create(options, fetch) {
    const target = targetOf(options, '', fetch)
    return {
      name: options.name,
      version: options.version,
      async judge({ messages, signal }) {
        const turns = messages.map(({ role, text }) => ({ role, content: text }))
        return expectAnswer(Answer, await postJson(target, { ask: 'user', messages: turns }, signal))
      },
    }
  },
})
