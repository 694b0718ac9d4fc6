import { concat } from '../bytes.ts'
import type { HarmFinding } from '../detectors/finding.ts'
import type { ReplyWatch } from '../detectors/harmful-reply/reply-watch.ts'
import type { ReplyStream } from '../dialects/dialect.ts'
import type { TextDelta } from '../exchange.ts'
import { type Listener, listenOn } from './listen-on.ts'
import type { ReadEvent, ReadEvents } from './open-reply.ts'
import type { ReplyJudge } from './reply-judge.ts'

/** Why a stream is ended by the gateway. */
export type CutCause = 'harmful' | 'overflow' | 'error'

/** What may go out now: whole events, in their order. */
export interface Released {
  bytes: Uint8Array | undefined
  /** How many events are in it. */
  events: number
}

/**
 * Keeps back the part of a streamed reply that has not been judged yet. Each choice, and in it reasoning and tool calls
 * apart from what the person reads, is a text of its own, so that interleaved deltas cannot split a phrase. Events go
 * out whole and in order; where nothing waits they pass as the very bytes they came in.
 */
export interface HoldBack {
  /** Takes in what was read. After a cut nothing is released any more. */
  take(read: ReadEvents): Released
  /** The body has ended: judges what is left, and releases it. `closing`: what is to stand behind it. */
  end(): Released & { closing: string | undefined }
  cut(): CutCause | undefined
  /** Something is waiting. */
  isHolding(): boolean
  /** Text of the engine has gone out. */
  textSent(): boolean
  /** From now on our own words stand before the reply. */
  acknowledged(): void
}

export interface HoldBackParts {
  stream: ReplyStream
  judge: ReplyJudge
  /** A watch over one text; `isSide`: not for the person to read, so that nothing can be missing in it. */
  openWatch(isSide: boolean): ReplyWatch
  /** Nothing waits: the reply is only listened to. */
  isObserved: boolean
  /** Choices may be added to; false for JSON schema. */
  canAdd: boolean
  maxHeldBytes: number
  isAcknowledged: boolean
  /** A watch has failed: is the reply to go out all the same? */
  onFault(error: unknown): 'withhold' | 'release'
}

const nothing: Released = { bytes: undefined, events: 0 }

/** One text of a reply. Positions are UTF-16 units from its beginning. */
interface Lane {
  listener: Listener
  /** Not for the person to read. */
  isSide: boolean
  units: number
  safe: number
  sent: number
  /** It is listened to no more, and goes out as it comes. */
  isFree: boolean
  isOver: boolean
}

interface Held {
  read: ReadEvent
  bytes: Uint8Array
  needs: { lane: Lane; upTo: number }[]
  added: { text: string; choices: number[] } | undefined
}

