/**
 * SHA-1 of a text's UTF-8 bytes as lower-case hex. Only ever compares sets of ids; it protects nothing.
 * Written out because WebCrypto is asynchronous, `node:crypto` is not everywhere, and Redis scripts offer SHA-1 only.
 * @see FIPS 180-4, section 6.1
 */
export function sha1Hex(text: string): string {
  const words = paddedWords(new TextEncoder().encode(text))
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  const schedule = new Int32Array(80)
  for (let block = 0; block < words.length; block += 16) {
    for (let t = 0; t < 80; t++) schedule[t] = t < 16 ? at(words, block + t) : expand(schedule, t)
    compress(state, schedule)
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

/** The message as big-endian words: its bytes, one set bit, zeros, and its length in bits as the last two words. */
function paddedWords(bytes: Uint8Array): Int32Array {
  const words = new Int32Array((((bytes.length + 8) >> 6) + 1) * 16)
  for (let i = 0; i < bytes.length; i++) words[i >> 2] = at(words, i >> 2) | (at(bytes, i) << shiftOf(i))
  const end = bytes.length
  words[end >> 2] = at(words, end >> 2) | (0x80 << shiftOf(end))
  words[words.length - 2] = Math.floor(end / 0x20000000)
  words[words.length - 1] = end << 3
  return words
}

function expand(schedule: Int32Array, t: number): number {
  return rotateLeft(
    at(schedule, t - 3) ^ at(schedule, t - 8) ^ at(schedule, t - 14) ^ at(schedule, t - 16),
    1,
  )
}

function compress(state: number[], schedule: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state
  for (let t = 0; t < 80; t++) {
    const next = (rotateLeft(a, 5) + mix(t, b, c, d) + e + roundConstant(t) + at(schedule, t)) | 0
    e = d
    d = c
    c = rotateLeft(b, 30)
    b = a
    a = next
  }
  for (const [i, word] of [a, b, c, d, e].entries()) state[i] = ((state[i] ?? 0) + word) | 0
}

function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return (b & c) | (~b & d)
  return t >= 40 && t < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d
}

function roundConstant(t: number): number {
  if (t < 20) return 0x5a827999
  if (t < 40) return 0x6ed9eba1
  return t < 60 ? 0x8f1bbcdc : 0xca62c1d6
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function shiftOf(byteIndex: number): number {
  return 24 - (byteIndex & 3) * 8
}

/** Every index above is in range; the zero only satisfies the type. */
function at(array: { readonly [index: number]: number }, index: number): number {
  return array[index] ?? 0
}
