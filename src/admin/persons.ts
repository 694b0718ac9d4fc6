import { createRoute, z } from '@hono/zod-openapi'
import { type AdminApp, bodyOf, json, PersonParam, Reason, refusals } from './admin-env.ts'
import type { KeyRing } from './key-ring.ts'
import { permit } from './permit.ts'
import { PersonKind } from './stored-persons.ts'

const PersonBody = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: PersonKind,
    createdAtMs: z.number(),
    createdBy: z.string(),
    disabledAtMs: z.number().nullable(),
  })
  .openapi('Person')

const list = createRoute({
  method: 'get',
  path: '/persons',
  summary: 'Persons and services, by name.',
  middleware: permit('persons:read'),
  responses: { 200: json(z.object({ persons: z.array(PersonBody) }), 'Persons and services.'), ...refusals },
})

const create = createRoute({
  method: 'post',
  path: '/persons',
  summary: 'Adds a person or a service.',
  middleware: permit('persons:manage'),
  request: bodyOf(
    z.strictObject({ name: z.string().min(1).max(200), kind: PersonKind.default('person'), reason: Reason }),
  ),
  responses: { 201: json(z.object({ person: PersonBody }), 'Added.'), ...refusals },
})

const disable = createRoute({
  method: 'post',
  path: '/persons/{id}/disable',
  summary: 'Ends all that a person may do, with every key.',
  middleware: permit('persons:manage'),
  request: { params: PersonParam, ...bodyOf(z.strictObject({ reason: Reason })) },
  responses: { 200: json(z.object({ person: PersonBody }), 'Disabled.'), ...refusals },
})

/** `/admin/v1/persons`: list, create, disable. */
export function personRoutes(app: AdminApp, { keyRing }: { keyRing: KeyRing }): void {
  app.openapi(list, async (c) => c.json({ persons: await keyRing.listPersons() }, 200))
  app.openapi(create, async (c) => {
    const request = { ...c.req.valid('json'), actor: c.get('actor').name }
    return c.json({ person: await keyRing.createPerson(request) }, 201)
  })
  app.openapi(disable, async (c) => {
    const { id } = c.req.valid('param')
    const request = { person: id, actor: c.get('actor').name, reason: c.req.valid('json').reason }
    return c.json({ person: await keyRing.disablePerson(request) }, 200)
  })
}
