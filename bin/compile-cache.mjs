import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Compiled code, kept for the next start: it takes a quarter less time. In a folder of this user's own, for whoever can
 * write there can say what is run.
 */
export function keepCompiledCode() {
  try {
    module.enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'haltgate'))
  } catch {
    // Without a home it is compiled each time.
  }
}
