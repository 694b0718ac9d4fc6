import { createRoute, z } from '@hono/zod-openapi'
import type { Clock } from '../clock.ts'
import { listIncidents } from '../incidents/list.ts'
import { resolveIncident } from '../incidents/resolve.ts'
import { Incident, IncidentEvent } from '../incidents/schemas.ts'
import { showIncident } from '../incidents/show.ts'
import type { Records } from '../stores/records.ts'
import { type AdminApp, bodyOf, IdParam, json, Reason, refusals } from './admin-env.ts'
import { permit } from './permit.ts'

// The schema may have been made before the OpenAPI methods were put on zod: a new object has them.
const IncidentBody = z.object(Incident.shape).openapi('Incident')

const list = createRoute({
  method: 'get',
  path: '/incidents',
  summary: 'Incidents, newest first.',
  middleware: permit('incidents:read'),
  request: {
    query: z.object({
      status: z.enum(['open', 'resolved', 'all']).default('open'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: { 200: json(z.object({ incidents: z.array(IncidentBody) }), 'The incidents.'), ...refusals },
})

const show = createRoute({
  method: 'get',
  path: '/incidents/{id}',
  summary: 'One incident with its events.',
  middleware: permit('incidents:read'),
  request: { params: IdParam },
  responses: {
    200: json(z.object({ incident: IncidentBody, events: z.array(IncidentEvent) }), 'The incident.'),
    ...refusals,
  },
})

const resolve = createRoute({
  method: 'post',
  path: '/incidents/{id}/resolve',
  summary: 'Resolves an incident. Refused while its halt is engaged.',
  middleware: permit('incidents:write'),
  request: { params: IdParam, ...bodyOf(z.strictObject({ reason: Reason })) },
  responses: { 200: json(z.object({ incident: IncidentBody }), 'The incident, resolved.'), ...refusals },
})

/** `/admin/v1/incidents`: list, show, resolve. */
export function incidentRoutes(app: AdminApp, parts: { records: Records; clock: Clock }): void {
  const { records, clock } = parts
  app.openapi(list, async (c) =>
    c.json({ incidents: await listIncidents(records, c.req.valid('query')) }, 200),
  )
  app.openapi(show, async (c) => c.json(await showIncident(records, c.req.valid('param').id), 200))
  app.openapi(resolve, async (c) => {
    const { id } = c.req.valid('param')
    const request = { id, actor: c.get('actor').name, reason: c.req.valid('json').reason }
    return c.json({ incident: await resolveIncident(records, request, clock.wallMs()) }, 200)
  })
}
