/** Who is at the other end of an exchange, as far as the caller says (config `identify`). */
export interface Identity {
  tenant?: string
  session?: string
  user?: string
  /** ISO 3166-1 alpha-2, upper case. */
  region?: string
  /** An `accept-language` value or a single BCP 47 tag, as given. */
  language?: string
  ageBand?: string
}

export interface Message {
  role: string
  /** All text parts, joined by a line feed. */
  text: string
}

/** What a dialect reads from a request body. */
export interface RequestView {
  /** The reply is asked for as SSE. */
  stream: boolean
  model: string | undefined
  messages: Message[]
  /** How many choices are asked for (`n`). */
  choices: number
  /** `json-schema`: the reply must follow a schema, so no text of ours can stand in for it. */
  replyForm: 'text' | 'json-schema'
  /**
   * The engine keeps what came before (`previous_response_id`, `conversation`): `messages` has the new part alone, and
   * whoever judges it does not see all.
   */
  continues?: true
  /**
   * The reply must begin as the engine begins it: the caller may go on from it by the id that it begins with, or the
   * engine takes it back in no other form.
   */
  openedByEngine?: true
  /** No new reply but an earlier one, by its id: the request has no messages. */
  retrieves?: string
}

/** A new piece of reply text. */
export interface TextDelta {
  choice: number
  kind: 'content' | 'refusal' | 'reasoning' | 'tool-call'
  text: string
  /** Where one reply has several parts (output items, content blocks): which of them the text stands in, from 0. */
  part?: number
}
