import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { configurationPage } from '../../src/config/reference.ts'

it('the reference page tells what the schema checks (npm run docs writes it)', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationPage())
})
