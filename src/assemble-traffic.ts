import type { createDetectors } from './assemble-listening.ts'
import { createRemotes } from './assemble-listening.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/schema.ts'
import { createDialect } from './dialects/index.ts'
import type { Logger } from './logger.ts'
import type { SharedParts } from './probes/probe-path.ts'
import { createCrisisLines } from './safe-reply/crisis-lines.ts'
import { createSafeReplies } from './safe-reply/safe-reply.ts'
import { createTraffic, type TrafficParts } from './traffic.ts'

/** The request path of a configuration, over the live parts of one process. */
export function assembleTraffic(
  next: Config,
  parts: Pick<
    TrafficParts,
    'engines' | 'route' | 'halt' | 'signals' | 'metrics' | 'tracer' | 'platform' | 'recorder' | 'reviews'
  > & { detectors: ReturnType<typeof createDetectors>; clock: Clock; logger: Logger },
) {
  const { detectors, clock, logger } = parts
  const { primary } = next.engines
  const lines = createCrisisLines({ useUnchecked: next.policy.useUncheckedCrisisLines })
  const remote = createRemotes(next, { clock, logger })
  // What exchanges from inside share with those of people.
  const shared: SharedParts = {
    dialect: createDialect(primary?.dialect ?? 'openai-chat', primary?.genericJson ?? {}),
    identify: next.identify,
    singleCountry: next.identify.singleCountry,
    maxBodyBytes: next.traffic.maxBodyBytes,
    safeReplies: createSafeReplies({ lines }),
    policy: next.policy,
    clock,
    crisis: detectors.crisis,
    harmfulReply: detectors.harmfulReply,
  }
  const app = createTraffic({
    ...shared,
    openPaths: next.traffic.openPaths,
    engines: parts.engines,
    route: parts.route,
    halt: parts.halt,
    signals: parts.signals,
    metrics: parts.metrics,
    tracer: parts.tracer,
    logger,
    platform: parts.platform,
    linesGiven: detectors.linesGiven,
    recentCrises: detectors.recentCrises,
    remote,
    recorder: parts.recorder,
    reviews: parts.reviews,
  })
  return { app, lines, remote, shared }
}
