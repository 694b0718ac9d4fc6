const encoder = new TextEncoder()
/** Of one UTF-16 unit in UTF-8. */
const maxBytesOfAUnit = 3
const startBytes = 4096
/** A larger buffer is let go when its text is named. */
const maxKeptBytes = 1 << 16

/**
 * Gives texts names of 64 bits and their length: enough that no two of some thousands meet. Keyed by chance, so that nobody
 * can write a text that bears the name of another. Reads four bytes of UTF-8 at a time; lone surrogates count alike, as
 * they do for whoever reads the text.
 */
export function createTextHash(): (text: string) => string {
  const key = crypto.getRandomValues(new Int32Array(4))
  const [start = 0, otherStart = 0] = key
  // Odd, so that no bit of a text is lost.
  const factor = (key[2] ?? 0) | 1
  const otherFactor = (key[3] ?? 0) | 1
  let bytes = new Uint8Array(startBytes)
  let words = new Int32Array(bytes.buffer)
  const reserve = (size: number) => {
    bytes = new Uint8Array(size)
    words = new Int32Array(bytes.buffer)
  }
  return (text) => {
    const room = text.length * maxBytesOfAUnit + 4
    if (room > bytes.length) reserve(2 ** Math.ceil(Math.log2(room)))
    const { written } = encoder.encodeInto(text, bytes)
    bytes.fill(0, written, written + 4)
    let one = start
    let other = otherStart
    for (let at = 0; at < written; at += 4) {
      const word = words[at >>> 2] ?? 0
      one = Math.imul(one ^ word, factor)
      one ^= one >>> 15
      other = Math.imul(other ^ word ^ one, otherFactor)
      other ^= other >>> 13
    }
    // No text is kept.
    bytes.fill(0, 0, written)
    if (bytes.length > maxKeptBytes) reserve(startBytes)
    return `${(one >>> 0).toString(36)}.${(other >>> 0).toString(36)}.${text.length}`
  }
}
