import {
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Tracer } from './tracing.ts'

/**
 * Traces to an OTLP/HTTP collector: one server span and one client span per engine call, with the GenAI attributes of
 * the OpenTelemetry semantic conventions 1.45 (still experimental there). Never message text. Loaded only when a
 * collector is configured.
 */
export function createOtlpTracer(options: {
  endpoint: string
  serviceName: string
  version: string
}): Tracer {
  const exporter = new OTLPTraceExporter({ url: options.endpoint })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': options.version,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('haltgate', options.version)

  return {
    startExchange(traceparent, method, requestId) {
      const caller = parseTraceparent(traceparent)
      const parent = caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller)
      const attributes = { 'http.request.method': method, 'haltgate.request_id': requestId }
      const server = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent)
      const own = trace.setSpan(parent, server)
      return {
        startEngine(engine, given) {
          // Free text of the caller; only what looks like a model's name goes out.
          const model = given !== undefined && /^[\w.:/@-]{1,100}$/.test(given) ? given : undefined
          const span = tracer.startSpan(
            model === undefined ? 'chat' : `chat ${model}`,
            {
              kind: SpanKind.CLIENT,
              attributes: {
                'gen_ai.operation.name': 'chat',
                'gen_ai.provider.name': `haltgate.${engine}`,
                ...(model === undefined ? {} : { 'gen_ai.request.model': model }),
              },
            },
            own,
          )
          return {
            traceparent: formatTraceparent(span.spanContext()),
            firstByte: (afterMs) => span.setAttribute('gen_ai.response.time_to_first_chunk', afterMs / 1000),
            end: (outcome) => endSpan(span, outcome),
          }
        },
        end(status, outcome) {
          server.setAttribute('http.response.status_code', status)
          endSpan(server, outcome)
        },
      }
    },
    // The last spans are tried once, briefly: a collector that is away must not hold up or spoil the gateway's end.
    close: () => Promise.race([provider.shutdown().catch(() => {}), within(closeTimeoutMs)]),
  }
}

const closeTimeoutMs = 2_000

function within(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

function endSpan(span: Span, outcome: string) {
  span.setAttribute('haltgate.outcome', outcome)
  if (outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome })
  span.end()
}

/** W3C Trace Context, version 00; anything else starts a trace of our own. */
function parseTraceparent(header: string | undefined): SpanContext | undefined {
  const found = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? '')
  const [, traceId, spanId, flags] = found ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true }
}

function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
