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

/** The Workers plugin takes two seconds to load, so a run that names other projects does without the `edge` one. */
const asked = process.argv.flatMap((arg, at, all) =>
  arg.startsWith('--project=') ? [arg.slice('--project='.length)] : all[at - 1] === '--project' ? [arg] : [],
)
const wantsEdge = asked.length === 0 || asked.some((name) => name === 'edge' || /[*!]/.test(name))
const edge = wantsEdge ? [(await import('./test/edge/node/project.ts')).edgeProject] : []

export default defineConfig({
  test: {
    // Much of the time is spent waiting for real servers: two files at once also where there are two cores.
    maxWorkers: 2,
    projects: [
      node('unit', ['test/**/*.test.ts'], ['test/{integration,fault,edge}/**'], 5_000, true),
      node('integration', ['test/integration/**/*.test.ts'], [], 30_000, true),
      node('fault', ['test/fault/**/*.test.ts'], [], 120_000, false),
      ...edge,
    ],
  },
})
