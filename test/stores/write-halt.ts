/** A process of its own that writes a halt to the file given as its argument, says so, and waits to be killed. */
import { createSqliteHalts } from '../../src/stores/sqlite-halts.ts'

const store = createSqliteHalts(process.argv[2] ?? '')
await store.initialise({ id: 'genesis-child', atMs: 1 })
const { durable } = await store.append([
  {
    id: 'halt-of-child',
    kind: 'engaged',
    atMs: 1,
    by: 'ada',
    reason: 'now',
    scope: 'all',
    cause: 'operator',
  },
])
process.stdout.write(`durable ${durable}\n`)
setInterval(() => {}, 1_000)
