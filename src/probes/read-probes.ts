import { readFile, stat } from 'node:fs/promises'
import type { ReadSource } from './probe-set.ts'

/** As the global `fetch`, as far as it is used here. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Some 20,000 rows. */
const defaultMaxBytes = 8 * 1024 * 1024

/**
 * Reads probe files from disk, or from a URL by GET without a credential. Rejects with an `Error` that says why: it is missing,
 * larger than `maxBytes`, or has not come within `timeoutMs`.
 */
export function readProbes({
  fetch,
  maxBytes = defaultMaxBytes,
  timeoutMs = 10_000,
}: {
  fetch: Fetch
  maxBytes?: number
  timeoutMs?: number
}): ReadSource {
  const tooLarge = () => new Error(`larger than ${maxBytes} bytes: split off what is not needed`)

  async function fromDisk(path: string | URL): Promise<string> {
    const { size } = await stat(path).catch(noFile)
    if (size > maxBytes) throw tooLarge()
    return readFile(path, 'utf8').catch(noFile)
  }

  async function fromUrl(url: string): Promise<string> {
    const signal = AbortSignal.timeout(timeoutMs)
    // A redirect may lead to somebody whom nobody has chosen, and whoever writes the probes decides about halts.
    const response = await fetch(url, { redirect: 'manual', signal }).catch(() => {
      throw new Error(
        signal.aborted
          ? `did not answer within ${timeoutMs} ms`
          : 'could not be reached; see that its host is up',
      )
    })
    if (response.status !== 200) {
      response.body?.cancel().catch(() => {})
      throw new Error(`answered with status ${response.status}, expected 200`)
    }
    const decoder = new TextDecoder()
    let text = ''
    let bytes = 0
    try {
      // Left early, the loop cancels the body.
      for await (const piece of response.body ?? []) {
        bytes += piece.byteLength
        if (bytes > maxBytes) break
        text += decoder.decode(piece, { stream: true })
      }
    } catch {
      throw new Error(signal.aborted ? `did not answer within ${timeoutMs} ms` : 'broke off its answer')
    }
    if (bytes > maxBytes) throw tooLarge()
    return text + decoder.decode()
  }

  return (source) => {
    if (typeof source !== 'string') return fromDisk(source)
    if (/^https?:/i.test(source)) return fromUrl(source)
    return fromDisk(/^file:/i.test(source) ? new URL(source) : source)
  }
}

function noFile(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  throw new Error(code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`)
}
