import type { HaltEntry } from '../breakers/halt-entry.ts'
import type { Genesis, HaltSnapshot, HaltStore, WriteOutcome } from './halt-store.ts'

/** What a process asks of the one that keeps the halts. `id` comes back with the answer. */
export type HaltsAsk = { kind: 'halts-ask'; id: number } & (
  | { verb: 'initialise'; genesis: Genesis }
  | { verb: 'read' }
  | { verb: 'append'; entries: HaltEntry[] }
  | { verb: 'confirm'; gatewayId: string }
  | { verb: 'compact'; ids: string[] }
)

export type HaltsAnswer = { kind: 'halts-answer'; id: number } & (
  | { verb: 'initialise'; genesis: Genesis }
  | { verb: 'read'; snapshot: HaltSnapshot }
  | { verb: 'append'; outcome: WriteOutcome }
  | { verb: 'confirm'; outcome: WriteOutcome & { digest: string | undefined } }
  | { verb: 'compact' }
  | { verb: 'failed'; why: string }
)

/** From now on new entries are pushed; sent before the first confirmation, so that none falls between the two. */
export type HaltsSubscribe = { kind: 'halts-subscribe' }
export type HaltsPushed = { kind: 'halts-pushed'; turn: number; entries: HaltEntry[] }
/** What was pushed up to this turn is in force in the process that says so. */
export type HaltsLearned = { kind: 'halts-learned'; turn: number }

export type HaltsToKeeper = HaltsAsk | HaltsSubscribe | HaltsLearned
export type HaltsFromKeeper = HaltsAnswer | HaltsPushed

/** The way to the process that keeps the halts. Messages arrive whole and in order, or the other process has ended. */
export interface HaltsPort {
  send(message: HaltsToKeeper): void
  onMessage(listener: (message: HaltsFromKeeper | { kind: string }) => void): () => void
}

type Verb = HaltsAsk['verb']
type AnswerOf<V extends Verb> = Extract<HaltsAnswer, { verb: V }>

interface Waiting {
  resolve(answer: HaltsAnswer): void
  reject(error: Error): void
}

/**
 * The halts as another process of this gateway keeps them, asked by messages. A verb stays unanswered for as long as that
 * process stands still; the caller has a limit of its own. Pushed entries are reported back once every subscriber has
 * taken them, so that a halt is acknowledged only when it is in force here.
 */
export function createIpcHalts(port: HaltsPort): HaltStore {
  const waiting = new Map<number, Waiting>()
  const subscribers = new Set<(entries: HaltEntry[]) => void>()
  let lastId = 0
  let closed = false
  let subscribed = false

  const stopListening = port.onMessage((message) => {
    if (isAnswer(message)) {
      const asked = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.verb === 'failed') asked?.reject(new Error(message.why))
      else asked?.resolve(message)
    } else if (isPushed(message)) {
      for (const subscriber of subscribers) subscriber(message.entries)
      port.send({ kind: 'halts-learned', turn: message.turn })
    }
  })

  async function ask<V extends Verb>(verb: V, send: (id: number) => void): Promise<AnswerOf<V>> {
    if (closed) throw new Error('the way to the process that keeps the halts has been closed')
    const id = ++lastId
    const answer = await new Promise<HaltsAnswer>((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      send(id)
    })
    if (isOf(answer, verb)) return answer
    throw new Error(`asked to ${verb}, the process that keeps the halts answered to ${answer.verb}`)
  }

  return {
    initialise: async (genesis) =>
      (await ask('initialise', (id) => port.send({ kind: 'halts-ask', id, verb: 'initialise', genesis })))
        .genesis,
    read: async () =>
      (await ask('read', (id) => port.send({ kind: 'halts-ask', id, verb: 'read' }))).snapshot,
    append: async (entries) =>
      (await ask('append', (id) => port.send({ kind: 'halts-ask', id, verb: 'append', entries }))).outcome,
    confirm: async (gatewayId) =>
      (await ask('confirm', (id) => port.send({ kind: 'halts-ask', id, verb: 'confirm', gatewayId })))
        .outcome,
    async compact(ids) {
      await ask('compact', (id) => port.send({ kind: 'halts-ask', id, verb: 'compact', ids }))
    },
    subscribe(onEntries) {
      // A wrapper of its own, so that one function registered twice is two subscribers.
      const subscriber = (entries: HaltEntry[]) => onEntries(entries)
      subscribers.add(subscriber)
      if (!subscribed) port.send({ kind: 'halts-subscribe' })
      subscribed = true
      return () => void subscribers.delete(subscriber)
    },
    async close() {
      closed = true
      stopListening()
      subscribers.clear()
      for (const { reject } of waiting.values()) reject(new Error('closed while the halts were asked for'))
      waiting.clear()
    },
  }
}

// The two ends are one version of one program (they tell each other at the start), so the kind says the shape.
const isAnswer = (message: HaltsFromKeeper | { kind: string }): message is HaltsAnswer =>
  message.kind === 'halts-answer'
const isPushed = (message: HaltsFromKeeper | { kind: string }): message is HaltsPushed =>
  message.kind === 'halts-pushed'
const isOf = <V extends Verb>(answer: HaltsAnswer, verb: V): answer is AnswerOf<V> => answer.verb === verb
