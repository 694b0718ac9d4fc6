import { fromBase64, toBase64 } from '../base64.ts'
import { sha256Hex } from '../stores/record-values.ts'

/** Keeps a text so that only who has the master key can read it. */
export interface Seal {
  /** `boundTo`: the id of the row; what is sealed for one row opens for no other. */
  seal(text: string, boundTo: string): Promise<string>
  /** Throws `SealError` when the text was sealed under another key, for another row, or was changed. */
  open(sealed: string, boundTo: string): Promise<string>
}

/** Why a sealed text does not open. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

const ivBytes = 12

/**
 * AES-256-GCM with a random 96-bit nonce; the row's id is authenticated with it. The sealed text is
 * `v1.<key id>.<nonce>.<ciphertext>`; the key id is a hash, so that a key that was changed is noticed as such.
 * @param key 32 bytes
 * @see NIST SP 800-38D
 */
export async function createSeal(key: Uint8Array<ArrayBuffer>): Promise<Seal> {
  const aesKey = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
  const keyId = (await sha256Hex(`haltgate seal ${toBase64(key)}`)).slice(0, 8)
  const parameters = (iv: Uint8Array<ArrayBuffer>, boundTo: string) => ({
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(boundTo),
  })
  return {
    async seal(text, boundTo) {
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
      const plain = new TextEncoder().encode(text)
      const sealed = await crypto.subtle.encrypt(parameters(iv, boundTo), aesKey, plain)
      return ['v1', keyId, toBase64(iv), toBase64(new Uint8Array(sealed))].join('.')
    },
    async open(sealed, boundTo) {
      const [version, sealedUnder, nonce = '', ciphertext = ''] = sealed.split('.')
      if (version !== 'v1') throw new SealError('it was sealed in a form that this version does not know')
      if (sealedUnder !== keyId)
        throw new SealError(
          `it was sealed under another master key (${sealedUnder}; this gateway has ${keyId})`,
        )
      const iv = fromBase64(nonce)
      const bytes = fromBase64(ciphertext)
      try {
        if (iv === undefined || bytes === undefined) throw new Error('not base64')
        return new TextDecoder().decode(await crypto.subtle.decrypt(parameters(iv, boundTo), aesKey, bytes))
      } catch (cause) {
        throw new SealError('it was changed, or belongs to another row', { cause })
      }
    },
  }
}
