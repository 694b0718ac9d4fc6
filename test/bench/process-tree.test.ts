import { describe, expect, it } from 'vitest'
import { readStat, treeCpuMs, treeOf } from '../../bench/process-tree.ts'

const stat = (pid: number, name: string, parent: number, times: string) =>
  `${pid} (${name}) S ${parent} ${pid} ${pid} 0 -1 4194304 100 0 0 0 ${times} 20 0 1 0 100 1000 100`

describe('CPU of a process tree', () => {
  it('counts user and system time, and that of children that have ended', () => {
    expect(readStat(stat(7, 'node', 1, '11 5 3 2'))).toEqual({ pid: 7, parent: 1, cpuMs: 210 })
  })

  it('reads names with spaces and brackets', () => {
    expect(readStat(stat(8, 'nginx: worker (x) y', 7, '1 2 0 0'))).toEqual({ pid: 8, parent: 7, cpuMs: 30 })
  })

  it('finds children and their children, and nobody else', () => {
    const stats = [
      { pid: 1, parent: 0, cpuMs: 0 },
      { pid: 9, parent: 8, cpuMs: 0 },
      { pid: 7, parent: 1, cpuMs: 0 },
      { pid: 8, parent: 7, cpuMs: 0 },
      { pid: 10, parent: 1, cpuMs: 0 },
    ]
    expect(treeOf(stats, 7).map(({ pid }) => pid)).toEqual([7, 8, 9])
    expect(treeOf(stats, 99)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('never runs backwards for a real process', () => {
    const before = treeCpuMs(process.pid)
    expect(treeCpuMs(process.pid)).toBeGreaterThanOrEqual(before)
  })
})
