#!/usr/bin/env node
// Plain JavaScript, so that an old Node gets a sentence instead of a syntax error.
import { keepCompiledCode } from './compile-cache.mjs'

const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `haltgate needs Node 24 or newer; this is ${process.version}.\n` +
      'In the repository the right one comes with it: npm run -s haltgate -- …\n',
  )
  process.exit(2)
}
keepCompiledCode()
if (process.argv[2] === 'start') {
  const { runtimeFlags } = await import('../src/cli/runtime-flags.ts')
  const missing = runtimeFlags(process)
  // V8 reads them at its start only: the same process begins anew, and whoever started it sees no difference.
  if (missing.length > 0) {
    const args = [process.execPath, ...missing, ...process.execArgv, ...process.argv.slice(1)]
    process.execve(process.execPath, args, process.env)
  }
}
await import('../src/cli.ts')
