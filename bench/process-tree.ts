import { readdirSync, readFileSync } from 'node:fs'

/** What proc(5) `stat` tells of one process. */
export interface ProcessStat {
  pid: number
  parent: number
  /** User and system time of all its threads, and of the children that it has waited for. */
  cpuMs: number
}

/** The kernel counts in steps of 10 ms (`USER_HZ` is 100 wherever Node runs on Linux). */
const tickMs = 10

/** Reads one `/proc/<pid>/stat`. Fields are counted behind the name, which may hold spaces and brackets. */
export function readStat(stat: string): ProcessStat {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const at = (index: number) => Number(fields[index])
  return {
    pid: Number.parseInt(stat, 10),
    parent: at(1),
    cpuMs: (at(11) + at(12) + at(13) + at(14)) * tickMs,
  }
}

/** The process `root` and all that descend from it. */
export function treeOf(stats: readonly ProcessStat[], root: number): ProcessStat[] {
  const children = Map.groupBy(stats, ({ parent }) => parent)
  const tree = stats.filter(({ pid }) => pid === root)
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

/** CPU time of a process and its descendants so far, those that have ended and were waited for included. */
export function treeCpuMs(root: number): number {
  return liveTree(root).reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

/** Resident memory of a process and its descendants; pages that they share are counted for each. */
export function treeResidentKb(root: number): number {
  return liveTree(root).reduce((sum, { pid }) => sum + residentKb(pid), 0)
}

/** Ends a process and its descendants at once: a worker may outlive a master that is killed. */
export function killTree(root: number): void {
  for (const { pid } of liveTree(root)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended in the meantime.
    }
  }
}

function liveTree(root: number): ProcessStat[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const stats = pids.flatMap((pid) => readOrNothing(`/proc/${pid}/stat`)).map(readStat)
  return treeOf(stats, root)
}

function residentKb(pid: number): number {
  const [status = ''] = readOrNothing(`/proc/${pid}/status`)
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
}

/** A process may end between being listed and being read. */
function readOrNothing(file: string): string[] {
  try {
    return [readFileSync(file, 'utf8')]
  } catch {
    return []
  }
}
