import { readFileSync } from 'node:fs'
import { type Agent, request } from 'node:http'
import { z } from 'zod'
import { type GatewayProcess, startGatewayProcess } from '../../servers/gateway.ts'
import { until } from '../../servers/redis.ts'
import { leaseMs } from './gateways.ts'
import type { StampingEngine } from './stamping-engine.ts'

const State = z.object({
  workers: z.object({ count: z.number(), listening: z.number(), restarts: z.number() }),
})

/** A gateway whose traffic is served by `workers` processes; all of them serve when it resolves. */
export function startWithWorkers(options: {
  engines: Record<string, unknown>
  workers?: number
  stores?: Record<string, unknown>
  dataDir?: string
  leaseMs?: number
}): Promise<GatewayProcess> {
  return startGatewayProcess(
    {
      traffic: { listen: '127.0.0.1:0', workers: options.workers ?? 2 },
      stores: options.stores ?? {},
      engines: options.engines,
      policy: { haltLeaseMs: options.leaseMs ?? leaseMs },
    },
    options.dataDir === undefined ? {} : { dataDir: options.dataDir },
  )
}

export const primaryOnly = ({ url }: StampingEngine) => ({ primary: { url } })

export async function workersOf(gateway: GatewayProcess): Promise<z.infer<typeof State>['workers']> {
  return State.parse((await gateway.admin('GET', '/state')).body).workers
}

/** The processes that serve, oldest first. */
export function workerPids({ pid }: Pick<GatewayProcess, 'pid'>): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map(Number)
}

export async function untilAllServe(gateway: GatewayProcess): Promise<void> {
  await until(
    'all workers to serve',
    async () => {
      const { count, listening } = await workersOf(gateway)
      return listening === count
    },
    30_000,
  )
}

/** The kernel's letter for the state of a process, T is stopped and Z ended; `undefined` when there is none. */
export function stateOf(pid: number): string | undefined {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

export const isAlive = (pid: number) => ![undefined, 'Z', 'X'].includes(stateOf(pid))

/** One exchange, on a connection of its own unless an agent keeps one, so that the workers answer in turn. Rejects when there is no answer. */
export function askAfresh(
  gateway: Pick<GatewayProcess, 'traffic'>,
  content = 'hello',
  headers: Record<string, string> = {},
  agent: Agent | false = false,
): Promise<{ status: number; engine: string | undefined; mark: string; text: string }> {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
  return new Promise((resolve, reject) => {
    const asked = request(
      `${gateway.traffic}/v1/chat/completions`,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.once('error', reject)
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            engine: response.headers['x-haltgate-engine']?.toString(),
            mark: response.headers['x-haltgate']?.toString() ?? '',
            text,
          }),
        )
      },
    )
    asked.setTimeout(5_000, () => asked.destroy(new Error('no answer within 5 s')))
    asked.once('error', reject)
    asked.end(body)
  })
}
