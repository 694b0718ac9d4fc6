import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

/** A span as the collector got it, attributes as plain values. */
export interface ReceivedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId: string | undefined
  kind: 'server' | 'client' | 'other'
  attributes: Record<string, unknown>
  failed: boolean
}

/** A collector of traces over OTLP/HTTP with JSON; anything else is refused as a real one would. */
export interface OtlpCollector {
  /** For `telemetry.otlpEndpoint`. */
  readonly url: string
  readonly spans: ReceivedSpan[]
  /** All bodies as they came. */
  readonly received: string
  readonly resources: Record<string, unknown>[]
  close(): Promise<void>
}

const Value = z.looseObject({
  stringValue: z.string().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
})
const Attributes = z
  .array(z.object({ key: z.string(), value: Value }))
  .transform((list) =>
    Object.fromEntries(
      list.map(({ key, value }) => [
        key,
        value.stringValue ??
          (value.intValue === undefined ? undefined : Number(value.intValue)) ??
          value.doubleValue ??
          value.boolValue,
      ]),
    ),
  )
const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.looseObject({ attributes: Attributes }),
      scopeSpans: z.array(
        z.looseObject({
          spans: z.array(
            z.looseObject({
              name: z.string(),
              traceId: z.string().regex(/^[0-9a-f]{32}$/),
              spanId: z.string().regex(/^[0-9a-f]{16}$/),
              parentSpanId: z.string().optional(),
              kind: z.number(),
              attributes: Attributes,
              status: z.looseObject({ code: z.number().optional() }).optional(),
            }),
          ),
        }),
      ),
    }),
  ),
})

/** OTLP's numbers of the kinds that the gateway uses. */
const kinds: Record<number, ReceivedSpan['kind']> = { 2: 'server', 3: 'client' }

export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans: ReceivedSpan[] = []
  const resources: Record<string, unknown>[] = []
  let received = ''
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const body = Buffer.concat(pieces).toString()
    received += body
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json') {
      response.writeHead(415).end()
      return
    }
    for (const { resource, scopeSpans } of Export.parse(JSON.parse(body)).resourceSpans) {
      resources.push(resource.attributes)
      for (const span of scopeSpans.flatMap((scope) => scope.spans))
        spans.push({
          name: span.name,
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId,
          kind: kinds[span.kind] ?? 'other',
          attributes: span.attributes,
          failed: span.status?.code === 2,
        })
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans,
    resources,
    get received() {
      return received
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
