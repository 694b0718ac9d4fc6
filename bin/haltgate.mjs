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
const isStart = process.argv[2] === 'start'
if (isStart) {
  const { runtimeFlags } = await import('../src/cli/runtime-flags.ts')
  const missing = runtimeFlags(process)
  // V8 reads them at its start only: the same process begins anew, and whoever started it sees no difference.
  if (missing.length > 0) {
    const args = [process.execPath, ...missing, ...process.execArgv, ...process.argv.slice(1)]
    process.execve(process.execPath, args, process.env)
  }
}
const code = await import('./code.mjs')
const { runProcess } = await code.commandLine()
process.exitCode = await runProcess({ onReady: () => code.keepCompiled() })
// A command that failed has not compiled what the next one needs.
if (!isStart && process.exitCode === 0) code.keepCompiled()
