#!/usr/bin/env node
// Plain JavaScript, so that an old Node gets a sentence instead of a syntax error.
const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `haltgate needs Node 24 or newer; this is ${process.version}.\n` +
      'In the repository the right one comes with it: npm run -s haltgate -- …\n',
  )
  process.exit(2)
}
await import('../src/cli.ts')
