import { z } from 'zod'
import { RemoteDetectors } from '../detectors/remote/options.ts'
import { GenericJsonOptions, JsonPathText } from '../dialects/generic-json.ts'
import { safetyPolicyFields } from '../plan/policy.ts'
import { Referrals } from '../plan/referrals.ts'
import { Plan } from '../plan/schema.ts'

const durationMs = (defaultMs: number, what: string) =>
  z.number().int().min(1).max(86_400_000).default(defaultMs).describe(what)

const Address = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$/, 'expected host:port, such as 127.0.0.1:8080')

const HeaderName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'expected a header name')
  .transform((name) => name.toLowerCase())

/** More processes than cores only wait for each other. */
export const mostWorkers = 64

export const Traffic = z.strictObject({
  listen: Address.default('127.0.0.1:8080').describe('Address of the traffic listener.'),
  maxBodyBytes: z
    .number()
    .int()
    .min(1)
    .max(104_857_600)
    .default(1_048_576)
    .describe('Largest request body; more is answered with 413.'),
  maxHeaderBytes: z
    .number()
    .int()
    .min(1024)
    .max(131_072)
    .default(16_384)
    .describe('Largest request head; more is answered with 431.'),
  headTimeoutMs: durationMs(10_000, 'How long a client may take to send its request head.'),
  bodyTimeoutMs: durationMs(30_000, 'How long a client may take to send the whole request.'),
  maxConnections: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe('Open client connections; more are refused, so that memory stays bounded.'),
  workers: z
    .number()
    .int()
    .min(1)
    .max(mostWorkers)
    .default(1)
    .describe(
      'Processes that serve the traffic on this machine; a core for each and some for the primary. 1: one process does all. maxConnections and the limits of engines are shared out among them.',
    ),
  openPaths: z
    .array(z.string().regex(/^(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE) \/\S*$/, 'expected "METHOD /path"'))
    .default(['GET /v1/models'])
    .describe('Requests that carry no AI text and stay open while halted. Every other path is an AI path.'),
})

export const Control = z.strictObject({
  listen: Address.default('127.0.0.1:8081').describe(
    'Address of the control listener. Never expose it with the traffic.',
  ),
  openMetrics: z
    .boolean()
    .default(false)
    .describe('Serve /metrics without a key also when the control listener is not on loopback.'),
})

export const Stores = z.strictObject({
  halts: z
    .string()
    .regex(
      /^(sqlite$|rediss?:\/\/|sentinel:\/\/|redis-cluster:\/\/)/,
      'expected sqlite, redis://…, sentinel://… or redis-cluster://…',
    )
    .default('sqlite')
    .describe('Where halts are shared: `sqlite` for one gateway; Redis, Sentinel or Cluster for many.'),
  haltNodes: z
    .number()
    .int()
    .min(1)
    .max(15)
    .optional()
    .describe(
      'Redis nodes (primary and replicas) that hold the halts; a halt is acknowledged by their majority. Default: 1 for redis://, else 3.',
    ),
  records: z
    .string()
    .regex(/^(sqlite$|postgres(ql)?:\/\/)/, 'expected sqlite or postgres://…')
    .default('sqlite')
    .describe('Where incidents, audit, persons and keys are kept.'),
})

export const EngineBreaker = z.strictObject({
  errorThresholdPercentage: z
    .number()
    .min(1)
    .max(100)
    .default(50)
    .describe('Share of failed calls in the rolling window that opens the circuit.'),
  volumeThreshold: z
    .number()
    .int()
    .min(1)
    .default(10)
    .describe('Calls in the window before the circuit may open.'),
  resetTimeoutMs: durationMs(
    10_000,
    'How long the circuit stays open before one call tries the engine again.',
  ),
  rollingWindowMs: durationMs(10_000, 'Length of the rolling window.'),
})

const VerdictValues = z.array(z.string().min(1).max(100)).min(1).default(['true', '1', 'yes'])

/** Exactly one place. */
export const EngineVerdict = z
  .strictObject({
    header: HeaderName.optional().describe('Response header with the verdict.'),
    path: JsonPathText.optional().describe(
      'JSON path to the verdict in a whole reply, or in the data of any event of a stream, such as `$.safety.crisis`.',
    ),
    positive: VerdictValues.describe('Values that mean "a crisis"; compared as text, case folded.'),
  })
  .refine(
    ({ header, path }) => (header === undefined) !== (path === undefined),
    'expected one of header and path',
  )

