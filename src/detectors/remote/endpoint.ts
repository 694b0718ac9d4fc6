import { z } from 'zod'
import { CrisisCategory, type CrisisLevel } from '../finding.ts'
import { type Fetch, type JsonTarget, RemoteError } from './json-post.ts'

const Credential = z.strictObject({
  header: z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'expected a header name')
    .transform((name) => name.toLowerCase())
    .default('authorization')
    .describe('Header that carries the credential.'),
  value: z
    .string()
    .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'expected visible ASCII without line breaks')
    .describe('Its value, such as "Bearer ${MODERATION_KEY}".'),
})

/** The settings that every kind of remote detector has. */
export const endpointOptions = <Kind extends string>(kind: Kind) => ({
  kind: z.literal(kind).describe('What sort of service it is.'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected lower-case letters, digits and hyphens, at most 40')
    .default(kind)
    .describe('Names it in findings, metrics and logs, as `remote:NAME`; each name once.'),
  credential: Credential.optional().describe('Credential sent with each question.'),
})

/** An address, to which a path is appended when the detector asks. */
export const BaseUrl = z
  .url({ protocol: /^https?$/ })
  .refine(hasNoUser, 'expected no user or password in it; set credential instead')
  .refine((url) => !/[?#]/.test(url), 'expected to end with its path, without ? or #')

/** An address that is asked as it is. */
export const FullUrl = z
  .url({ protocol: /^https?$/ })
  .refine(hasNoUser, 'expected no user or password in it; set credential instead')

export function targetOf(
  { url, credential }: { url: string; credential?: JsonTarget['credential'] },
  path: string,
  fetch: Fetch,
): JsonTarget {
  return { url: path === '' ? url : url.replace(/\/+$/, '') + path, credential, fetch }
}

/** What an answer should look like, else `RemoteError`, which quotes nothing of it. */
export function expectAnswer<Shape extends z.ZodType>(shape: Shape, answer: unknown): z.output<Shape> {
  const read = shape.safeParse(answer)
  if (!read.success) throw new RemoteError('answered with JSON of another shape than expected')
  return read.data
}

/** Of several things found, the one to act on: by category as they are listed in `CrisisCategory`, then by score. */
export function gravest<Found extends { category: CrisisCategory; level: CrisisLevel; score?: number }>(
  found: readonly Found[],
): Found | undefined {
  const rank = ({ category }: Found) => CrisisCategory.options.indexOf(category)
  return [...found].sort((a, b) => rank(a) - rank(b) || (b.score ?? 0) - (a.score ?? 0))[0]
}

function hasNoUser(url: string): boolean {
  if (!URL.canParse(url)) return true
  const { username, password } = new URL(url)
  return username === '' && password === ''
}
