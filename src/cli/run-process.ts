import { run } from './run.ts'

/**
 * Runs the command line of this process with its own streams, environment and signals. `onReady` is called when a gateway that it
 * starts is about to say so. Resolves to the exit code.
 */
export async function runProcess({ onReady }: { onReady?: () => void } = {}): Promise<number> {
  // `haltgate incidents | head` closes the pipe early; that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  return run(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    isTTY: process.stdout.isTTY === true,
    fetch: globalThis.fetch,
    ...(onReady === undefined ? {} : { onReady }),
    untilStopped: () =>
      new Promise((resolve) => {
        process.once('SIGINT', () => resolve())
        process.once('SIGTERM', () => resolve())
      }),
  })
}
