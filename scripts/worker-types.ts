import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { wrangler } from './wrangler.ts'

/** The types of the Workers runtime, as the installed wrangler and the flags in wrangler.toml give them. Not committed. */
const file = '.wrangler/worker-types.d.ts'

/** Where the generated types ask for more than the runtime (and every other platform) does. */
const corrections = [
  ['fatal: boolean;', 'fatal?: boolean;'],
  ['ignoreBOM: boolean;', 'ignoreBOM?: boolean;'],
  ['clearTimeout(timeoutId: number | null)', 'clearTimeout(timeoutId: number | null | undefined)'],
] as const

if (isOutdated()) {
  mkdirSync('.wrangler', { recursive: true })
  wrangler(['types', file, '--include-env=false'])
  const types = corrections.reduce(
    (text, [wrong, right]) => text.replaceAll(wrong, right),
    readFileSync(file, 'utf8'),
  )
  writeFileSync(file, types)
}

function isOutdated(): boolean {
  const madeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (madeMs === undefined) return true
  return ['wrangler.toml', 'package-lock.json', 'scripts/worker-types.ts'].some(
    (source) => statSync(source).mtimeMs > madeMs,
  )
}
