import type { HaltSubject, RampShare } from './halt-entry.ts'

/**
 * Where a ramp chooses from: a session's place is a number in [0, 1) that every replica computes alike, from the mark
 * of the shared store, the halt and the session. So a session let in by one step stays in with the next, and another
 * halt chooses others. The seed is what the first two give; -1 while there is no mark: nobody is let in early then.
 */
export function seedOf(salt: string | undefined, haltId: string): number {
  return salt === undefined ? -1 : fnv1a(`${salt}\u0000${haltId}\u0000`, offsetBasis)
}

/** Whether this share lets the subject through. Allocates nothing: asked before every write while a halt is ramped. */
export function isAdmitted(seed: number, share: 0 | RampShare, subject: HaltSubject): boolean {
  if (share === 1) return true
  const { session } = subject
  if (share === 0 || seed < 0 || session === undefined || session === '' || subject.joinsLast === true)
    return false
  return finalised(fnv1a(session, seed)) < share * 2 ** 32
}

const offsetBasis = 0x811c9dc5
const prime = 0x01000193

/** FNV-1a over the bytes of the UTF-16 code units. @see RFC 9923 */
function fnv1a(text: string, from: number): number {
  let hash = from
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    hash = Math.imul(hash ^ (unit & 0xff), prime)
    hash = Math.imul(hash ^ (unit >>> 8), prime)
  }
  return hash >>> 0
}

/** The high bits of FNV-1a hardly differ between short names; MurmurHash3's finaliser spreads them (Appleby 2011). */
function finalised(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
