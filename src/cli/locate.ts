import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CliError, exit } from './io.ts'

/** Where the gateway is and the key to speak to it; `key` is never printed. */
export interface Located {
  /** Without a trailing slash. */
  url: string
  key: string
  /** For messages: where each came from. */
  urlFrom: string
  keyFrom: string
  /** The process that wrote `control.json`. */
  pid?: number
}

const ControlFile = z.looseObject({ url: z.string(), pid: z.number().int().positive().optional() })

/**
 * Finds the gateway: `HALTGATE_URL` and `HALTGATE_KEY`, else `control.json` and `admin.key` of the data directory.
 * The local key is never sent to an address that comes from elsewhere.
 * Throws `CliError` that says what to do next.
 */
export async function locateGateway(env: NodeJS.ProcessEnv, dataDir: string): Promise<Located> {
  const givenUrl = env.HALTGATE_URL?.trim()
  const givenKey = env.HALTGATE_KEY?.trim()
  const key = givenKey && { key: checkedKey(givenKey, 'HALTGATE_KEY'), keyFrom: 'HALTGATE_KEY' }
  const url = givenUrl && { url: checkedUrl(givenUrl, 'HALTGATE_URL'), urlFrom: 'HALTGATE_URL' }
  if (url && key) return { ...url, ...key }

  const local = await readControlFile(join(dataDir, 'control.json'))
  if (url && url.url !== local?.url) {
    throw new CliError(exit.usage, 'HALTGATE_URL is set and HALTGATE_KEY is not', {
      next: 'Set HALTGATE_KEY to a key of that gateway; the local admin.key is not sent to another address.',
    })
  }
  if (!local) {
    throw new CliError(exit.unreachable, `no gateway found: there is no ${join(dataDir, 'control.json')}`, {
      next: 'Start one with "haltgate start", name its data directory with --data-dir, or set HALTGATE_URL and HALTGATE_KEY.',
    })
  }
  return { ...local, ...(key || (await readKeyFile(join(dataDir, 'admin.key')))) }
}

async function readKeyFile(file: string) {
  const key = (await readText(file))?.trim()
  if (key) return { key: checkedKey(key, file), keyFrom: file }
  throw new CliError(exit.usage, `there is no key in ${file}`, {
    next: 'Set HALTGATE_KEY to a key of this gateway.',
  })
}

async function readControlFile(file: string) {
  const text = await readText(file)
  if (text === undefined) return undefined
  const read = ControlFile.safeParse(parseJson(text))
  if (!read.success) {
    throw new CliError(exit.usage, `${file} is not what a gateway writes there`, {
      next: 'Restart the gateway, which writes it anew, or set HALTGATE_URL and HALTGATE_KEY.',
    })
  }
  const { url, pid } = read.data
  return { url: checkedUrl(url, file), urlFrom: file, ...(pid === undefined ? {} : { pid }) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The file's text, `undefined` when there is none. */
async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new CliError(
      exit.usage,
      `cannot read ${file}: ${error instanceof Error ? error.message : 'failed'}`,
      {
        next: 'Run this as the user that runs the gateway, or set HALTGATE_URL and HALTGATE_KEY.',
      },
    )
  }
}

function checkedUrl(text: string, from: string): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search) {
    return url.href.replace(/\/+$/, '')
  }
  throw new CliError(exit.usage, `${from} does not hold the address of a gateway's control listener`, {
    next: 'It looks like this: http://127.0.0.1:8081',
  })
}

/** A key that cannot stand in a header would be printed by the client library in its complaint. */
function checkedKey(key: string, from: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key
  throw new CliError(exit.usage, `${from} does not hold a key: it has spaces or characters that no key has`, {
    next: 'Copy the key again, on one line and without quotes.',
  })
}
