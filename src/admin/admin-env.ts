import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import type { Actor } from './key-ring.ts'

/** The Hono environment behind the key check. */
export interface AdminEnv {
  Variables: { actor: Actor; requestId: string }
}

export type AdminApp = OpenAPIHono<AdminEnv>

/** The one shape of every error of the control listener. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      requestId: z.string(),
      missing: z
        .array(z.string())
        .optional()
        .describe('Exactly what is missing for the request to be granted.'),
    }),
  })
  .openapi('Error')

export const Reason = z
  .string()
  .trim()
  .min(3, 'expected a reason of at least 3 characters')
  .max(2000)
  .describe('Why, for the audit log. No message text of users.')

/** Answers that any route may give, besides its own. */
export const refusals = {
  400: refusal('The request is wrong; the message says what was expected.'),
  401: refusal('No key, or one that is not known.'),
  403: refusal('The key lacks the role.'),
  404: refusal('No such thing.'),
  409: refusal('Somebody else was faster, or the state does not allow it.'),
  413: refusal('The body is too large.'),
  415: refusal('The body is not declared as JSON.'),
  429: refusal('Too many wrong keys from this address.'),
  503: refusal('A store cannot be reached; nothing was changed.'),
}

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})

export const bodyOf = <T extends z.ZodType>(schema: T) => ({
  body: { content: { 'application/json': { schema } }, required: true },
})

export const IdParam = z.object({
  id: z
    .string()
    .min(4)
    .max(64)
    .openapi({ param: { name: 'id', in: 'path' }, description: 'The id, or a unique beginning of it.' }),
})

/** A person or service, as the routes and the command line name it. */
export const PersonParam = z.object({
  id: z
    .string()
    .min(1)
    .max(200)
    .openapi({ param: { name: 'id', in: 'path' }, description: 'The id or the name.' }),
})

function refusal(description: string) {
  return { content: { 'application/json': { schema: ErrorBody } }, description }
}
