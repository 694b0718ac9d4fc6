import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the peers live: a folder of the bench's own, which git ignores. */
export const pins = join(import.meta.dirname, 'pins')
export const peersFolder = join(import.meta.dirname, 'peers')
export const npmFolder = join(peersFolder, 'npm')
export const venvFolder = join(peersFolder, 'venv')
export const portkeyFolder = join(npmFolder, 'node_modules/@portkey-ai/gateway')
export const litellm = join(venvFolder, 'bin/litellm')

export const installHint = 'install it with: npm run compare:install'

/** The version in an installed package's own `package.json`; undefined when it is not there. */
export function packageVersion(folder: string): string | undefined {
  const file = join(folder, 'package.json')
  return existsSync(file) ? /"version": *"([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1] : undefined
}
