import type { MiddlewareHandler } from 'hono'
import { GatewayError } from '../errors.ts'
import type { AdminEnv } from './admin-env.ts'
import { mayDo, type Permission, rolesWith } from './permissions.ts'

/** Lets a request through when the key's roles include the permission; else says which roles have it. */
export function permit(permission: Permission): MiddlewareHandler<AdminEnv> {
  return async function permit(c, next) {
    if (!mayDo(c.get('actor').roles, permission))
      throw new GatewayError('forbidden', `this needs one of the roles: ${rolesWith(permission).join(', ')}`)
    await next()
  }
}
