// The gateway's code, from the sources. In a build `built-code.mjs` stands in its place.
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

try {
  // Compiled modules, kept for the next start. In a folder of this user's own, for whoever can write there can say what is run.
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'haltgate'))
} catch {
  // Without a home they are compiled each time.
}

export const { commandLine, worker } = await import('../src/entries.ts')

/** Node keeps each module by itself. */
export function keepCompiled() {}
