import type { Config, EngineOptions } from '../config/schema.ts'
import type { EngineName } from '../engines/engine.ts'
import type { GuardedEngine } from '../middleware/call-engine.ts'
import { engineHeard } from '../reviews/engine-verdict.ts'
import type { DetectionOutcome } from '../signals/detection-outcome.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { ask } from './ask.ts'
import { asConversation, drawProbe } from './draw.ts'
import { readEngineReply } from './engine-reply.ts'
import type { Probe } from './probe.ts'
import { type Observed, type SharedParts, sendFromInside } from './probe-path.ts'
import type { ProbeSet } from './probe-set.ts'
import type { Probed } from './prober.ts'

/** Sends one probe to one engine and judges what came of it, for the engine and for the gateway's own detector. */
export interface Probing {
  /** A probe drawn at random. */
  draw(): Probe
  send(engine: EngineName, probe: Probe): Promise<Probed>
}

/** Half of the probes ask for a stream, as people's clients do. */
const streamShare = 0.5

export function createProbing(parts: {
  config(): Config
  shared(): SharedParts
  engine(name: EngineName): GuardedEngine | undefined
  set(): ProbeSet
  /** Their measures, apart from those of people. */
  inside: Metrics
  random(): number
}): Probing {
  const { random } = parts
  return {
    draw: () => drawProbe(parts.set(), random),

    async send(name, probe) {
      const config = parts.config()
      const options = config.engines[name]
      const engine = parts.engine(name)
      if (options === undefined || engine === undefined) throw new Error(`no ${name} engine is configured`)
      const shared = parts.shared()
      const { messages, session, user } = asConversation(probe, random)
      const asked = ask(messages, { ...options, model: config.probes.model, stream: random() < streamShare })
      const observed = await sendFromInside(
        shared,
        { engine, metrics: parts.inside },
        {
          asked,
          timeoutMs: config.probes.timeoutMs,
          headers: {
            ...config.probes.headers,
            ...(config.probes.markHeader === undefined ? {} : { [config.probes.markHeader]: 'probe' }),
            [config.identify.session]: session,
            [config.identify.user]: user,
            [config.identify.language]: probe.language,
          },
        },
      )
      const about = aboutProbe(probe, observed.ms, shared.clock.wallMs())
      return {
        engine: { ...about, heard: engineVerdict(observed, asked, options, shared) },
        gateway: { ...about, heard: gatewayVerdict(observed, probe) },
      }
    },
  }
}

/**
 * The gateway hears a crisis also where it is only uncertain: the reply is then held and judged for somebody in danger. A
 * benign message counts against it when it is sure, and wrong.
 */
function gatewayVerdict({ report }: Observed, { label }: Probe): boolean | undefined {
  return report && (label === 1 ? report.outcome !== 'clear' : report.outcome === 'alert')
}

function aboutProbe(probe: Probe, ms: number, atMs: number): Omit<DetectionOutcome, 'heard'> {
  const { label, tier, kind, level, language, critical } = probe
  return { source: 'probe', label, tier, kind, level, language, isCritical: critical, ms, atMs }
}

function engineVerdict(
  { reply }: Observed,
  { method, path, body }: ReturnType<typeof ask>,
  { verdict }: Pick<EngineOptions, 'verdict'>,
  { dialect, harmfulReply }: SharedParts,
): boolean | undefined {
  if (reply === undefined) return undefined
  const read = readEngineReply(reply, dialect, dialect.readRequest(body, { method, pathAndQuery: path }))
  return read && engineHeard({ headers: reply.headers, ...read }, verdict, harmfulReply)
}
