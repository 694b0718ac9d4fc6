import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { keepOperatorState, readOperatorState } from '../../src/stores/operator-state.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'haltgate-operator-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

it('remembers holds and a pin over a restart', () => {
  keepOperatorState(directory, { held: ['primary'], pinned: 'backup' }, silentLogger)
  expect(readOperatorState(directory, silentLogger)).toEqual({ held: ['primary'], pinned: 'backup' })
})

it('has nothing by hand in a new directory', () => {
  expect(readOperatorState(directory, silentLogger)).toEqual({ held: [] })
})

it('holds every circuit when what was kept cannot be read', () => {
  writeFileSync(join(directory, 'operator.json'), '{"held":["pri')
  expect(readOperatorState(directory, silentLogger).held).toEqual(['primary', 'backup', 'previous'])
})

it('does not fail where nothing can be written', () => {
  expect(() => keepOperatorState(join(directory, 'missing'), { held: [] }, silentLogger)).not.toThrow()
})