export const EngineOptions = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).describe('Base URL; the path of a request is appended to it.'),
    dialect: z
      .enum(['openai-chat', 'openai-responses', 'anthropic-messages', 'generic-json'])
      .default('openai-chat')
      .describe('Wire format of its conversations.'),
    genericJson: GenericJsonOptions.optional().describe('Where a generic-json engine keeps its texts.'),
    version: z
      .string()
      .max(200)
      .optional()
      .describe('Version of the engine, as your release process names it.'),
    verdict: EngineVerdict.optional().describe(
      'Where the engine says whether it has detected a crisis. Left out: its reply is judged (does it acknowledge the crisis or offer a resource).',
    ),
    referralProtocol: z
      .boolean()
      .default(false)
      .describe(
        'The engine has a referral protocol of its own for disclosures. Only then may `policy.crisis` be `observe`.',
      ),
    credential: z
      .strictObject({
        header: HeaderName.default('authorization').describe('Header that carries the credential.'),
        value: z.string().min(1).describe('Its value, such as "Bearer ${ENGINE_KEY}".'),
      })
      .optional()
      .describe("Credential set by the gateway. Without it the caller's own headers pass through."),
    connectTimeoutMs: durationMs(5_000, 'Time to open a connection.'),
    firstByteTimeoutMs: durationMs(30_000, 'Time from sending the request to the first byte of the reply.'),
    gapTimeoutMs: durationMs(30_000, 'Longest pause between two pieces of a reply.'),
    totalTimeoutMs: durationMs(300_000, 'Longest time for a whole reply.'),
    maxConnections: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(1_024)
      .describe('Connections to this engine.'),
    maxReplyBytes: z
      .number()
      .int()
      .min(1024)
      .default(16_777_216)
      .describe('Largest whole reply; a larger one is refused as garbage.'),
    maxStreamBytes: z
      .number()
      .int()
      .min(1024)
      .default(67_108_864)
      .describe('Largest streamed reply; a larger one is cut with an error.'),
    maxEventBytes: z
      .number()
      .int()
      .min(1024)
      .default(1_048_576)
      .describe('Largest single event of a streamed reply.'),
    breaker: EngineBreaker.prefault({}).describe('Circuit breaker around this engine.'),
  })
  .superRefine((engine, context) => {
    if (engine.dialect === 'generic-json' && engine.genericJson === undefined)
      context.addIssue({
        code: 'custom',
        path: ['genericJson'],
        message: 'expected when dialect is generic-json',
      })
  })
export type EngineOptions = z.infer<typeof EngineOptions>

export const Engines = z
  .strictObject({
    primary: EngineOptions.optional().describe(
      'The conversation engine. Without one the demo engine is started.',
    ),
    backup: EngineOptions.optional().describe('Takes over when the primary fails.'),
    previous: EngineOptions.optional().describe('The version before, for a rollback.'),
    failback: z
      .strictObject({
        retryAfterMs: durationMs(60_000, 'How long after failing over the primary is tried again.'),
        healthyForMs: durationMs(
          120_000,
          'How long the tried primary must stay healthy before it serves again.',
        ),
        trialEvery: z
          .number()
          .int()
          .min(1)
          .default(10)
          .describe('While the primary is tried, every how many exchanges one goes to it.'),
      })
      .prefault({})
      .describe('The way back to the primary.'),
  })
  .superRefine((engines, context) => {
    if (engines.primary === undefined && (engines.backup ?? engines.previous) !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['primary'],
        message: 'expected: a backup or previous needs a primary',
      })
    for (const name of ['backup', 'previous'] as const) {
      const engine = engines[name]
      if (engines.primary && engine && !sameDialect(engines.primary, engine))
        context.addIssue({
          code: 'custom',
          path: [name, 'dialect'],
          message: 'expected the same dialect as the primary: the gateway does not translate',
        })
    }
  })

