/** Stands for a user or a session where the name itself must not be. */
export interface Pseudonyms {
  /**
   * The same text for the same thing under the same key: 32 hex digits. Without the key nobody can tell whose it is,
   * not even by trying names. Users and sessions, and those of different tenants, never share one.
   */
  of(what: 'user' | 'session', name: string, tenant: string | undefined): Promise<string>
}

/** HMAC-SHA256, cut to 128 bits (RFC 2104, section 5). `key`: 32 bytes. */
export async function createPseudonyms(key: Uint8Array<ArrayBuffer>): Promise<Pseudonyms> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const hmacKey = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
  return {
    async of(what, name, tenant) {
      // As JSON, so that no tenant can end where another one's name begins.
      const text = JSON.stringify([what, tenant ?? null, name])
      const mac = new Uint8Array(await crypto.subtle.sign('HMAC', hmacKey, new TextEncoder().encode(text)))
      return Array.from(mac.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
    },
  }
}
