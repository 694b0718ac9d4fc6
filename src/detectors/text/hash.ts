/** FNV-1a over UTF-16 units, 32 bits: start with `basis`, then `Math.imul(hash ^ unit, prime)` for each. */
export const basis = 0x811c9dc5 | 0
export const prime = 0x01000193

export function hashString(text: string): number {
  let hash = basis
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), prime)
  return hash
}

/** Spreads what tells two numbers apart over all bits (the finalizer of MurmurHash3). */
export function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
