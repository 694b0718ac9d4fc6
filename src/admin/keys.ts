import { createRoute, z } from '@hono/zod-openapi'
import { type AdminApp, bodyOf, IdParam, json, Reason, refusals } from './admin-env.ts'
import type { KeyRing } from './key-ring.ts'
import { Role } from './permissions.ts'
import { permit } from './permit.ts'
import { PersonKind } from './stored-persons.ts'

const KeyBody = z
  .object({
    id: z.string(),
    personId: z.string(),
    person: z.string(),
    label: z.string().nullable(),
    prefix: z.string(),
    roles: z.array(Role),
    createdAtMs: z.number(),
    createdBy: z.string(),
    revokedAtMs: z.number().nullable(),
    lastUsedAtMs: z.number().nullable(),
  })
  .openapi('Key')

const list = createRoute({
  method: 'get',
  path: '/keys',
  summary: 'All keys, revoked ones too. Never a secret.',
  middleware: permit('keys:read'),
  responses: { 200: json(z.object({ keys: z.array(KeyBody) }), 'The keys.'), ...refusals },
})

const create = createRoute({
  method: 'post',
  path: '/keys',
  summary: 'Makes a key; its secret is in this answer and nowhere else.',
  middleware: permit('keys:manage'),
  request: bodyOf(
    z.strictObject({
      person: z.string().min(1).max(200).describe('Id or name; a name not known yet becomes a person.'),
      kind: PersonKind.default('person'),
      roles: z.array(Role).min(1, 'expected at least one role'),
      label: z.string().max(200).optional(),
      reason: Reason.default('key created'),
    }),
  ),
  responses: {
    201: json(z.object({ key: KeyBody, secret: z.string() }), 'The key with its secret.'),
    ...refusals,
  },
})

const revoke = createRoute({
  method: 'post',
  path: '/keys/{id}/revoke',
  summary: 'Makes a key invalid: here at once, on other gateways within seconds.',
  middleware: permit('keys:manage'),
  request: { params: IdParam, ...bodyOf(z.strictObject({ reason: Reason })) },
  responses: { 200: json(z.object({ key: KeyBody }), 'The key, revoked.'), ...refusals },
})

/** `/admin/v1/keys`: list, create, revoke. */
export function keyRoutes(app: AdminApp, { keyRing }: { keyRing: KeyRing }): void {
  app.openapi(list, async (c) => c.json({ keys: await keyRing.listKeys() }, 200))
  app.openapi(create, async (c) => {
    const request = { ...c.req.valid('json'), actor: c.get('actor').name }
    return c.json(await keyRing.createKey(request), 201)
  })
  app.openapi(revoke, async (c) => {
    const { id } = c.req.valid('param')
    const key = await keyRing.revokeKey({
      id,
      actor: c.get('actor').name,
      reason: c.req.valid('json').reason,
    })
    return c.json({ key }, 200)
  })
}
