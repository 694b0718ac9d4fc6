import { fromBase64 } from '../base64.ts'

/** A secret that cannot be used. The message names the variable and says how to make one; it never holds the secret. */
export class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError'
}

export const secretKeyBytes = 32

/** Reads 32 bytes in base64, as an environment variable holds them. Throws `SecretKeyError`. */
export function readSecretKey(text: string, name: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(text.trim())
  if (bytes?.length === secretKeyBytes) return bytes
  const what = bytes === undefined ? 'something that is not base64' : `${bytes.length} bytes`
  throw new SecretKeyError(
    `${name}: expected ${secretKeyBytes} bytes in base64, got ${what}. Make one with: openssl rand -base64 ${secretKeyBytes}`,
  )
}
