import type { GenericJsonOptions } from '../dialects/generic-json.ts'
import type { DialectName } from '../dialects/index.ts'
import { parseJsonPath, writePath } from '../dialects/json-path.ts'
import type { Message } from '../exchange.ts'

/** A request as an application would send it, without the headers that every request has. */
export interface Asked {
  method: string
  path: string
  headers: Record<string, string>
  body: unknown
}

export interface AskOptions {
  dialect: DialectName
  genericJson?: GenericJsonOptions | undefined
  model: string
  stream: boolean
}

const anthropicVersion = '2023-06-01'
const maxTokens = 512

/** Writes a conversation as a request in the engine's dialect, as its own clients do. */
export function ask(messages: readonly Message[], options: AskOptions): Asked {
  const { dialect, model, stream } = options
  const said = messages.map(({ role, text }) => ({ role, content: text }))
  const post = (path: string, body: object, headers: Record<string, string> = {}): Asked => ({
    method: 'POST',
    path,
    headers,
    body,
  })
  switch (dialect) {
    case 'openai-chat':
      return post('/v1/chat/completions', { model, messages: said, stream })
    case 'openai-responses':
      return post('/v1/responses', { model, input: said, stream, store: false })
    case 'anthropic-messages':
      return post(
        '/v1/messages',
        { model, max_tokens: maxTokens, messages: said, stream },
        { 'anthropic-version': anthropicVersion },
      )
    case 'generic-json':
      return askGeneric(messages, options)
  }
}

function askGeneric(messages: readonly Message[], { genericJson, stream }: AskOptions): Asked {
  if (genericJson === undefined) throw new Error('a generic-json engine needs its genericJson options')
  const { paths, userText, streamWhen } = genericJson
  const [method = 'POST', path = '/'] = (paths[0] ?? '').split(' ')
  const body =
    typeof userText === 'string'
      ? at(userText, messages.findLast(({ role }) => role === 'user')?.text ?? '')
      : at(
          userText.messages,
          messages.map(({ role, text }) => merged(at(userText.role, role), at(userText.content, text))),
        )
  const wish = stream ? at(streamWhen.path, streamWhen.equals) : {}
  return { method, path: path.replaceAll('*', 'probe'), headers: {}, body: merged(body, wish) }
}

const at = (path: string, value: unknown) => writePath(parseJsonPath(path), value)

/** Two small documents in one; where both say something, the second counts. */
function merged(one: unknown, other: unknown): unknown {
  if (!isPlain(one) || !isPlain(other)) return other
  const both = { ...one, ...other }
  for (const key of Object.keys(one)) if (Object.hasOwn(other, key)) both[key] = merged(one[key], other[key])
  return both
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
