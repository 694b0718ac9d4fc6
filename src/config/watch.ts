import { unwatchFile, watchFile } from 'node:fs'

/**
 * Calls back on SIGHUP and whenever the file's content may have changed. The file is polled, because editors and
 * mounted configuration replace it in ways that an inode watch loses. Returns how to stop.
 */
export function watchConfig(
  file: string | undefined,
  onChange: (cause: 'SIGHUP' | 'file') => void,
): () => void {
  const onSignal = () => onChange('SIGHUP')
  process.on('SIGHUP', onSignal)
  if (file === undefined) return () => process.off('SIGHUP', onSignal)
  const onStat = (now: { mtimeMs: number; size: number }, before: { mtimeMs: number; size: number }) => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) onChange('file')
  }
  watchFile(file, { interval: 1000, persistent: false }, onStat)
  return () => {
    process.off('SIGHUP', onSignal)
    unwatchFile(file, onStat)
  }
}
