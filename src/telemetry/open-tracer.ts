import type { Config } from '../config/schema.ts'
import { noTracer, type Tracer } from './tracing.ts'

/** The tracer that the configuration asks for. OpenTelemetry is loaded only where there is a collector. */
export async function openTracer({ telemetry }: Pick<Config, 'telemetry'>, version: string): Promise<Tracer> {
  const { otlpEndpoint, serviceName } = telemetry
  if (otlpEndpoint === undefined) return noTracer
  const { createOtlpTracer } = await import('./otlp.ts')
  return createOtlpTracer({ endpoint: otlpEndpoint, serviceName, version })
}
