import type { Channel } from '../../src/workers/messages.ts'

/** Both ends of a way between two processes: messages are copied, and arrive in order and not at once. */
export function channelPair<A, B>(): {
  worker: Channel<A, B>
  primary: Channel<B, A>
  /** Messages to the worker arrive when it reads again. */
  freezeWorker(): void
  resumeWorker(): void
} {
  const toWorker = oneWay<A>()
  const toPrimary = oneWay<B>()
  return {
    worker: { send: toPrimary.send, onMessage: toWorker.onMessage, backlog: 0 },
    primary: { send: toWorker.send, onMessage: toPrimary.onMessage, backlog: 0 },
    freezeWorker: () => toWorker.freeze(),
    resumeWorker: () => toWorker.resume(),
  }
}

function oneWay<Message>() {
  const listeners = new Set<(message: Message) => void>()
  let held: Message[] | undefined
  const deliver = (message: Message) => {
    for (const listener of [...listeners]) listener(message)
  }
  return {
    send(message: Message) {
      const copy = structuredClone(message)
      queueMicrotask(() => {
        if (held === undefined) deliver(copy)
        else held.push(copy)
      })
    },
    onMessage(listener: (message: Message) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    freeze() {
      held ??= []
    },
    resume() {
      const waiting = held ?? []
      held = undefined
      for (const message of waiting) deliver(message)
    },
  }
}
