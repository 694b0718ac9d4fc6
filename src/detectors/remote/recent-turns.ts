import type { Message } from '../../exchange.ts'

export interface TurnLimits {
  maxMessages: number
  /** UTF-16 units over all turns. */
  maxCharacters: number
}

export interface RecentTurns {
  /** Roles `user` and `assistant` only, oldest first; the last is the person's. */
  messages: Message[]
  /** False when the person's last message was too long: then its middle is left out. */
  isWhole: boolean
}

/** As dialects name the engine's turns. */
const engineRoles = new Set(['assistant', 'ai', 'bot', 'model'])
/** Of the engine's turns only so much, so that its long replies do not crowd out what the person said. */
const maxEngineCharacters = 1_000
const gap = '\n…\n'

/**
 * What a remote gets to see of a conversation: its last turns up to the person's last message, within the limits. No
 * instructions to the engine and no tool output; they are not what somebody said. `undefined` when the person said
 * nothing. Lone surrogates are replaced, for no JSON parser has to accept them.
 */
export function recentTurns(messages: readonly Message[], limits: TurnLimits): RecentTurns | undefined {
  const at = messages.findLastIndex(({ role }) => role === 'user')
  const asked = messages[at]?.text.trim().toWellFormed()
  if (asked === undefined || asked === '') return undefined
  const isWhole = asked.length <= limits.maxCharacters
  const last = isWhole ? asked : headAndTail(asked, limits.maxCharacters)

  const turns: Message[] = [{ role: 'user', text: last }]
  let left = limits.maxCharacters - last.length
  for (const message of messages.slice(0, at).reverse()) {
    const turn = turnOf(message)
    if (turn === undefined) continue
    if (turns.length >= limits.maxMessages || turn.text.length > left) break
    turns.push(turn)
    left -= turn.text.length
  }
  return { messages: turns.reverse(), isWhole }
}

function turnOf({ role, text }: Message): Message | undefined {
  const said = text.trim()
  if (said === '') return undefined
  if (role === 'user') return { role, text: said.toWellFormed() }
  if (!engineRoles.has(role)) return undefined
  return { role: 'assistant', text: said.slice(0, maxEngineCharacters).toWellFormed() }
}

function headAndTail(text: string, maxCharacters: number): string {
  const half = Math.floor((maxCharacters - gap.length) / 2)
  return (text.slice(0, half) + gap + text.slice(-half)).toWellFormed()
}
