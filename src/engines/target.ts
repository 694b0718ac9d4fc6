import { GatewayError } from '../errors.ts'
import type { EngineName } from './engine.ts'
import type { Credential } from './headers.ts'
import type { TimeLimits } from './timers.ts'

/** What every transport needs to know of an engine. */
export interface EngineOptions extends TimeLimits {
  name: EngineName
  /** Absolute `http:` or `https:`; a path in it is put before each request's path. */
  url: string
  /** Sent instead of the caller's own credential. Without it the caller's passes. */
  credential?: Credential | undefined
}

export interface Target {
  origin: string
  /** Empty, or begins with a slash and ends without one. */
  prefix: string
  credential: Credential | undefined
}

/** Checks an engine's address and credential. Throws `Error` that says what to change and never shows a secret. */
export function parseTarget({ name, url, credential }: EngineOptions): Target {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new Error(`engine ${name}: url must be an absolute http: or https: address`)
  }
  if (parsed.username || parsed.password) {
    throw new Error(`engine ${name}: url must not hold a user or password; set a credential instead`)
  }
  if (parsed.search || parsed.hash) {
    throw new Error(`engine ${name}: url must end with its path, without ? or #`)
  }
  return {
    origin: parsed.origin,
    prefix: parsed.pathname.replace(/\/+$/, ''),
    credential: credential && checkCredential(name, credential),
  }
}

/** The path to ask the engine for. Throws `GatewayError` `invalid_request` for one that is not a path. */
export function targetPath({ prefix }: Target, path: string): string {
  if (!path.startsWith('/')) throw new GatewayError('invalid_request', 'the path must begin with a slash')
  return prefix + path
}

function checkCredential(name: EngineName, { header, value }: Credential): Credential {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) {
    throw new Error(`engine ${name}: the credential's header is not a valid header name`)
  }
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)) {
    throw new Error(`engine ${name}: the credential's value must be visible ASCII without line breaks`)
  }
  return { header: header.toLowerCase(), value }
}
