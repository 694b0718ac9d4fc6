import { registerHooks } from 'node:module'

/**
 * Loaded before `haltgate start` (`node --import`), for the bench alone: the gateway as it is, with its two detectors
 * replaced by ones that hear nothing. A module is exchanged from outside, so that the product has no switch for this.
 */
const deaf = new URL('deaf-detectors.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, nextResolve) {
    const found = nextResolve(specifier, context)
    const isTheirs = found.url.endsWith('/src/assemble-listening.ts') && context.parentURL !== deaf
    return isTheirs ? { ...found, url: deaf } : found
  },
})
