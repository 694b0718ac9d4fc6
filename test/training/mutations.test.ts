import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mutations, withFault } from '../../scripts/mutation/mutations.ts'

const root = join(import.meta.dirname, '../..')

it.each(mutations)('the fault "$name" can still be put into the source', (mutation) => {
  expect(withFault(readFileSync(join(root, mutation.file), 'utf8'), mutation)).toBeDefined()
})
