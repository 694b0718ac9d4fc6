import { readChoices, readIndex } from './openai-chat-reply.ts'
import { isObject, type JsonObject } from './wire.ts'

/**
 * An engine's chunk as a later one of a stream that we began: with the id and the time that all its chunks repeat,
 * and without a second role for the choices below `begun`, which some clients would join to the first.
 */
export function joinChunk(
  chunk: JsonObject,
  { id, created }: { id: string; created: number },
  begun: number,
): JsonObject {
  const joined = { ...chunk, id, created }
  const choices = readChoices(chunk)
  if (choices.length === 0) return joined
  return {
    ...joined,
    choices: choices.map((choice, position) => {
      if (readIndex(choice, position) >= begun || !isObject(choice.delta)) return choice
      const { role: _, ...delta } = choice.delta
      return { ...choice, delta }
    }),
  }
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
