import { fromBase64, toBase64 } from '../base64.ts'
import { createSeal, SealError } from '../referrals/seal.ts'
import { sha256Hex } from '../stores/record-values.ts'

/** What was said in one exchange, each part cut. */
export interface Excerpt {
  user: string
  reply: string
}

/** An excerpt as it is stored: encrypted under a key of its own, and that key encrypted under the master key. */
export interface SealedExcerpt {
  sealed: string
  wrappedKey: string
  keyId: string
}

/** Seals and opens excerpts. Every method is bound to the row it is for: what is sealed for one opens for no other. */
export interface EvidenceCipher {
  /** Of the master key that new records are wrapped under. */
  readonly keyId: string
  seal(excerpt: Excerpt, rowId: string): Promise<SealedExcerpt>
  /** Throws `SealError` when the key is another, or the row was changed or exchanged. */
  open(sealed: SealedExcerpt, rowId: string): Promise<Excerpt>
  /** The same record under the newest master key; its content is not touched. Throws as `open`. */
  rewrap(sealed: SealedExcerpt, rowId: string): Promise<SealedExcerpt>
}

/** More of a message or a reply is not kept. */
const maxUnits = 4_000
const keyBytes = 32

/**
 * AES-256-GCM twice: the excerpt under a fresh key of its record, that key under a key derived from the master key
 * (HKDF-SHA-256), so that deleting one small row makes an excerpt unreadable, and a change of master keys touches no
 * content. `masterKeys`: the newest first; older ones only open.
 * @see NIST SP 800-38D; RFC 5869
 */
export async function createEvidenceCipher(
  masterKeys: readonly [Uint8Array<ArrayBuffer>, ...Uint8Array<ArrayBuffer>[]],
): Promise<EvidenceCipher> {
  const wrappers = await Promise.all(masterKeys.map(wrapperOf))
  const [newest] = wrappers
  if (newest === undefined) throw new Error('an evidence cipher needs a master key')

  async function keyOf({ wrappedKey, keyId }: SealedExcerpt, rowId: string): Promise<string> {
    const wrapper = wrappers.find((one) => one.keyId === keyId)
    if (wrapper === undefined)
      throw new SealError(
        `it was sealed under another master key (${keyId}; this gateway has ${newest?.keyId})`,
      )
    return wrapper.seal.open(wrappedKey, `key of ${rowId}`)
  }

  return {
    keyId: newest.keyId,
    async seal({ user, reply }, rowId) {
      const key = crypto.getRandomValues(new Uint8Array(keyBytes))
      const cut: Excerpt = { user: user.slice(0, maxUnits), reply: reply.slice(0, maxUnits) }
      const sealed = await (await createSeal(key)).seal(JSON.stringify(cut), rowId)
      const wrappedKey = await newest.seal.seal(toBase64(key), `key of ${rowId}`)
      key.fill(0)
      return { sealed, wrappedKey, keyId: newest.keyId }
    },
    async open(excerpt, rowId) {
      const key = fromBase64(await keyOf(excerpt, rowId))
      if (key === undefined) throw new SealError('its key cannot be read')
      const opened: unknown = JSON.parse(await (await createSeal(key)).open(excerpt.sealed, rowId))
      return readExcerpt(opened)
    },
    async rewrap(excerpt, rowId) {
      const wrappedKey = await newest.seal.seal(await keyOf(excerpt, rowId), `key of ${rowId}`)
      return { sealed: excerpt.sealed, wrappedKey, keyId: newest.keyId }
    },
  }
}

/** A key for this purpose alone: what opens the vault opens nothing else. */
async function wrapperOf(masterKey: Uint8Array<ArrayBuffer>) {
  const material = await crypto.subtle.importKey('raw', masterKey, 'HKDF', false, ['deriveBits'])
  const bits = await crypto.subtle.deriveBits(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(0),
      info: new TextEncoder().encode('haltgate evidence vault'),
    },
    material,
    8 * keyBytes,
  )
  const key = new Uint8Array(bits)
  const keyId = (await sha256Hex(`haltgate evidence ${toBase64(key)}`)).slice(0, 8)
  return { keyId, seal: await createSeal(key) }
}

function readExcerpt(value: unknown): Excerpt {
  if (typeof value === 'object' && value !== null && 'user' in value && 'reply' in value) {
    const { user, reply } = value
    if (typeof user === 'string' && typeof reply === 'string') return { user, reply }
  }
  throw new SealError('it holds no excerpt')
}
