// The gateway's code, from the one file of a build; there it stands in the place of `code.mjs`.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { crc32 } from 'node:zlib'
import { cacheFolder } from './cache-folder.mjs'

const file = new URL('../src/haltgate.cjs', import.meta.url)

/** What one command compiles is of little use to another. */
export const commandLine = () => load(process.argv[2]?.replace(/[^a-z]/g, '') || 'help').commandLine()
export const worker = () => load('worker').worker()

/**
 * Keeps what has been compiled by now for the next start of the same kind. Node's own cache keeps a module as it was before it ran,
 * without the functions that a start calls.
 */
export let keepCompiled = () => {}

/** What the build exports. `kind` of process: its compiled code is kept apart. */
function load(kind) {
  // A build is ASCII, one byte a letter.
  const code = readFileSync(file)
  const kept = readKept(kind, code)
  const script = new vm.Script(code.toString('latin1'), {
    filename: fileURLToPath(file),
    cachedData: kept,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  if (kept === undefined || script.cachedDataRejected === true)
    keepCompiled = () => {
      keepCompiled = () => {}
      writeKept(kind, code, script)
    }
  const module = { exports: {} }
  script.runInThisContext()(module, module.exports, createRequire(file), file.href)
  return module.exports
}

/** V8 refuses what another version of it or other flags have compiled. It looks neither for other code nor for a bad disk. */
function readKept(kind, code) {
  try {
    const found = readFileSync(placeOf(kind))
    const compiled = found.subarray(8)
    const isOurs = found.readUInt32LE(0) === crc32(code) && found.readUInt32LE(4) === crc32(compiled)
    return isOurs ? compiled : undefined
  } catch {
    return undefined
  }
}

function writeKept(kind, code, script) {
  try {
    const compiled = script.createCachedData()
    const sums = Buffer.alloc(8)
    sums.writeUInt32LE(crc32(code), 0)
    sums.writeUInt32LE(crc32(compiled), 4)
    const folder = cacheFolder()
    // Not `recursive`: below a place like /proc Node would try for ever.
    for (const each of [dirname(folder), folder]) if (!existsSync(each)) mkdirSync(each, { mode: 0o700 })
    const half = `${placeOf(kind)}.${process.pid}`
    try {
      writeFileSync(half, Buffer.concat([sums, compiled]), { mode: 0o600 })
      renameSync(half, placeOf(kind))
    } catch {
      // A full disk is not to be left fuller.
      rmSync(half, { force: true })
    }
  } catch {
    // Without a home or a place to write it is compiled each time.
  }
}

function placeOf(kind) {
  return join(cacheFolder(), `${kind}.compiled`)
}
