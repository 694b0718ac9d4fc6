import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * Where compiled code is kept for the next start: in a folder of this user's own, for whoever can write there can say what is run.
 * Never below the folder that the command was given in. Throws for a user without a home.
 */
export function cacheFolder() {
  const given = process.env.XDG_CACHE_HOME ?? ''
  const base = isAbsolute(given) ? given : join(homedir(), '.cache')
  if (!isAbsolute(base)) throw new Error('there is no home to keep compiled code in')
  return join(base, 'haltgate')
}
