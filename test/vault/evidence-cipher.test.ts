import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeal, SealError } from '../../src/referrals/seal.ts'
import { createEvidenceCipher, type SealedExcerpt } from '../../src/vault/evidence-cipher.ts'
import { cipherOf } from '../reviews/review-parts.ts'

const excerpt = { user: 'the heron by the blue bridge', reply: 'A walk is nice.' }

describe('evidence', () => {
  it('opens again as it was, whatever was said', async () => {
    const cipher = await cipherOf(1)
    const text = fc.string({ unit: 'binary', maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(text, text, fc.string(), async (user, reply, id) => {
        expect(await cipher.open(await cipher.seal({ user, reply }, id), id)).toEqual({ user, reply })
      }),
    )
  })

  it('is cut to 4,000 characters of each side', async () => {
    const cipher = await cipherOf(1)
    const long = { user: 'u'.repeat(9_000), reply: 'r'.repeat(9_000) }
    const { user, reply } = await cipher.open(await cipher.seal(long, 'r-1'), 'r-1')
    expect([user.length, reply.length]).toEqual([4_000, 4_000])
  })

  it('shows nothing of what was said, and is never sealed twice alike', async () => {
    const cipher = await cipherOf(1)
    const [one, two] = [await cipher.seal(excerpt, 'r-1'), await cipher.seal(excerpt, 'r-1')]
    expect(JSON.stringify(one)).not.toMatch(/heron|walk/)
    expect(one.sealed).not.toBe(two.sealed)
    expect(one.wrappedKey).not.toBe(two.wrappedKey)
    // Each has a key of its own: one's key opens nothing of the other.
    await expect(cipher.open({ ...one, wrappedKey: two.wrappedKey }, 'r-1')).rejects.toThrow(SealError)
  })

  it('opens for no other row, and not after any change', async () => {
    const cipher = await cipherOf(1)
    const sealed = await cipher.seal(excerpt, 'r-1')
    await expect(cipher.open(sealed, 'r-2')).rejects.toThrow(SealError)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<keyof SealedExcerpt>('sealed', 'wrappedKey', 'keyId'),
        fc.nat(),
        fc.constantFrom('A', 'z', '0', '.', ''),
        async (part, seed, put) => {
          const at = seed % sealed[part].length
          const changed = sealed[part].slice(0, at) + put + sealed[part].slice(at + 1)
          fc.pre(changed !== sealed[part] && !isSameBytes(changed, sealed[part]))
          await expect(cipher.open({ ...sealed, [part]: changed }, 'r-1')).rejects.toThrow(SealError)
        },
      ),
    )
  })

  it('names the key that is missing', async () => {
    const [first, second] = [await cipherOf(1), await cipherOf(2)]
    const refused = second.open(await first.seal(excerpt, 'r-1'), 'r-1')
    await expect(refused).rejects.toThrow(`another master key (${first.keyId}`)
  })

  it('is wrapped under a key for this purpose: the master key itself opens no key of it', async () => {
    const master = new Uint8Array(32).fill(1)
    const sealed = await (await createEvidenceCipher([master])).seal(excerpt, 'r-1')
    await expect((await createSeal(master)).open(sealed.wrappedKey, 'key of r-1')).rejects.toThrow(SealError)
  })
})

describe('a change of master keys', () => {
  it('leaves everything readable, and wraps keys anew without touching contents', async () => {
    const [old, both, fresh] = [await cipherOf(1), await cipherOf(2, 1), await cipherOf(2)]
    const sealed = await old.seal(excerpt, 'r-1')
    expect(await both.open(sealed, 'r-1')).toEqual(excerpt)
    const next = await both.rewrap(sealed, 'r-1')
    expect(next).toMatchObject({ sealed: sealed.sealed, keyId: fresh.keyId })
    expect(await fresh.open(next, 'r-1')).toEqual(excerpt)
    await expect(old.open(next, 'r-1')).rejects.toThrow(SealError)
  })

  it('wraps no key anew for another row, or that it cannot open', async () => {
    const sealed = await (await cipherOf(1)).seal(excerpt, 'r-1')
    await expect((await cipherOf(2, 1)).rewrap(sealed, 'r-2')).rejects.toThrow(SealError)
    await expect((await cipherOf(3, 2)).rewrap(sealed, 'r-1')).rejects.toThrow(SealError)
  })
})

/** The last character of a piece of base64 may have bits that mean nothing. */
function isSameBytes(one: string, other: string): boolean {
  const bytes = (text: string) => text.split('.').map((piece) => Buffer.from(piece, 'base64').toString('hex'))
  return one.split('.').length > 1 && bytes(one).join() === bytes(other).join()
}
