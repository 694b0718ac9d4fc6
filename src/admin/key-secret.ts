import { sha256Hex } from '../stores/record-values.ts'

/** No real secret comes near it; longer ones are refused unhashed. */
const longestSecret = 200

/** How much of a secret is shown in lists, so that people can tell keys apart. */
const prefixLength = 'hg_'.length + 6

/** A new key: `hg_` and 256 random bits, base64url. Shown once; only its hash is kept. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const base64 = btoa(String.fromCharCode(...bytes))
  return `hg_${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`
}

export function prefixOf(secret: string): string {
  return secret.slice(0, prefixLength)
}

/** A key has 256 random bits, so one plain hash is enough; slow hashes are for passwords that people make up. */
export function hashSecret(secret: string): Promise<string> {
  return sha256Hex(secret.length > longestSecret ? '' : secret)
}

/** Compares two hashes in a time that does not tell where they differ. */
export function sameHash(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}
