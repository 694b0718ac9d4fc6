import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { buildTo } from '../scripts/build.ts'

/** How the gateway runs: built, built without detectors, or from the sources. */
export type GatewayForm = 'build' | 'deaf-build' | 'sources'

const made = new Map<GatewayForm, Promise<string>>()

/** The file that Node runs. A build is made once, in a folder that goes when this process does. */
export function programOf(form: GatewayForm): Promise<string> {
  const known = made.get(form) ?? make(form)
  made.set(form, known)
  return known
}

async function make(form: GatewayForm): Promise<string> {
  if (form === 'sources') return join(import.meta.dirname, '../bin/haltgate.mjs')
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-bench-build-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  // Compiled code of a build goes with it.
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  await buildTo(folder, form === 'deaf-build' ? [deaf] : [])
  return join(folder, 'bin/haltgate.mjs')
}

/** A module is exchanged from outside, so that the product has no switch for this. */
const deaf: Plugin = {
  name: 'deaf',
  setup({ onResolve }) {
    const path = join(import.meta.dirname, 'compare/deaf-detectors.ts')
    onResolve({ filter: /\/assemble-listening\.ts$/ }, ({ importer }) =>
      importer === path ? null : { path },
    )
  },
}
