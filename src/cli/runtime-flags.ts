import { totalmem } from 'node:os'

const gibibyte = 2 ** 30

/** What is asked of a process: `process` itself. */
export interface Runtime {
  /** Missing where a process cannot begin anew (Windows). */
  execve?: unknown
  execArgv: readonly string[]
  env: Record<string, string | undefined>
  /** What a container may use, in bytes; very large where there is no limit. */
  constrainedMemory(): number
}

/**
 * The V8 flags that a gateway runs best with and that its process does not have; see `docs/decisions`, 0021. None where
 * somebody has set the same one, by the command line or `NODE_OPTIONS`.
 *
 * - Room for what a thousand exchanges leave behind, so that nearly all of it is dead when the collector comes.
 * - The room stays when nobody has come for a while: who comes then is not to pay for growing it again.
 * - No compiler between the first and the last: the code of an exchange is large, and it is compiled once less.
 */
export function runtimeFlags(
  { execve, execArgv, env, constrainedMemory }: Runtime,
  machineBytes: number = totalmem(),
): string[] {
  if (execve === undefined) return []
  const memory = Math.min(machineBytes, constrainedMemory() || Number.POSITIVE_INFINITY)
  const given = `${execArgv.join(' ')} ${env.NODE_OPTIONS ?? ''}`.replaceAll('_', '-')
  const room = memory >= 2 * gibibyte ? roomFlags : []
  return [...room, '--no-maglev'].filter((flag) => !given.includes(subjectOf(flag)))
}

const roomFlags = ['--max-semi-space-size=64', '--min-semi-space-size=64', '--no-memory-reducer']

/** What a flag is about: whoever has set one size of the young generation has both in hand. */
function subjectOf(flag: string): string {
  return flag.replace(/^--(no-|max-|min-)?|=.*$/g, '')
}
