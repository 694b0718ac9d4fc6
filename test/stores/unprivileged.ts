import { chmodSync, chownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const nobody = 65_534

/** Runs synchronous `work` as an owner of `tree` for whom file modes count; root may write to everything. */
export function unprivileged<T>(tree: string, work: () => T): T {
  if (process.getuid?.() !== 0 || !process.seteuid) return work()
  const inside = readdirSync(tree, { recursive: true, encoding: 'utf8' })
  for (const path of [tree, ...inside.map((name) => join(tree, name))]) chownSync(path, nobody, nobody)
  process.seteuid(nobody)
  try {
    return work()
  } finally {
    process.seteuid(0)
  }
}

/** A tree that can only be read, as on a disk that was remounted. */
export const readOnly = (directory: string) => setModes(directory, 0o500, 0o400)
export const writable = (directory: string) => setModes(directory, 0o700, 0o600)

function setModes(directory: string, folder: number, file: number) {
  chmodSync(directory, folder)
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? folder : file)
}