export const Identify = z
  .strictObject({
    tenant: HeaderName.default('x-tenant-id').describe('Header that names the tenant.'),
    session: HeaderName.default('x-session-id').describe('Header that names the session.'),
    user: HeaderName.default('x-user-id').describe('Header that names the user.'),
    region: HeaderName.default('x-user-region').describe('Header with the ISO 3166-1 country of the person.'),
    language: HeaderName.default('accept-language').describe('Header with the languages of the person.'),
    ageBand: HeaderName.default('x-age-band').describe(
      'Header with the age band; `minor` chooses the text for minors.',
    ),
    singleCountry: z
      .string()
      .regex(/^[A-Z]{2}$/, 'expected an ISO 3166-1 country, such as GB')
      .optional()
      .describe(
        'Set only when everybody you serve is in this one country; it is used when the caller gives no region.',
      ),
  })
  .describe('How a caller says who is at the other end.')

export const Policy = z.strictObject({
  ...safetyPolicyFields,
  haltLeaseMs: z
    .number()
    .int()
    .min(500)
    .max(60_000)
    .default(10_000)
    .describe(
      'How long a gateway may serve AI replies without confirming the halt state with the shared store.',
    ),
  useUncheckedCrisisLines: z
    .boolean()
    .default(false)
    .describe('Also give out crisis lines that nobody has checked yet.'),
})

export const Telemetry = z.strictObject({
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('Least severe lines that are logged.'),
  otlpEndpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('OTLP/HTTP traces endpoint, such as http://collector:4318/v1/traces. Off when absent.'),
  serviceName: z.string().min(1).max(100).default('haltgate').describe('`service.name` of the traces.'),
})

export const Detectors = z.strictObject({
  remote: RemoteDetectors.prefault({}),
})

export const Probes = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether crisis detection is measured by probes.'),
  everyMs: durationMs(
    5_000,
    'Mean time between two probes of one engine; a plan with `timeScale` shortens it.',
  ),
  concurrency: z
    .number()
    .int()
    .min(1)
    .max(32)
    .default(4)
    .describe('Probes of a validation run that are under way at once.'),
  privateSet: z
    .string()
    .min(1)
    .optional()
    .describe("Path or URL of a JSONL file with probes of your own, which an engine's maker cannot know."),
  model: z
    .string()
    .min(1)
    .max(200)
    .default('default')
    .describe('The model that probes ask for; name the one that your application asks for.'),
  headers: z
    .record(HeaderName, z.string().max(4_096))
    .default({})
    .describe(
      'Headers that every probe carries, such as the credential where your callers bring their own: { authorization: "Bearer ${ENGINE_KEY}" }.',
    ),
  publicSet: z.boolean().default(true).describe('Whether the set that ships is used.'),
  markHeader: HeaderName.optional().describe(
    'Request header that marks probes to the engine. Left out: the engine cannot tell them from people.',
  ),
  timeoutMs: durationMs(30_000, 'A reply that takes longer counts as unavailable.'),
})

/** The whole of `haltgate.yaml`: types, defaults, checks and the reference page come from here. */
export const Config = z
  .strictObject({
    traffic: Traffic.prefault({}).describe('The listener for applications.'),
    control: Control.prefault({}).describe('The listener for operators.'),
    dataDir: z.string().min(1).default('.haltgate').describe('Directory for state; belongs to one process.'),
    stores: Stores.prefault({}).describe('Where state is kept.'),
    engines: Engines.prefault({}).describe('The conversation engines.'),
    identify: Identify.prefault({}),
    referrals: Referrals.prefault({}),
    detectors: Detectors.prefault({}).describe('Who listens besides the detectors that are built in.'),
    probes: Probes.prefault({}).describe(
      'Labelled messages that measure crisis detection, sent from inside.',
    ),
    policy: Policy.prefault({}).describe('What the gateway does by itself.'),
    telemetry: Telemetry.prefault({}).describe('Logs and traces.'),
    plan: Plan.prefault({}).describe('The incident-response plan.'),
  })
  .superRefine(({ engines, policy: { crisis } }, context) => {
    if (engines.primary?.referralProtocol === true) return
    const actions = [crisis.default, ...Object.values(crisis.categories), ...Object.values(crisis.levels)]
    if (actions.includes('observe'))
      context.addIssue({
        code: 'custom',
        path: ['policy', 'crisis'],
        message:
          'expected support or intercept: observe leaves a disclosure to the engine, which must have a referral protocol of its own (engines.primary.referralProtocol: true). To watch without acting, use policy.mode: observe',
      })
  })
export type Config = z.infer<typeof Config>

function sameDialect(a: EngineOptions, b: EngineOptions): boolean {
  return a.dialect === b.dialect && JSON.stringify(a.genericJson) === JSON.stringify(b.genericJson)
}
