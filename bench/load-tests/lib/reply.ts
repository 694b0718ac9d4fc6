/** How a reply ended, as a client can tell. */
export type Ending = 'whole' | 'safe' | 'broken'

/** Reads a reply piece by piece: the stamps of the engine in it, and how it ends. */
export interface ReplyReader {
  /** `atMs`: when the piece came, in epoch milliseconds. */
  take(piece: string, atMs: number): void
  /** When the newest AI text in it was made and when it came, in epoch milliseconds; `undefined`: it holds none. */
  readonly madeAtMs: number | undefined
  readonly lastAiAtMs: number | undefined
  ending(isStream: boolean): Ending
}

const keptUnits = 400

/**
 * The demo engine stamps what it makes where the request says `stamps`; the gateway's own texts carry no stamp. A stamp that
 * two pieces share is read when the second one comes.
 */
export function createReplyReader(): ReplyReader {
  let rest = ''
  let tail = ''
  let sawFilter = false
  let madeAtMs: number | undefined
  let lastAiAtMs: number | undefined
  return {
    take(piece, atMs) {
      const text = rest + piece
      let readTo = 0
      for (const { 0: stamp, 1: made, index } of text.matchAll(/"made":(\d{13})/g)) {
        madeAtMs = Math.max(madeAtMs ?? 0, Number(made))
        lastAiAtMs = atMs
        readTo = index + stamp.length
      }
      if (text.includes('"content_filter"')) sawFilter = true
      // A word cut in two is found with the next piece; what has been read is not read again.
      rest = text.slice(Math.max(readTo, text.length - 24))
      tail = (tail + piece).slice(-keptUnits)
    },
    get madeAtMs() {
      return madeAtMs
    },
    get lastAiAtMs() {
      return lastAiAtMs
    },
    ending(isStream) {
      const isWhole = isStream ? tail.trimEnd().endsWith('data: [DONE]') : tail.trimEnd().endsWith('}')
      if (!isWhole || (!isStream && tail.includes('"error"') && !tail.includes('"usage"'))) return 'broken'
      return sawFilter ? 'safe' : 'whole'
    },
  }
}
