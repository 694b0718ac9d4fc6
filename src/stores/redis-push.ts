import type { Redis } from 'ioredis'
import { z } from 'zod'
import { type HaltEntry, parseHaltEntry } from '../breakers/halt-entry.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { RedisLink } from './redis-link.ts'

const Message = z.object({ from: z.string(), entries: z.array(z.unknown()) })

export interface PushOptions {
  link: RedisLink
  channel: string
  /** Marks what this store sent itself, which it need not hear again. */
  self: string
  /** How often the connection is proved alive, and made anew where it is not. */
  beatMs: number
  logger: Logger
}

/** The message that tells the other gateways. */
export function encodePush(self: string, entries: HaltEntry[]): string {
  return JSON.stringify({ from: self, entries } satisfies z.input<typeof Message>)
}

/**
 * Listens for what other gateways write, from now until closed. Subscribes again by itself within `beatMs` of a lost
 * connection; the heartbeat also finds one that has died without a word. What is sent in between is not heard: a push is
 * only a hint, and the digest finds what it missed.
 */
export function listenForPushes({ link, channel, self, beatMs, logger }: PushOptions) {
  const listeners = new Set<(entries: HaltEntry[]) => void>()
  let subscribed: Redis | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const onMessage = (text: string) => {
    const entries = decode(text)
    if (entries.length > 0) for (const listener of listeners) listener(entries)
  }

  function decode(text: string): HaltEntry[] {
    try {
      const { from, entries } = Message.parse(JSON.parse(text))
      return from === self ? [] : entries.map(parseHaltEntry)
    } catch (error) {
      // The digest will differ, and the reading that follows says what is broken.
      const { errorName } = errorFields(error)
      logger.warn({ channel, errorName }, 'a pushed halt message cannot be read and is ignored')
      return []
    }
  }

  async function beat(): Promise<void> {
    try {
      await link.use(async (redis) => {
        if (redis === subscribed) return redis.ping()
        redis.on('message', (_channel, text) => onMessage(text))
        await redis.subscribe(channel)
        subscribed = redis
      })
    } catch {
      // The link has logged it, once; the next beat tries again.
    }
    if (!closed) timer = setTimeout(() => void beat(), beatMs)
  }
  void beat()

  return {
    listen(listener: (entries: HaltEntry[]) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close(): void {
      closed = true
      clearTimeout(timer)
      listeners.clear()
      link.close()
    },
  }
}
