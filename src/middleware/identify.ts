import type { Identity } from '../exchange.ts'
import type { LiveExchange } from './live-exchange.ts'
import { headerOf } from './platform.ts'

/** Which request header carries what, lower case (config `identify`). */
export type IdentityHeaders = Record<keyof Identity, string>

const longestValue = 200
/** What a halt's scope can name. */
const nameable = /^[\x21-\x7e]{1,193}$/

/**
 * Reads who is at the other end from the headers that the configuration names. Overlong values count as absent, and so
 * does a tenant that no halt could name: to it every tenant's halt applies.
 */
export function identify(names: IdentityHeaders): (exchange: LiveExchange) => void {
  const fields: (keyof Identity)[] = ['tenant', 'session', 'user', 'region', 'language', 'ageBand']
  return function identify({ who, headers }) {
    for (const field of fields) {
      const value = headerOf(headers, names[field])
      if (value !== undefined && value !== '' && value.length <= longestValue && isUsable(field, value))
        who[field] = field === 'region' ? value.toUpperCase() : value
    }
  }
}

function isUsable(field: keyof Identity, value: string): boolean {
  return field !== 'tenant' || nameable.test(value)
}
