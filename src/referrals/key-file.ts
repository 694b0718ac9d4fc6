import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toBase64 } from '../base64.ts'
import { errorFields, type Logger } from '../logger.ts'
import { secretKeyBytes } from './secret-key.ts'

/**
 * The key of the pseudonyms that this data directory keeps, in base64; made at the first start. In a directory that
 * cannot be written it holds for this process, and the pseudonyms of the next one are others.
 */
export function keptPseudonymKey(directory: string, logger: Logger): string {
  const file = join(directory, 'pseudonym.key')
  const made = toBase64(crypto.getRandomValues(new Uint8Array(secretKeyBytes)))
  try {
    if (existsSync(file)) return readFileSync(file, 'utf8').trim()
    writeFileSync(file, `${made}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    logger.error(
      errorFields(error),
      'pseudonym.key cannot be read or written: pseudonyms end with the process',
    )
  }
  return made
}
