import { describe, expect, it } from 'vitest'
import { type Runtime, runtimeFlags } from '../../src/cli/runtime-flags.ts'

const gibibyte = 2 ** 30
const unlimited = 2 ** 64
const runtime = (given: Partial<Runtime> = {}): Runtime => ({
  execve: () => {},
  execArgv: [],
  env: {},
  constrainedMemory: () => unlimited,
  ...given,
})
const wanted = ['--max-semi-space-size=64', '--min-semi-space-size=64', '--no-memory-reducer', '--no-maglev']

describe('the flags of a gateway', () => {
  it('are asked for once: a process that has them asks for nothing', () => {
    expect(runtimeFlags(runtime(), 16 * gibibyte)).toEqual(wanted)
    expect(runtimeFlags(runtime({ execArgv: wanted }), 16 * gibibyte)).toEqual([])
  })

  it('leave alone what somebody has set', () => {
    const execArgv = ['--max_semi_space_size=64', '--memory-reducer', '--maglev']
    expect(runtimeFlags(runtime({ execArgv }), 16 * gibibyte)).toEqual([])
    const env = { NODE_OPTIONS: '--max-semi-space-size=8' }
    expect(runtimeFlags(runtime({ env }), 16 * gibibyte)).toEqual(['--no-memory-reducer', '--no-maglev'])
  })

  it('take no memory that a small machine or container does not have', () => {
    expect(runtimeFlags(runtime(), gibibyte)).toEqual(['--no-maglev'])
    const constrainedMemory = () => gibibyte / 2
    expect(runtimeFlags(runtime({ constrainedMemory }), 64 * gibibyte)).toEqual(['--no-maglev'])
  })

  it('are none where a process cannot begin anew', () => {
    expect(runtimeFlags(runtime({ execve: undefined }))).toEqual([])
  })
})
