import { z } from 'zod'
import type { RequestView } from '../exchange.ts'
import type { Dialect } from './dialect.ts'
import {
  addToTexts,
  genericError,
  openGenericStream,
  readTexts,
  throwReportedError,
} from './generic-json-reply.ts'
import { messageReader } from './generic-json-request.ts'
import { JsonPathError, parseJsonPath, readPath, writePath } from './json-path.ts'
import { garbage, plainPath } from './wire.ts'

/** A JSON path as people write it into the configuration. */
export const JsonPathText = z.string().superRefine((source, context) => {
  try {
    parseJsonPath(source)
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

const Route = z.string().regex(/^[A-Z]+ \/\S*$/, 'expected a method and a path, such as POST /chat')

const Conversation = z.strictObject({
  messages: JsonPathText.describe(
    'Where the conversation is: an array, oldest message first, such as $.history.',
  ),
  role: JsonPathText.default('$.role').describe('Within a message: who speaks.'),
  content: JsonPathText.default('$.content').describe(
    'Within a message: its text; with [*] several parts, such as $.parts[*].text.',
  ),
  otherRoles: z
    .array(z.string())
    .default(['system', 'developer', 'assistant', 'ai', 'bot', 'model', 'tool', 'function'])
    .describe(
      "Roles that are not the person's. Every other role, and a missing one, is read as the person's.",
    ),
})

/** Where a plain JSON engine keeps its texts. Paths are JSON paths such as `$.reply.text`. */
export const GenericJsonOptions = z.strictObject({
  paths: z
    .array(Route)
    .min(1)
    .describe('Methods and paths that carry conversations, such as POST /chat; * stands for one segment.'),
  userText: z
    .union([JsonPathText, Conversation], {
      error:
        'expected a path such as $.message, or an object with messages and, where they differ, role and content',
    })
    .describe("Where a request has the person's text: a path, or an array of messages with roles."),
  replyText: JsonPathText.describe('Where a reply has its text. A safe reply is written to the same place.'),
  streamDelta: JsonPathText.optional().describe(
    'Where the data of a stream event has its new text. Left out: as replyText.',
  ),
  streamDone: z
    .string()
    .min(1)
    .nullable()
    .default('[DONE]')
    .describe(
      'Data of the event that ends a stream; null where streams just end, so that a cut one cannot be told.',
    ),
  streamWhen: z
    .strictObject({
      path: JsonPathText.describe('Where a request says how it wants the reply.'),
      equals: z.union([z.boolean(), z.string(), z.number()]).describe('The value that asks for a stream.'),
    })
    .prefault({ path: '$.stream', equals: true })
    .describe('What in a request asks for a stream.'),
  errorText: JsonPathText.default('$.error').describe(
    'Where a reply or an event has an error; our errors are written there too.',
  ),
})
export type GenericJsonOptions = z.infer<typeof GenericJsonOptions>

/** A plain JSON service, described by paths; its streams are SSE with JSON data. */
export const genericJson = {
  name: 'generic-json',
  options: GenericJsonOptions,
  create,
} as const

function create(options: GenericJsonOptions): Dialect {
  const routes = options.paths.map(routePattern)
  const readMessages = messageReader(options.userText)
  const replyText = parseJsonPath(options.replyText)
  const errorText = parseJsonPath(options.errorText)
  const streamDelta = parseJsonPath(options.streamDelta ?? options.replyText)
  const streamWhen = parseJsonPath(options.streamWhen.path)
  const { streamDone } = options

  return {
    name: 'generic-json',
    streamsEndMarked: streamDone !== null,
    reads(method, path) {
      const route = `${method} ${plainPath(path)}`
      return routes.some((pattern) => pattern.test(route))
    },
    readRequest: (body): RequestView => ({
      stream: readPath(streamWhen, body)[0] === options.streamWhen.equals,
      model: undefined,
      messages: readMessages(body),
      choices: 1,
      replyForm: 'text',
    }),
    readReply(body) {
      throwReportedError(errorText, body)
      const texts = readTexts(replyText, body)
      if (texts === undefined) throw garbage(`nothing at ${replyText.source}`)
      return texts
    },
    safeReply: (_request, text) => writePath(replyText, text),
    errorBody: (error, requestId) => genericError(errorText, error, requestId),
    addText: (body, text, _request, choices) => addToTexts(replyText, body, text, choices),
    openStream: () => openGenericStream({ errorText, streamDelta, streamDone }),
  }
}

/** `*` stands for one segment of the path, such as a session's id. */
function routePattern(route: string): RegExp {
  const [method = '', path = ''] = route.split(' ')
  const segments = plainPath(path).split('/')
  const pattern = segments.map((segment) => (segment === '*' ? '[^/]+' : RegExp.escape(segment))).join('/')
  return new RegExp(`^${method} ${pattern}$`)
}
