// One of several processes that serve traffic; started by `haltgate start --workers`, never by hand.
import { keepCompiledCode } from './compile-cache.mjs'

keepCompiledCode()
await import('../src/workers/main.ts')
