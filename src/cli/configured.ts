import { CliError, exit } from './io.ts'

/** Runs what reads the configuration; one that cannot be used becomes exit code 2. */
export async function whenConfigured<T>(act: () => Promise<T>): Promise<T> {
  const { ConfigError } = await import('../config/load.ts')
  try {
    return await act()
  } catch (error) {
    if (error instanceof ConfigError) {
      throw new CliError(exit.usage, error.message, {
        next: 'Try it with "haltgate check FILE" before starting.',
      })
    }
    throw error
  }
}
