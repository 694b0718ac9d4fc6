import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeys, referralWarnings } from '../../src/referrals/keys.ts'
import { createPseudonyms } from '../../src/referrals/pseudonym.ts'
import { createSeal } from '../../src/referrals/seal.ts'
import { readSecretKey } from '../../src/referrals/secret-key.ts'

const key = (byte: number) => new Uint8Array(32).fill(byte)
const inBase64 = (byte: number, length = 32) => Buffer.alloc(length, byte).toString('base64')

describe('a pseudonym', () => {
  it('is the same for the same person, and tells nothing of the name', async () => {
    const one = await createPseudonyms(key(1))
    const again = await createPseudonyms(key(1))
    expect(await one.of('user', 'ada', 'calm')).toBe(await again.of('user', 'ada', 'calm'))
    expect(await one.of('user', 'ada', 'calm')).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is another one under another key, tenant or use', async () => {
    const one = await createPseudonyms(key(1))
    const all = await Promise.all([
      one.of('user', 'ada', 'calm'),
      one.of('user', 'ada', 'other'),
      one.of('user', 'ada', undefined),
      one.of('session', 'ada', 'calm'),
      one.of('user', 'calm', 'ada'),
      (await createPseudonyms(key(2))).of('user', 'ada', 'calm'),
    ])
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('a sealed session', () => {
  it('opens again, whatever it holds', async () => {
    const seal = await createSeal(key(1))
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (text, id) => {
        const sealed = await seal.seal(text, id)
        expect(sealed).not.toBe(await seal.seal(text, id))
        expect(await seal.open(sealed, id)).toBe(text)
      }),
      { numRuns: 30 },
    )
  })

  it('opens under its own key alone, and the message says which', async () => {
    const sealed = await (await createSeal(key(1))).seal('session-1', 'event-1')
    const other = await createSeal(key(2))
    await expect(other.open(sealed, 'event-1')).rejects.toThrow(
      /sealed under another master key \([0-9a-f]{8}/,
    )
  })

  it('opens for its own event alone', async () => {
    const seal = await createSeal(key(1))
    const sealed = await seal.seal('session-1', 'event-1')
    await expect(seal.open(sealed, 'event-2')).rejects.toThrow('belongs to another row')
  })

  it('does not open once a character was changed', async () => {
    const seal = await createSeal(key(1))
    const sealed = await seal.seal('session-1', 'event-1')
    const at = sealed.lastIndexOf('.') + 3
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
    await expect(seal.open(changed, 'event-1')).rejects.toThrow('it was changed')
    await expect(seal.open('v2.x.y.z', 'event-1')).rejects.toThrow('a form that this version does not know')
    await expect(seal.open(`${sealed.split('.').slice(0, 2).join('.')}.!.!`, 'event-1')).rejects.toThrow(
      'changed',
    )
  })
})

describe('keys from the environment', () => {
  it.each([
    ['not base64 at all!', 'something that is not base64'],
    [inBase64(1, 16), '16 bytes'],
    [inBase64(1, 33), '33 bytes'],
    ['', '0 bytes'],
  ])('of another length or form are refused with what to do (%s)', (text, got) => {
    expect(() => readSecretKey(text, 'HALTGATE_MASTER_KEY')).toThrow(
      `HALTGATE_MASTER_KEY: expected 32 bytes in base64, got ${got}. Make one with: openssl rand -base64 32`,
    )
  })

  it('never stand in a message', () => {
    expect(() => readSecretKey('hunter2!', 'HALTGATE_MASTER_KEY')).not.toThrow(/hunter2/)
  })

  it('are used with and without line end; the directory gives what the environment does not', async () => {
    const kept = () => inBase64(3)
    const fromFile = await createKeys({}, kept)
    expect(fromFile.seal).toBeUndefined()
    const given = await createKeys(
      { HALTGATE_PSEUDONYM_KEY: `${inBase64(3)}\n`, HALTGATE_MASTER_KEY: inBase64(4) },
      () => {
        throw new Error('not asked')
      },
    )
    expect(await given.pseudonyms.of('user', 'a', 'b')).toBe(await fromFile.pseudonyms.of('user', 'a', 'b'))
    expect(given.seal).toBeDefined()
    await expect(createKeys({ HALTGATE_MASTER_KEY: 'short' }, kept)).rejects.toThrow(
      'HALTGATE_MASTER_KEY: expected',
    )
    await expect(createKeys({}, () => 'damaged')).rejects.toThrow(
      'pseudonym.key in the data directory: expected',
    )
  })

  it('are asked for at the start where something would be missing', () => {
    const all = { sealed: true, webhook: true, ownPseudonymKey: true, sharedRecords: false }
    expect(referralWarnings(all)).toEqual([])
    expect(referralWarnings({ ...all, sealed: false })).toEqual([
      expect.stringContaining('HALTGATE_MASTER_KEY is not set'),
    ])
    expect(referralWarnings({ ...all, webhook: false })).toEqual([
      expect.stringContaining('delivered to nobody'),
    ])
    expect(referralWarnings({ ...all, sharedRecords: true })).toEqual([
      expect.stringContaining('HALTGATE_PSEUDONYM_KEY is not set'),
    ])
  })
})

describe('a change of master keys', () => {
  it('leaves sessions readable that were sealed under a key of before, for as long as it is named', async () => {
    const old = await createKeys({ HALTGATE_MASTER_KEY: inBase64(1) }, () => inBase64(9))
    const env = {
      HALTGATE_MASTER_KEY: inBase64(2),
      HALTGATE_PREVIOUS_MASTER_KEYS: `${inBase64(3)}, ${inBase64(1)}`,
    }
    const now = await createKeys(env, () => inBase64(9))
    const sealed = (await old.seal?.seal('s-1', 'event-1')) ?? ''
    expect(await now.seal?.open(sealed, 'event-1')).toBe('s-1')
    await expect(now.seal?.open(sealed, 'event-2')).rejects.toThrow()
    // What is sealed from now on needs the new key.
    const next = (await now.seal?.seal('s-2', 'event-1')) ?? ''
    await expect(old.seal?.open(next, 'event-1')).rejects.toThrow('another master key')
    const later = await createKeys({ HALTGATE_MASTER_KEY: inBase64(2) }, () => inBase64(9))
    await expect(later.seal?.open(sealed, 'event-1')).rejects.toThrow('another master key')
  })

  it('names the variable that holds no key', async () => {
    const env = { HALTGATE_MASTER_KEY: inBase64(2), HALTGATE_PREVIOUS_MASTER_KEYS: inBase64(1, 16) }
    await expect(createKeys(env, () => inBase64(9))).rejects.toThrow('HALTGATE_PREVIOUS_MASTER_KEYS')
  })
})
