import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { keptPseudonymKey } from '../../src/referrals/key-file.ts'
import { readSecretKey } from '../../src/referrals/secret-key.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'haltgate-key-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

it('is made once and kept where only the gateway reads it', () => {
  const key = keptPseudonymKey(dir, silentLogger)
  expect(readSecretKey(key, 'it')).toHaveLength(32)
  expect(keptPseudonymKey(dir, silentLogger)).toBe(key)
  expect(readFileSync(join(dir, 'pseudonym.key'), 'utf8')).toBe(`${key}\n`)
  expect(statSync(join(dir, 'pseudonym.key')).mode & 0o777).toBe(0o600)
})

it('holds for the process when the directory is not there, and says so', () => {
  const lines: string[] = []
  const logger = { ...silentLogger, error: (_: object, message: string) => void lines.push(message) }
  expect(readSecretKey(keptPseudonymKey(join(dir, 'none'), logger), 'it')).toHaveLength(32)
  expect(lines).toEqual([expect.stringContaining('pseudonym.key cannot be read or written')])
})
