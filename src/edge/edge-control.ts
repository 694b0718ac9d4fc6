import { OpenAPIHono } from '@hono/zod-openapi'
import type { AdminEnv } from '../admin/admin-env.ts'
import { answerAdminError } from '../admin/errors.ts'
import { haltRoutes } from '../admin/halts.ts'
import type { Actor } from '../admin/key-ring.ts'
import { hashSecret, sameHash } from '../admin/key-secret.ts'
import { permit } from '../admin/permit.ts'
import type { SafetyHalt } from '../breakers/halt-gate.ts'
import { GatewayError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Genesis } from '../stores/halt-store.ts'

export interface EdgeControlParts {
  halt: SafetyHalt
  /** Sets the halt store up once and for all; returns the genesis in force. */
  initialise(): Promise<Genesis>
  /** SHA-256 hex of the one admin key; `undefined` when none has been set, and then nobody gets in. */
  adminKeySha256: string | undefined
  logger: Logger
}

/** Where the control side lives: apart from any path that an engine has. */
export const controlPath = '/__haltgate'

/** The one key of the edge may halt, and may end a halt. */
const edgeAdmin: Actor = {
  personId: 'edge-admin',
  name: 'edge-admin',
  kind: 'service',
  keyId: 'edge-admin',
  roles: ['operator', 'commander'],
}

/**
 * The little control that the edge has: `/admin/v1/halts` with the same routes and answers as on Node, and
 * `POST /admin/v1/init`. Every request needs the admin key.
 */
export function createEdgeControl(parts: EdgeControlParts): OpenAPIHono<AdminEnv> {
  const { halt, adminKeySha256, logger } = parts
  const control = new OpenAPIHono<AdminEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const [issue] = result.error.issues
      const where = issue?.path.map(String).join('.') || 'request'
      throw new GatewayError('invalid_request', `${where}: ${issue?.message ?? 'not as expected'}`)
    },
  }).basePath(`${controlPath}/admin/v1`)

  control.onError((error, c) => answerAdminError(error, c, logger))
  control.notFound((c) =>
    answerAdminError(new GatewayError('not_found', 'no such page; see docs/edge.md'), c, logger),
  )

  control.use('*', async function requireEdgeKey(c, next) {
    await checkKey(c.req.header('authorization'), adminKeySha256)
    c.set('actor', edgeAdmin)
    // What is shown and decided here is what the store holds now.
    await halt.refresh()
    await next()
  })

  haltRoutes(control, { halt })
  control.post('/init', permit('halts:clear'), async (c) => {
    const genesis = await parts.initialise()
    logger.warn({ genesis: genesis.id }, 'the halt store is set up')
    return c.json({ genesis })
  })
  return control
}

/** Throws `GatewayError` `unauthorized`, or `unavailable` while no key has been set. */
async function checkKey(authorization: string | undefined, expected: string | undefined): Promise<void> {
  if (expected === undefined || !/^[0-9a-f]{64}$/i.test(expected))
    throw new GatewayError(
      'unavailable',
      'no admin key is set: put the SHA-256 hex of one into the secret HALTGATE_ADMIN_KEY_SHA256',
    )
  const secret = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1]
  if (secret === undefined || !sameHash(await hashSecret(secret), expected.toLowerCase()))
    throw new GatewayError('unauthorized', 'expected the admin key: Authorization: Bearer …')
}
