import { runProcess } from './cli/run-process.ts'

// bin/haltgate.mjs has checked the version of Node before it imports this.
process.exitCode = await runProcess()
