import type { Step } from './anthropic-messages-events.ts'

/** A streamed message as the client has it. A block is open for the client until its end was sent, not merely read. */
export interface SentMessage {
  readonly started: boolean
  readonly stopped: boolean
  readonly ended: boolean
  readonly outputTokens: number
  /** Of the last block; -1 before the first. */
  readonly lastIndex: number
  /** The open blocks that we may close, by index. */
  readonly closable: readonly number[]
}

const NOTHING: SentMessage = {
  started: false,
  stopped: false,
  ended: false,
  outputTokens: 0,
  lastIndex: -1,
  closable: [],
}

/** What the client has after these steps. */
export function sentAfter(steps: readonly Step[], before: SentMessage = NOTHING): SentMessage {
  return steps.reduce(after, before)
}

function after(sent: SentMessage, step: Step): SentMessage {
  switch (step.kind) {
    case 'start': {
      const { outputTokens, blocks } = step
      return { ...sent, started: true, outputTokens, lastIndex: Math.max(sent.lastIndex, blocks - 1) }
    }
    case 'block': {
      const { index, type } = step
      const lastIndex = Math.max(sent.lastIndex, index)
      return { ...sent, lastIndex, closable: CLOSABLE.has(type) ? [...sent.closable, index] : sent.closable }
    }
    case 'block-end':
      return { ...sent, closable: sent.closable.filter((index) => index !== step.index) }
    case 'stop-reason':
      return { ...sent, stopped: true }
    case 'end':
      return { ...sent, ended: true }
    case 'none':
      return sent
  }
}

/** An open tool call is left without its end: clients run a call once it has ended, with half its input or none. */
const CLOSABLE = new Set<unknown>(['text', 'thinking', 'redacted_thinking'])
