#!/usr/bin/env node
// Nothing is imported before this check, so that an old Node says what is wrong instead of failing on our syntax.
const needed = 24
if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(
    `haltgate needs Node ${needed} or newer; this is Node ${process.versions.node}.\n` +
      'In the repository npm brings its own: npm run -s haltgate -- --help\n',
  )
  process.exitCode = 1
} else {
  const { runProcess } = await import('./cli/run-process.ts')
  process.exitCode = await runProcess()
}

export {}
