import { sha256Hex } from '../stores/record-values.ts'

/** Crockford's base 32: no I, L, O or U, so that an id survives being read out on the telephone. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 60 bits: among 100,000 incidents two are alike once in 230 million times. */
const length = 12

/** `<prefix>-` and twelve characters at random. */
export function newId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length))
  return `${prefix}-${Array.from(bytes, (byte) => alphabet[byte % 32]).join('')}`
}

/** The id of a halt's incident: the same on every gateway, before and after any crash. */
export async function incidentIdOfHalt(haltId: string): Promise<string> {
  const hash = await sha256Hex(`halt:${haltId}`)
  const characters = Array.from(
    { length },
    (_, i) => alphabet[Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16) % 32],
  )
  return `INC-${characters.join('')}`
}

/** What people type of an id, as ids are written: upper case, with the prefix, and with 0 and 1 for O, I and L. */
export function normaliseId(prefix: string, typed: string): string {
  const text = typed.trim().toUpperCase()
  const rest = text.startsWith(`${prefix}-`) ? text.slice(prefix.length + 1) : text
  return `${prefix}-${rest.replaceAll('O', '0').replace(/[IL]/g, '1')}`
}
