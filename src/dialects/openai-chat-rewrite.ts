import { readChoices, readIndex } from './openai-chat-reply.ts'
import { wireJson } from './sse.ts'
import { garbage, isObject, type JsonObject } from './wire.ts'

/**
 * An engine's chunk as a later one of a stream in which words of ours came first: without a second role for the
 * choices below `begun`, which some clients would join to the first, and with the id and the time of `stamp` where the
 * stream began with those. The chunk itself where nothing changes.
 */
export function joinChunk(
  chunk: JsonObject,
  stamp: { id: string; created: number } | undefined,
  begun: number,
): JsonObject {
  let changed = false
  const choices = readChoices(chunk).map((choice, position) => {
    const { delta } = choice
    if (readIndex(choice, position) >= begun || !isObject(delta) || !('role' in delta)) return choice
    changed = true
    const { role: _, ...rest } = delta
    return { ...choice, delta: rest }
  })
  const joined = changed ? { ...chunk, choices } : chunk
  return stamp === undefined ? joined : { ...joined, id: stamp.id, created: stamp.created }
}

/**
 * Parts what a chunk says from its finish of `choices`, so that text of ours may stand between the two. `before` is
 * left out where it says nothing in these choices.
 */
export function splitChunk(
  chunk: JsonObject,
  choices: readonly number[],
): { before?: JsonObject; finish: JsonObject } {
  const all = readChoices(chunk)
  const finished = all
    .map((choice, position) => ({ ...choice, index: readIndex(choice, position) }))
    .filter(({ index }) => choices.includes(index))
  const says = ({ delta }: JsonObject) => isObject(delta) && Object.keys(delta).length > 0
  if (!finished.some(says)) return { finish: chunk }
  // Some clients add up the usage of all chunks.
  const { usage: _, ...rest } = chunk
  return {
    before: {
      ...rest,
      choices: all.map((choice, position) =>
        choices.includes(readIndex(choice, position)) ? { ...choice, finish_reason: null } : choice,
      ),
    },
    finish: {
      ...chunk,
      choices: finished.map((choice) => ({ ...choice, delta: {}, logprobs: null })),
    },
  }
}

/** A chunk as it is written again. Parsing knows no depth, writing may. Throws `GatewayError` `engine_garbage`. */
export function writeChunk(chunk: JsonObject): string {
  try {
    return wireJson(chunk)
  } catch {
    throw garbage('an event is nested too deeply')
  }
}
