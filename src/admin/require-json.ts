import type { MiddlewareHandler } from 'hono'
import { GatewayError } from '../errors.ts'
import type { AdminEnv } from './admin-env.ts'

/** Every change has a JSON body. Without its content type the routes would find none, and could not say what is wrong. */
export function requireJson(): MiddlewareHandler<AdminEnv> {
  return async function requireJson(c, next) {
    const { method } = c.req
    const type = c.req.header('content-type') ?? ''
    if (method !== 'GET' && method !== 'HEAD' && !/^application\/json\s*(?:;|$)/i.test(type))
      throw new GatewayError(
        'unsupported_media_type',
        'expected a JSON body with content-type: application/json',
      )
    await next()
  }
}
