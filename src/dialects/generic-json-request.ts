import { GatewayError } from '../errors.ts'
import type { Message } from '../exchange.ts'
import { type JsonPath, parseJsonPath, readPath } from './json-path.ts'
import { isAbsent } from './wire.ts'

/** Where a request has its conversation: one path to the person's text, or an array of messages with roles. */
type UserText = string | { messages: string; role: string; content: string; otherRoles: string[] }

/** Makes the reader of a request's messages. It throws `GatewayError` `invalid_request` that names the path. */
export function messageReader(userText: UserText): (body: unknown) => Message[] {
  if (typeof userText === 'string') {
    const path = parseJsonPath(userText)
    return (body) => {
      const values = readPath(path, body)
      if (values.length === 0) throw invalid(path.source, 'the text of a message')
      return values.map((value) => ({ role: 'user', text: expectText(value, path.source) }))
    }
  }
  const messages = parseJsonPath(userText.messages)
  const role = parseJsonPath(userText.role)
  const content = parseJsonPath(userText.content)
  const otherRoles = new Set(userText.otherRoles)
  return (body) => {
    const list = readPath(messages, body)[0]
    if (!Array.isArray(list)) throw invalid(messages.source, 'an array of messages')
    return list.map((message: unknown, index) => {
      const at = `${messages.source}[${index}]`
      const said = readPath(role, message)[0] ?? 'user'
      if (typeof said !== 'string') throw invalid(inside(at, role), 'a role, as a string')
      const texts = readPath(content, message).filter((value) => !isAbsent(value))
      // Whoever is not known to be someone else is taken for the person, and screened.
      if (otherRoles.has(said)) return { role: said, text: joined(texts, inside(at, content)) }
      if (texts.length === 0) throw invalid(inside(at, content), 'the text of the message')
      return { role: 'user', text: joined(texts, inside(at, content)) }
    })
  }
}

/** `$.history[2]` and `$.parts[*].text` are `$.history[2].parts[*].text`. */
function inside(at: string, path: JsonPath): string {
  return at + path.source.slice(1)
}

function joined(values: readonly unknown[], at: string): string {
  return values.map((value) => expectText(value, at)).join('\n')
}

function expectText(value: unknown, at: string): string {
  if (typeof value !== 'string') throw invalid(at, 'a string')
  return value
}

function invalid(at: string, expected: string): GatewayError {
  return new GatewayError('invalid_request', `${at}: expected ${expected}`)
}
