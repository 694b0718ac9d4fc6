import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** The packages of databases that importing a module reads, in a process of its own. */
async function clientsReadBy(module: string): Promise<string[]> {
  const program = `
    import { registerHooks } from 'node:module'
    const read = new Set()
    registerHooks({
      resolve(specifier, context, next) {
        const resolved = next(specifier, context)
        const [, name] = /node_modules\\/(ioredis|pg)\\//.exec(resolved.url) ?? []
        if (name) read.add(name)
        return resolved
      },
    })
    await import(${JSON.stringify(new URL(module, import.meta.url).href)})
    console.log(JSON.stringify([...read]))`
  const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', program])
  return JSON.parse(stdout)
}

it('a start reads no client of a store that is not configured', async () => {
  expect(await clientsReadBy('../../src/main.ts')).toEqual([])
  expect(await clientsReadBy('../../src/stores/redis-halts.ts')).toEqual(['ioredis'])
}, 20_000)
