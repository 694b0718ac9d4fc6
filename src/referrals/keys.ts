import { createEvidenceCipher } from '../vault/evidence-cipher.ts'
import type { Keys } from './prepare.ts'
import { createPseudonyms } from './pseudonym.ts'
import { createSeal, type Seal } from './seal.ts'
import { readSecretKey } from './secret-key.ts'

/** Environment variables that hold keys, each 32 bytes in base64. */
export const masterKeyName = 'HALTGATE_MASTER_KEY'
/** Master keys of before, separated by commas: they open what was sealed under them, until it has been wrapped anew. */
export const previousKeysName = 'HALTGATE_PREVIOUS_MASTER_KEYS'
export const pseudonymKeyName = 'HALTGATE_PSEUDONYM_KEY'

/**
 * The keys that crisis events are hashed and sealed with. `keptKey` gives the data directory's own key where the
 * environment names none. Throws `SecretKeyError`, whose message is for the person who starts the gateway.
 */
export async function createKeys(
  env: Readonly<Record<string, string | undefined>>,
  keptKey: () => string,
): Promise<Keys> {
  const master = env[masterKeyName] || undefined
  const given = env[pseudonymKeyName] || undefined
  const pseudonymKey =
    given === undefined
      ? readSecretKey(keptKey(), 'pseudonym.key in the data directory')
      : readSecretKey(given, pseudonymKeyName)
  return {
    pseudonyms: await createPseudonyms(pseudonymKey),
    seal:
      master === undefined
        ? undefined
        : await sealUnder(readSecretKey(master, masterKeyName), previousKeys(env)),
    cipher:
      master === undefined
        ? undefined
        : await createEvidenceCipher([readSecretKey(master, masterKeyName), ...previousKeys(env)]),
  }
}

/** Seals under the newest key; what an older one has sealed still opens, for as long as that is named. */
async function sealUnder(key: Uint8Array<ArrayBuffer>, older: Uint8Array<ArrayBuffer>[]): Promise<Seal> {
  const newest = await createSeal(key)
  const before = await Promise.all(older.map(createSeal))
  return {
    seal: newest.seal,
    async open(sealed, boundTo) {
      for (const one of before) {
        const text = await one.open(sealed, boundTo).catch(() => undefined)
        if (text !== undefined) return text
      }
      return newest.open(sealed, boundTo)
    },
  }
}

function previousKeys(env: Readonly<Record<string, string | undefined>>): Uint8Array<ArrayBuffer>[] {
  const given = (env[previousKeysName] ?? '').split(',').filter((key) => key.trim() !== '')
  return given.map((key) => readSecretKey(key, previousKeysName))
}

/** What an operator should know about crisis events at the start. Empty is good. */
export function referralWarnings(state: {
  sealed: boolean
  webhook: boolean
  /** Several gateways may share the records, and this one has a pseudonym key of its own. */
  ownPseudonymKey: boolean
  sharedRecords: boolean
}): string[] {
  return [
    ...(state.sealed
      ? []
      : [
          `${masterKeyName} is not set: crisis events are kept without the session, so nobody can reach the person. See docs/referrals.md`,
        ]),
    ...(state.webhook
      ? []
      : [
          'referrals.webhook is not set: crisis events are kept and delivered to nobody. See docs/referrals.md',
        ]),
    ...(state.sharedRecords && state.ownPseudonymKey
      ? [
          `${pseudonymKeyName} is not set: each gateway gives the same person another pseudonym. See docs/referrals.md`,
        ]
      : []),
  ]
}
