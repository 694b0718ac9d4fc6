import { createCrisisAssessor } from '../../src/detectors/crisis/assess.ts'
import { createCrisisDetector } from '../../src/detectors/crisis/crisis.ts'
import type { UserDetector } from '../../src/detectors/detector.ts'
import { calmRequests } from '../load.ts'
import { type ChatRequest, everydayText, ordinaryReply } from '../texts.ts'

/** What the engine is asked for; see `engine.ts`. */
export const wholeModel = 'whole'
export const streamModel = 'stream:200:10'
export const chunksPerStream = 200
export const firstTokenModels = [0, 1, 2, 3].map((text) => `stream:8:1:${text}`)
export const models = [wholeModel, streamModel, ...firstTokenModels, 'idle']

export interface Case {
  name: 'json' | 'long' | 'stream'
  title: string
  /** Requests at once. */
  concurrency: number
  /** Requests before it counts, where a peer says no other number. */
  warmUp: number
  burst: number
  bursts: number
  /** What one request counts for: 1 exchange, or its chunks. */
  unitsPerRequest: number
  /** So many different requests; none is sent twice to one process. */
  requests(count: number): ChatRequest[]
}

/** Short bursts, so that what else the machine does in a second falls on all alike. */
export function casesOf(quick: boolean): Case[] {
  return [
    {
      name: 'json',
      title: '1.5 KB in, 0.7 KB out, 32 connections',
      concurrency: 32,
      warmUp: 0,
      burst: 400,
      bursts: quick ? 9 : 15,
      unitsPerRequest: 1,
      requests: (count) => calmRequests(wholeModel, count),
    },
    {
      name: 'long',
      title: '32 KB in: a conversation that was seen before, and one new message',
      concurrency: 32,
      warmUp: 600,
      burst: 120,
      bursts: quick ? 8 : 12,
      unitsPerRequest: 1,
      requests: longRequests,
    },
    {
      name: 'stream',
      title: `streams of ${chunksPerStream} chunks, one each 10 ms`,
      concurrency: 64,
      warmUp: 64,
      burst: 64,
      bursts: quick ? 2 : 3,
      unitsPerRequest: chunksPerStream,
      requests: (count) => calmRequests(streamModel, count),
    },
  ]
}

const conversations = 32
const longBytes = 32_000

/**
 * Conversations of 32 KB that slide along: each request has what its session said and heard before, as far as it has room,
 * and one new message. In none of them does the detector of the day hear anything.
 */
export function longRequests(count: number): ChatRequest[] {
  const detector = createCrisisDetector(createCrisisAssessor())
  const turns = Math.ceil(count / conversations)
  const histories = Array.from({ length: conversations }, (_, conversation) =>
    calmHistory(detector, conversation, turns + longPairs),
  )
  return Array.from({ length: count }, (_, number) => {
    const conversation = number % conversations
    const messages = windowOf(histories[conversation] ?? [], Math.floor(number / conversations))
    return {
      body: JSON.stringify({ model: wholeModel, stream: false, temperature: 0.7, messages }),
      session: `long-${conversation}`,
    }
  })
}

interface Said {
  role: 'user' | 'assistant'
  content: string
}

/** Messages and replies by turns; a message in which something is heard, alone or after the ones before it, is left out. */
function calmHistory(detector: UserDetector, conversation: number, pairs: number): Said[] {
  const history: Said[] = []
  const first = 1_000_000 + conversation * 100_000
  for (let number = first; history.length < 2 * pairs; number++) {
    if (number > first + 10 * pairs) throw new Error('the run is void: most everyday texts raise an alarm')
    const message: Said = { role: 'user', content: everydayText(number, 100 + ((number * 7919) % 140)) }
    if (raisesAlarm(detector, [...history.slice(-readTogether), message])) continue
    history.push(message, { role: 'assistant', content: ordinaryReply(number, 300) })
  }
  return history
}

/** More messages than are ever read as one. */
const readTogether = 12
/** Enough pairs of 0.5 KB for 32 KB; what is too much is left out at the front. */
const longPairs = 80

/** What is sent at a turn: the newest message last, and before it as much as there is room for. */
function windowOf(history: readonly Said[], turn: number): Said[] {
  const upTo = history.slice(2 * turn, 2 * (turn + longPairs) - 1)
  let bytes = 0
  let start = upTo.length
  while (start > 0 && bytes < longBytes) bytes += (upTo[--start]?.content.length ?? 0) + 32
  return upTo.slice(start)
}

function raisesAlarm(detector: UserDetector, conversation: readonly Said[]): boolean {
  const messages = conversation.map(({ role, content }) => ({ role, text: content }))
  const { outcome, bypass, risk } = detector.inspect({ messages, session: undefined, nowMs: 0 })
  return outcome !== 'clear' || bypass !== undefined || risk !== 0
}
