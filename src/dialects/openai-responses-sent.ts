import { endsResponse, placeOf, type ResponseEvent, readIndex } from './openai-responses-events.ts'
import { isObject, type JsonObject } from './wire.ts'

/** An output item as the client has it. */
export interface SentItem {
  item: JsonObject
  done: boolean
  parts: Map<string, SentPart>
}

export interface SentPart {
  /** Which list of the item it stands in, and where. */
  list: 'content' | 'summary'
  index: number
  part: JsonObject
  text: string
  done: boolean
}

/**
 * What the client has been sent of a streamed response. An ending of ours must fit it exactly: official clients refuse
 * a stream whose last event does not agree with the items before. Goes on from `before`, which stays as it is.
 */
export function createSentResponse(before?: SentResponse): SentResponse {
  const items = new Map<number, SentItem>(
    [...(before?.items ?? [])].map(([index, item]) => [index, copyOf(item)]),
  )
  function addItem(index: number, item: JsonObject, done: boolean): void {
    items.set(index, { item, done, parts: items.get(index)?.parts ?? new Map() })
  }

  /** Parts matter only while their item is open; an engine that never announced the part still sent its text. */
  function partOf(event: ResponseEvent, index: number): SentPart | undefined {
    const open = items.get(index)
    const list = LISTS.find(([pattern]) => pattern.test(event.type))?.[1]
    if (open === undefined || open.done || list === undefined) return undefined
    const { key } = placeOf(event)
    let part = open.parts.get(key)
    if (part === undefined) {
      const at = readIndex(list === 'summary' ? event.summary_index : event.content_index, 'index')
      part = { list, index: at, part: emptyPart(event.type), text: '', done: false }
      open.parts.set(key, part)
    }
    return part
  }

  return {
    items,
    begun: before?.begun ?? false,
    ended: before?.ended ?? false,
    sequence: before?.sequence ?? -1,
    lastIndex: before?.lastIndex ?? -1,
    response: before?.response,
    apply(event: ResponseEvent): void {
      const { type, item } = event
      this.begun = true
      const number = event.sequence_number
      if (typeof number === 'number' && Number.isSafeInteger(number))
        this.sequence = Math.max(this.sequence, number)
      if (isObject(event.response)) this.response = event.response
      if (endsResponse(event)) this.ended = true
      if (event.output_index === undefined) return
      const index = readIndex(event.output_index, 'output_index')
      this.lastIndex = Math.max(this.lastIndex, index)
      if (type === 'response.output_item.added' && isObject(item)) addItem(index, item, false)
      if (type === 'response.output_item.done' && isObject(item)) addItem(index, item, true)
      const part = partOf(event, index)
      if (part === undefined) return
      if (isObject(event.part)) {
        part.part = event.part
        part.text = textIn(event.part)
      }
      if (type.endsWith('.delta') && typeof event.delta === 'string') part.text += event.delta
      // The text as it is in the end, which may differ from its deltas.
      if (typeof event.text === 'string') part.text = event.text
      if (typeof event.refusal === 'string') part.text = event.refusal
      if (type.endsWith('.done')) part.done = type.endsWith('part.done')
    },
    streamedItems: (): JsonObject[] => [...items].sort(([a], [b]) => a - b).map(([, { item }]) => item),
  }
}

export interface SentResponse {
  apply(event: ResponseEvent): void
  readonly items: Map<number, SentItem>
  /** The items in their order. */
  streamedItems(): JsonObject[]
  begun: boolean
  ended: boolean
  sequence: number
  lastIndex: number
  response: JsonObject | undefined
}

function copyOf({ item, done, parts }: SentItem): SentItem {
  return { item, done, parts: new Map([...parts].map(([key, part]) => [key, { ...part }])) }
}

/** The part with this text in it. */
export function filledPart({ part, text }: SentPart): JsonObject {
  return part.type === 'refusal' ? { ...part, refusal: text } : { ...part, text }
}

const LISTS = [
  [/^response\.reasoning_summary_/, 'summary'],
  [/^response\.(?:content_part|output_text|refusal|reasoning_text)\./, 'content'],
] as const

function emptyPart(type: string): JsonObject {
  if (type.startsWith('response.reasoning_summary')) return { type: 'summary_text', text: '' }
  if (type.startsWith('response.reasoning')) return { type: 'reasoning_text', text: '' }
  if (type.startsWith('response.refusal')) return { type: 'refusal', refusal: '' }
  return { type: 'output_text', text: '', annotations: [], logprobs: [] }
}

function textIn({ text, refusal }: JsonObject): string {
  if (typeof text === 'string') return text
  return typeof refusal === 'string' ? refusal : ''
}
