// The gateway's code, from the sources. In a build `built-code.mjs` stands in its place.
import module from 'node:module'
import { cacheFolder } from './cache-folder.mjs'

try {
  module.enableCompileCache(cacheFolder())
} catch {
  // Without a home they are compiled each time.
}

export const { commandLine, worker } = await import('../src/entries.ts')

/** Node keeps each module by itself. */
export function keepCompiled() {}