export function createHoldBack(parts: HoldBackParts): HoldBack {
  const { stream, judge, isObserved, maxHeldBytes } = parts
  const lanes = new Map<string, Lane>()
  let held: Held[] = []
  let heldBytes = 0
  let isRewritten = parts.isAcknowledged
  let cut: CutCause | undefined
  let textSent = false

  function laneOf(choice: number, kind: TextDelta['kind'], isNew = (_: Lane) => false): Lane {
    const isSide = kind === 'reasoning' || kind === 'tool-call'
    const key = isSide ? `${choice} ${kind}` : String(choice)
    let lane = lanes.get(key)
    if (lane === undefined || isNew(lane)) {
      lane = openLane(isSide)
      lanes.set(key, lane)
    }
    return lane
  }

  function openLane(isSide: boolean): Lane {
    const safe = isObserved ? Number.POSITIVE_INFINITY : 0
    const listener = listenOn(
      () => parts.openWatch(isSide),
      (finding) => judge.found(finding, wasRead(finding, lane)),
    )
    const lane: Lane = { listener, isSide, units: 0, safe, sent: 0, isFree: false, isOver: false }
    return lane
  }

  /** A piece of text; once a lane is over, what still comes for it begins a new text. */
  function hear({ choice, kind, text }: TextDelta): Held['needs'][number] {
    const lane = laneOf(choice, kind, ({ isOver }) => isOver)
    lane.units += text.length
    if (!lane.isFree && cut === undefined)
      guarded(lane, () => {
        const safeUnits = lane.listener.push(text)
        if (!isObserved) lane.safe = safeUnits
        if (lane.listener.isStopped()) cut = 'harmful'
      })
    return { lane, upTo: lane.units }
  }

  function guarded(lane: Lane, work: () => void): void {
    try {
      work()
    } catch (error) {
      if (parts.onFault(error) === 'withhold') cut = 'error'
      else free(lane)
    }
  }

  function free(lane: Lane): void {
    lane.isFree = true
    lane.safe = Number.POSITIVE_INFINITY
  }

  /** The text of a lane is whole. Returns what is to stand behind it. */
  function finish(lane: Lane, canAdd: boolean): string | undefined {
    if (lane.isOver) return undefined
    lane.isOver = true
    if (lane.isFree) return undefined
    let behind: string | undefined
    guarded(lane, () => {
      const { action, text } = judge.ended(lane.listener.end(), {
        canAdd,
        wasRead: lane.sent > 0,
        isSide: lane.isSide,
      })
      if (action === 'withhold') cut = 'harmful'
      else free(lane)
      const isDoubtful = action === 'annotate' || lane.listener.isDoubtful()
      behind = isDoubtful && canAdd ? judge.annotation() : text
    })
    return behind
  }

  function queue(read: ReadEvent, bytes: Uint8Array): Held {
    const one: Held = { read, bytes, needs: read.texts.map(hear), added: undefined }
    for (const choice of read.finishing) {
      const text = finish(laneOf(choice, 'content'), parts.canAdd)
      if (text === undefined) continue
      isRewritten = true
      one.added ??= { text, choices: [] }
      one.added.choices.push(choice)
    }
    held.push(one)
    heldBytes += bytes.byteLength
    return one
  }

  /** Everything from the front whose texts are safe. */
  function release(): Released {
    const ready = held.findIndex(({ needs }) => needs.some(({ lane, upTo }) => lane.safe < upTo))
    const out = ready === -1 ? held : held.slice(0, ready)
    for (const { bytes } of out) heldBytes -= bytes.byteLength
    if (heldBytes > maxHeldBytes) {
      cut = 'overflow'
      return nothing
    }
    held = ready === -1 ? [] : held.slice(ready)
    let length = 0
    const pieces = out.map((one) => {
      for (const { lane, upTo } of one.needs) lane.sent = upTo
      if (one.needs.length > 0) textSent = true
      const { data, event } = one.read
      const piece = (isRewritten ? stream.rewrite(data, event, one.added) : undefined) ?? one.bytes
      length += piece.byteLength
      return piece
    })
    const [only] = pieces
    return {
      bytes: length === 0 ? undefined : pieces.length === 1 ? only : concat(pieces, length),
      events: out.length,
    }
  }

  return {
    cut: () => cut,
    isHolding: () => held.length > 0,
    textSent: () => textSent,
    acknowledged() {
      isRewritten = true
    },
    take({ bytes, events }) {
      // Comments alone keep the connection alive, whatever waits.
      if (events.length === 0) return { bytes, events: 0 }
      const wasEmpty = held.length === 0
      let from = 0
      for (const each of events) {
        queue(each, bytes.subarray(from, each.endOffset))
        from = each.endOffset
        if (cut !== undefined) return nothing
      }
      if (stream.ended()) endAll()
      if (cut !== undefined) return nothing
      const released = release()
      const isWhole = wasEmpty && held.length === 0 && !isRewritten
      return cut !== undefined ? nothing : isWhole ? { bytes, events: events.length } : released
    },
    end() {
      // Where the end of the body is the end of the reply, words of ours may still follow it.
      const canClose = parts.canAdd && stream.closeWith !== undefined
      const closing = canClose ? finish(laneOf(0, 'content'), true) : undefined
      endAll()
      return { ...(cut === undefined ? release() : nothing), closing }
    },
  }

  /** Texts that no event has finished: reasoning, tool calls, and what breaks off. Nothing can be added to them. */
  function endAll(): void {
    for (const lane of lanes.values()) finish(lane, false)
  }
}

const mostOf = 0.75

/** Whether the person has most of what was found on the screen. */
function wasRead({ evidence }: HarmFinding, { sent }: Lane): boolean {
  return evidence.some(({ start, end }) => sent > start && sent - start > (end - start) * mostOf)
}
