import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import type { AdminEnv } from './admin/admin-env.ts'
import { auditRoutes } from './admin/audit.ts'
import { breakerRoutes } from './admin/breakers.ts'
import { clearanceRoutes } from './admin/clearance.ts'
import { crisisDetectionRoutes } from './admin/crisis-detection.ts'
import { crisisEventRoutes } from './admin/crisis-events.ts'
import { engineRoutes } from './admin/engines.ts'
import { answerAdminError } from './admin/errors.ts'
import { haltRoutes } from './admin/halts.ts'
import { incidentRoutes } from './admin/incidents.ts'
import { keyRoutes } from './admin/keys.ts'
import { personRoutes } from './admin/persons.ts'
import { referralRegisterRoutes } from './admin/referral-register.ts'
import { requireJson } from './admin/require-json.ts'
import { type KeyCheckParts, requireKey } from './admin/require-key.ts'
import { reviewRoutes } from './admin/reviews.ts'
import { signalRoutes } from './admin/signals.ts'
import { stateRoutes } from './admin/state.ts'
import { GatewayError } from './errors.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './telemetry/metrics.ts'

type Parts<Routes extends (app: never, parts: never) => void> = Parameters<Routes>[1]

export type ControlParts = KeyCheckParts &
  Parts<typeof haltRoutes> &
  Parts<typeof clearanceRoutes> &
  Parts<typeof breakerRoutes> &
  Parts<typeof engineRoutes> &
  Parts<typeof incidentRoutes> &
  Parts<typeof keyRoutes> &
  Parts<typeof personRoutes> &
  Parts<typeof auditRoutes> &
  Parts<typeof crisisEventRoutes> &
  Parts<typeof crisisDetectionRoutes> &
  Parts<typeof reviewRoutes> &
  Parts<typeof referralRegisterRoutes> &
  Parts<typeof signalRoutes> &
  Parts<typeof stateRoutes> & {
    metrics: Metrics
    /** Brings the gauges up to date before they are read. */
    publishHealth(): void
    /** The metrics of several processes as one; left out, those of this one. */
    metricsText?(): Promise<string>
    /** `/metrics` without a key: on loopback, or when the configuration says so. */
    openMetrics: boolean
    ready(): Readiness
    version: string
    logger: Logger
  }

/** What `/readyz` tells. A halted gateway is ready: people need its safe replies. */
export interface Readiness {
  ready: boolean
  replies: 'on' | 'halted' | 'suspended'
  records: 'reachable' | 'unreachable'
  haltStore: 'confirmed' | 'unconfirmed'
}

const maxBodyBytes = 65_536
const limitBody = bodyLimit({
  maxSize: maxBodyBytes,
  onError: () => {
    throw new GatewayError('body_too_large', `the request body is larger than ${maxBodyBytes} bytes`)
  },
})

/** The control app: admin API, metrics, health, OpenAPI. Never served on the traffic listener. */
export function createControl(parts: ControlParts): OpenAPIHono<AdminEnv> {
  const control = new OpenAPIHono<AdminEnv>()
  control.onError((error, c) => answerAdminError(error, c, parts.logger))
  control.notFound((c) => {
    throw new GatewayError('not_found', `no such page: ${c.req.method} ${c.req.path}; see /openapi.json`)
  })

  control.get('/healthz', (c) => c.json({ status: 'ok' }))
  control.get('/readyz', (c) => {
    const readiness = parts.ready()
    return c.json(readiness, readiness.ready ? 200 : 503)
  })
  const checkKey = requireKey(parts)
  if (!parts.openMetrics) control.use('/metrics', checkKey)
  control.get('/metrics', async (c) => {
    parts.publishHealth()
    const { registry } = parts.metrics
    const text = await (parts.metricsText?.() ?? registry.metrics())
    return c.body(text, 200, { 'content-type': registry.contentType })
  })

  const admin = new OpenAPIHono<AdminEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const [issue] = result.error.issues
      const where = issue === undefined ? '' : issue.path.map(String).join('.')
      throw new GatewayError(
        'invalid_request',
        `${where || 'request'}: ${issue?.message ?? 'not as expected'}`,
      )
    },
  })
  admin.use('*', checkKey, requireJson(), limitBody)
  haltRoutes(admin, parts)
  clearanceRoutes(admin, parts)
  breakerRoutes(admin, parts)
  engineRoutes(admin, parts)
  incidentRoutes(admin, parts)
  personRoutes(admin, parts)
  keyRoutes(admin, parts)
  auditRoutes(admin, parts)
  crisisEventRoutes(admin, parts)
  crisisDetectionRoutes(admin, parts)
  reviewRoutes(admin, parts)
  referralRegisterRoutes(admin, parts)
  signalRoutes(admin, parts)
  stateRoutes(admin, parts)
  control.route('/admin/v1', admin)

  control.openAPIRegistry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' })
  control.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'haltgate admin API', version: parts.version },
    security: [{ key: [] }],
  })
  return control
}
