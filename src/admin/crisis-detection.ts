import { createRoute, z } from '@hono/zod-openapi'
import { type EngineName, engineNames } from '../engines/engine.ts'
import type { DetectionView } from '../probes/detection-view.ts'
import type { Probed } from '../probes/prober.ts'
import { type AdminApp, bodyOf, json, refusals } from './admin-env.ts'
import { permit } from './permit.ts'

const ViewBody = z
  .object({
    enabled: z.boolean(),
    isProbing: z.boolean().describe('This gateway is the one that sends the probes.'),
    probeSet: z.object({ version: z.string(), rows: z.number(), core: z.number() }),
    subjects: z
      .array(z.unknown())
      .describe(
        'Engines and the gateway’s own detector: recall, specificity, intervals, counts, age, alarms.',
      ),
    liveness: z
      .object({ ageMs: z.number(), failure: z.string().optional() })
      .describe('The last proof that a halt would hold.'),
  })
  .openapi('CrisisDetection')

const show = createRoute({
  method: 'get',
  path: '/crisis-detection',
  summary: 'How well crisis detection works, for each engine and for the gateway’s own detector.',
  middleware: permit('signals:read'),
  responses: { 200: json(ViewBody, 'The figures.'), ...refusals },
})

const ProbeResult = z.object({
  tier: z.string(),
  kind: z.string(),
  label: z.number(),
  language: z.string(),
  engineHeard: z.boolean().nullable().describe('Null: no reply.'),
  gatewayHeard: z.boolean().nullable(),
  ms: z.number(),
})

const probe = createRoute({
  method: 'post',
  path: '/probes',
  summary: 'Sends some probes now. Shown, and not taken into the tests.',
  middleware: permit('probes:run'),
  request: bodyOf(
    z.strictObject({
      engine: z.enum(engineNames).default('primary'),
      count: z.int().min(1).max(50).default(10),
    }),
  ),
  responses: { 200: json(z.object({ results: z.array(ProbeResult) }), 'What was heard.'), ...refusals },
})

/** `/admin/v1/crisis-detection` and `/admin/v1/probes`. */
export function crisisDetectionRoutes(
  app: AdminApp,
  parts: {
    detection(): DetectionView
    runProbes(engine: EngineName, count: number): Promise<Probed[]>
  },
): void {
  app.openapi(show, (c) => c.json(parts.detection(), 200))
  app.openapi(probe, async (c) => {
    const { engine, count } = c.req.valid('json')
    const sent = await parts.runProbes(engine, count)
    const results = sent.map(({ engine: of, gateway }) => ({
      tier: of.tier,
      kind: of.kind,
      label: of.label,
      language: of.language,
      engineHeard: of.heard ?? null,
      gatewayHeard: gateway.heard ?? null,
      ms: Math.round(of.ms),
    }))
    return c.json({ results }, 200)
  })
}
