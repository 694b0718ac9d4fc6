// One of several processes that serve traffic; started by `haltgate start --workers`, never by hand.
import * as code from './code.mjs'

const { runWorker } = await code.worker()
await runWorker({ onReady: () => code.keepCompiled() })
