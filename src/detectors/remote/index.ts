import type { z } from 'zod'
import { guardChat } from './guard-chat.ts'
import type { Fetch } from './json-post.ts'
import { moderation } from './moderation.ts'
import type { RemoteDetector } from './remote-detector.ts'
import { webhook } from './webhook.ts'

/** All kinds of remote detectors: a line here makes one runnable, configurable and documented. */
export const remoteDetectors = { moderation, 'guard-chat': guardChat, webhook } as const

type Kinds = { [Kind in keyof typeof remoteDetectors]: z.output<(typeof remoteDetectors)[Kind]['options']> }

/** Makes a remote detector from its checked options. `fetch` is injected in tests. */
export function createRemoteDetector<Kind extends keyof Kinds>(
  options: Kinds[Kind] & { kind: Kind },
  fetch: Fetch = (url, init) => globalThis.fetch(url, init),
): RemoteDetector {
  const definitions: { [K in keyof Kinds]: { create(options: Kinds[K], fetch: Fetch): RemoteDetector } } =
    remoteDetectors
  return definitions[options.kind].create(options, fetch)
}
