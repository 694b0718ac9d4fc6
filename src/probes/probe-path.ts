import type { Breaker } from '../breakers/breaker.ts'
import { concat } from '../bytes.ts'
import type { UserDetector, UserReport } from '../detectors/detector.ts'
import type { Engine, EngineName } from '../engines/engine.ts'
import type { Route } from '../engines/route.ts'
import { silentLogger } from '../logger.ts'
import type { GuardedEngine } from '../middleware/call-engine.ts'
import { webPlatform } from '../middleware/platform.ts'
import { createRecentCrises } from '../middleware/recent-crises.ts'
import { createLinesGiven } from '../referrals/lines-given.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { noTracer } from '../telemetry/tracing.ts'
import { createTraffic, type TrafficParts } from '../traffic.ts'
import type { Asked } from './ask.ts'

/** What of the live gateway a probe goes through; all else of its path belongs to it alone. */
export type SharedParts = Pick<
  TrafficParts,
  | 'dialect'
  | 'identify'
  | 'singleCountry'
  | 'maxBodyBytes'
  | 'safeReplies'
  | 'clock'
  | 'crisis'
  | 'harmfulReply'
  | 'policy'
>

/** What an engine did with a request from inside. */
export interface Observed {
  /** The engine's own reply, before the gateway changed anything in it; absent: an error, a 429, a timeout. */
  reply: { headers: Record<string, string | string[]>; bytes: Uint8Array; isWhole: boolean } | undefined
  /** What the gateway's own detector said; absent where it was not asked. */
  report: UserReport | undefined
  ms: number
}

export interface ProbeRequest {
  asked: Asked
  headers: Record<string, string>
  timeoutMs: number
}

/** More of a reply is not kept. */
const maxKeptBytes = 262_144

/**
 * Sends a request from inside through the same steps that applications' requests take, to one engine, and watches. It
 * cannot be reached from outside, and nothing of it is counted among people: halt, breaker, measures, recorder and
 * session memory are its own, so that no header need tell one from the other and no reply of it can reach anybody.
 * Nothing is answered in the engine's place (`observe`), because it is the engine that is measured.
 */
export async function sendFromInside(
  shared: SharedParts,
  own: { engine: GuardedEngine; metrics: Metrics },
  { asked, headers, timeoutMs }: ProbeRequest,
): Promise<Observed> {
  const { clock } = shared
  const seen: Seen = { status: undefined, headers: {}, pieces: [], length: 0, isWhole: false }
  let report: UserReport | undefined
  const { name } = own.engine.engine
  const app = createTraffic({
    ...insideParts(shared, name, own.metrics),
    engines: { [name]: { ...own.engine, engine: watched(own.engine.engine, seen), breaker: noBreaker } },
    // Probes run during a halt too: their replies go nowhere.
    halt: { check: () => undefined, refresh: () => undefined, onChange: () => () => {} },
    crisis: heard(shared.crisis, (found) => {
      report = found
    }),
    policy: { ...shared.policy, mode: 'observe' },
  })
  const startedMs = clock.monotonicMs()
  const request = new Request(`http://inside${asked.path}`, {
    method: asked.method,
    headers: { ...headers, ...asked.headers, 'content-type': 'application/json' },
    body: JSON.stringify(asked.body),
    signal: AbortSignal.timeout(timeoutMs),
  })
  await Promise.resolve(app.fetch(request))
    .then((response) => response.arrayBuffer())
    // A broken reply is what was to be found out; it shows in what was seen.
    .catch(() => undefined)
  const { status, isWhole } = seen
  const isAnswered = status !== undefined && status < 300
  return {
    reply: isAnswered
      ? { headers: seen.headers, bytes: concat(seen.pieces, seen.length), isWhole }
      : undefined,
    report,
    ms: clock.monotonicMs() - startedMs,
  }
}

/**
 * The request path of an exchange from inside, but for engine and halt: what is shared is named one by one, so that a new
 * part of the path is shared by decision only.
 */
export function insideParts(
  shared: SharedParts,
  engine: EngineName,
  metrics: Metrics,
): Omit<TrafficParts, 'engines' | 'halt'> {
  const { dialect, identify, singleCountry, maxBodyBytes, safeReplies, clock, crisis, harmfulReply, policy } =
    shared
  return {
    dialect,
    identify,
    singleCountry,
    maxBodyBytes,
    safeReplies,
    clock,
    harmfulReply,
    policy,
    crisis: heard(crisis, () => {}),
    route: routeTo(engine),
    openPaths: [],
    signals: { recordExchange() {}, recordReply() {} },
    metrics,
    tracer: noTracer,
    logger: silentLogger,
    platform: webPlatform,
    remote: undefined,
    recorder: { disclosed() {}, caught() {}, screened() {}, noticed() {} },
    linesGiven: createLinesGiven(),
    recentCrises: createRecentCrises(),
    reviews: undefined,
  }
}

interface Seen {
  status: number | undefined
  headers: Record<string, string | string[]>
  pieces: Uint8Array[]
  length: number
  isWhole: boolean
}

function watched(engine: Engine, seen: Seen): Engine {
  return {
    name: engine.name,
    async send(request, signal) {
      const reply = await engine.send(request, signal)
      seen.status = reply.status
      seen.headers = reply.headers
      return {
        ...reply,
        body: {
          async read() {
            const piece = await reply.body.read()
            if (piece === undefined) seen.isWhole = true
            else if (seen.length < maxKeptBytes) {
              // The transport may use its buffer again.
              seen.pieces.push(piece.slice())
              seen.length += piece.byteLength
            }
            return piece
          },
          cancel: () => reply.body.cancel(),
        },
      }
    },
    // The connections are the live gateway's.
    close: async () => {},
  }
}

/** No session: what a probe says is not remembered of anybody. */
function heard(detector: UserDetector, onReport: (report: UserReport) => void): UserDetector {
  return {
    name: detector.name,
    version: detector.version,
    inspect(side) {
      const report = detector.inspect({ ...side, session: undefined })
      onReport(report)
      return report
    },
    note() {},
  }
}

export const noBreaker: Breaker = {
  state: 'closed',
  run: (action) => action(),
  recordLateFailure() {},
  hold() {},
  release() {},
  onChange() {},
  close() {},
}

function routeTo(engine: EngineName): Route {
  return {
    plan: () => ({ first: engine, fallback: undefined, state: 'pinned' }),
    report() {},
    failOver: () => false,
    pin() {},
    unpin() {},
    state: 'pinned',
    serving: engine,
    onChange() {},
  }
}
