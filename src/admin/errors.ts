import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { GatewayError, toGatewayError } from '../errors.ts'
import { errorFields, type Logger } from '../logger.ts'

/** Answers an error of the control listener in its one shape. What is not ours says only "internal error". */
export function answerAdminError(thrown: Error, c: Context, logger: Logger): Response {
  const requestId = crypto.randomUUID()
  // Hono's own validator throws this for a body that is not JSON.
  const error =
    thrown instanceof HTTPException && thrown.status === 400
      ? new GatewayError('invalid_json', 'the request body is not JSON', { cause: thrown })
      : toGatewayError(thrown)
  if (error.code === 'internal')
    logger.error({ requestId, path: c.req.path, ...errorFields(thrown) }, 'admin request failed')
  const { code, message, missing, status } = error
  return Response.json(
    { error: { code, message, requestId, ...(missing === undefined ? {} : { missing }) } },
    { status },
  )
}
