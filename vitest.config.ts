import { defineConfig } from 'vitest/config'

/** `unit` needs nothing installed; `integration` and `fault` start real servers and processes. */
const node = (name: string, include: string[], exclude: string[], timeoutMs: number, parallel: boolean) => ({
  test: {
    name,
    include,
    exclude,
    environment: 'node',
    testTimeout: timeoutMs,
    hookTimeout: 60_000,
    fileParallelism: parallel,
    sequence: { shuffle: true },
  },
})

export default defineConfig({
  test: {
    projects: [
      node('unit', ['test/**/*.test.ts'], ['test/{integration,fault,edge}/**'], 5_000, true),
      node('integration', ['test/integration/**/*.test.ts'], [], 30_000, true),
      node('fault', ['test/fault/**/*.test.ts'], [], 120_000, false),
    ],
  },
})
