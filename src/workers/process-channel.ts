import type { Channel } from './messages.ts'

/** The part of `process` and of a `ChildProcess` that carries messages. */
export interface MessageProcess {
  readonly connected: boolean
  send?(message: unknown, callback: (error: Error | null) => void): boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
  off(event: 'message', listener: (message: unknown) => void): unknown
}

/**
 * The way to the process at the other end of a Node IPC channel. Node delivers whole messages in order. `isIn`: whether
 * a message is one of ours; both ends are one version of one program, so its kind says its shape.
 */
export function createProcessChannel<In, Out>(
  other: MessageProcess,
  isIn: (message: unknown) => message is In,
): Channel<In, Out> {
  let backlog = 0
  return {
    send(message) {
      if (!other.connected) return
      backlog++
      other.send?.(message, () => {
        // The error, if any, is that the other process has ended: its end is heard of by itself.
        backlog--
      })
    },
    onMessage(listener) {
      const onMessage = (message: unknown) => {
        if (isIn(message)) listener(message)
      }
      other.on('message', onMessage)
      return () => void other.off('message', onMessage)
    },
    get backlog() {
      return backlog
    },
  }
}

/** Any object with a kind. */
export function hasKind<Message extends { kind: string }>(message: unknown): message is Message {
  return (
    typeof message === 'object' && message !== null && 'kind' in message && typeof message.kind === 'string'
  )
}
