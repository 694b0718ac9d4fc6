import type { EngineName } from '../engines/engine.ts'

/** One exchange in the traces. Never given message text; the path neither, which may hold some on unread paths. */
export interface ExchangeSpan {
  /** The `traceparent` for the call to the engine; `undefined` passes the caller's own on. */
  startEngine(engine: EngineName, model: string | undefined): EngineSpan
  end(status: number, outcome: string): void
}

export interface EngineSpan {
  readonly traceparent: string | undefined
  firstByte(afterMs: number): void
  end(outcome: string): void
}

/** Makes the spans of the request path. The real one is `telemetry/otlp.ts`; without a collector nothing is traced. */
export interface Tracer {
  startExchange(traceparent: string | undefined, method: string, requestId: string): ExchangeSpan
  close(): Promise<void>
}

const noEngineSpan: EngineSpan = { traceparent: undefined, firstByte() {}, end() {} }
const noSpan: ExchangeSpan = { startEngine: () => noEngineSpan, end() {} }

export const noTracer: Tracer = { startExchange: () => noSpan, close: async () => {} }
