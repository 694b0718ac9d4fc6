import { getPath } from 'hono/utils/url'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracer } from '../telemetry/tracing.ts'
import type { Caller, LiveExchange } from './live-exchange.ts'
import { headerOf, type Platform } from './platform.ts'

/** First step: gives the exchange its id, and measures it to its end, a running stream included. */
export function measure(parts: {
  metrics: Metrics
  tracer: Tracer
  logger: Logger
  clock: Clock
  platform: Platform
}): (caller: Caller) => LiveExchange {
  const { metrics, tracer, logger, clock, platform } = parts
  const newRequestId = requestIds()
  return function measure({ request, env }) {
    const headers = platform.headers(env) ?? request.headers
    const requestId = givenRequestId(headerOf(headers, 'x-request-id')) ?? newRequestId()
    const { method, url } = request
    const startedMs = clock.monotonicMs()
    metrics.openExchanges.inc()

    const exchange: LiveExchange = {
      requestId,
      method,
      path: getPath(request),
      pathAndQuery: pathAndQueryOf(url),
      headers,
      startedMs,
      who: {},
      span: tracer.startExchange(headerOf(headers, 'traceparent'), method, requestId),
      finish: once((outcome, status, code) => {
        const endedMs = clock.monotonicMs()
        const { engine = 'none', form } = exchange
        metrics.openExchanges.dec()
        metrics.exchanges.inc({ engine, form, outcome })
        metrics.exchangeSeconds.record(form, (endedMs - startedMs) / 1000)
        exchange.span.end(status, outcome)
        const fields = {
          requestId,
          engine,
          form,
          outcome,
          status,
          code,
          totalMs: Math.round(endedMs - startedMs),
        }
        if (outcome === 'ok') logger.debug(fields, 'exchange')
        else logger.info(fields, 'exchange')
      }),
      readMs: startedMs,
      body: undefined,
      open: false,
      conversation: undefined,
      screening: undefined,
      notes: undefined,
      acknowledged: undefined,
      plan: { first: 'primary', fallback: undefined, state: 'primary' },
      engine: undefined,
      engineCall: undefined,
      form: 'unread',
    }
    return exchange
  }
}

/** Without a fragment, which has no place in a request: `path` ends before it, and the engine must see the same. */
function pathAndQueryOf(url: string): string {
  const fragment = url.indexOf('#')
  return url.slice(url.indexOf('/', url.indexOf('://') + 3), fragment === -1 ? undefined : fragment)
}

/** Ids in the form of a UUID: random for this gateway, counted for the request, which costs less than chance. */
function requestIds(): () => string {
  let prefix: string | undefined
  let count = 0
  return () => {
    // Not before the first request: Workers give no chance outside of one.
    prefix ??= crypto.randomUUID().slice(0, 24)
    return prefix + (++count).toString(16).padStart(12, '0')
  }
}

/** A caller's own id is kept when it is short and plain, so that it can go into headers and logs. */
function givenRequestId(header: string | undefined): string | undefined {
  return header !== undefined && /^[\w.-]{8,64}$/.test(header) ? header : undefined
}

function once(finish: LiveExchange['finish']): LiveExchange['finish'] {
  let finished = false
  return (outcome, status, code) => {
    if (finished) return
    finished = true
    finish(outcome, status, code)
  }
}
