import type { HaltStore } from './halt-store.ts'
import type { HaltsAnswer, HaltsAsk, HaltsFromKeeper, HaltsToKeeper } from './ipc-halts.ts'

/** The way to one process that asks. */
export interface KeeperPort {
  send(message: HaltsFromKeeper): void
  onMessage(listener: (message: HaltsToKeeper | { kind: string }) => void): () => void
}

/** The keeper's end for one process. */
export interface KeptHalts {
  /** Resolves once all that has been pushed so far is in force in that process, or it has been closed here. */
  settled(): Promise<void>
  close(): void
}

/** Answers what a process asks of this store, and pushes to it what others add once it has subscribed. */
export function keepHaltsFor(port: KeeperPort, store: HaltStore): KeptHalts {
  let pushedTurn = 0
  let learnedTurn = 0
  let closed = false
  let unsubscribe: (() => void) | undefined
  let waiting: { turn: number; resolve(): void }[] = []

  async function answer(ask: HaltsAsk): Promise<HaltsAnswer> {
    const { id } = ask
    const answered = { kind: 'halts-answer', id } as const
    try {
      switch (ask.verb) {
        case 'initialise':
          return { ...answered, verb: ask.verb, genesis: await store.initialise(ask.genesis) }
        case 'read':
          return { ...answered, verb: ask.verb, snapshot: await store.read() }
        case 'append':
          return { ...answered, verb: ask.verb, outcome: await store.append(ask.entries) }
        case 'confirm':
          return { ...answered, verb: ask.verb, outcome: await store.confirm(ask.gatewayId) }
        case 'compact':
          await store.compact(ask.ids)
          return { ...answered, verb: ask.verb }
      }
    } catch (error) {
      return { ...answered, verb: 'failed', why: error instanceof Error ? error.message : String(error) }
    }
  }

  function settle() {
    const done = waiting.filter(({ turn }) => closed || turn <= learnedTurn)
    waiting = waiting.filter((one) => !done.includes(one))
    for (const { resolve } of done) resolve()
  }

  const stopListening = port.onMessage((message) => {
    if (isAsk(message)) {
      void answer(message).then((answered) => {
        if (!closed) port.send(answered)
      })
    } else if (message.kind === 'halts-subscribe') {
      unsubscribe ??= store.subscribe((entries) => {
        port.send({ kind: 'halts-pushed', turn: ++pushedTurn, entries })
      })
    } else if (isLearned(message)) {
      learnedTurn = Math.max(learnedTurn, message.turn)
      settle()
    }
  })

  return {
    settled() {
      return new Promise((resolve) => {
        waiting.push({ turn: pushedTurn, resolve })
        settle()
      })
    },
    close() {
      closed = true
      stopListening()
      unsubscribe?.()
      settle()
    },
  }
}

const isAsk = (message: HaltsToKeeper | { kind: string }): message is HaltsAsk => message.kind === 'halts-ask'
const isLearned = (
  message: HaltsToKeeper | { kind: string },
): message is Extract<HaltsToKeeper, { kind: 'halts-learned' }> => message.kind === 'halts-learned'
