import { expect } from 'vitest'
import { z } from 'zod'
import type { GatewayProcess } from '../../servers/gateway.ts'
import { nowMs } from './stamping-engine.ts'

/** A halt as its operator knows it. */
export interface EngagedHalt {
  id: string
  status: number
  acknowledged: boolean
  sentAtMs: number
  /** When the operator had the answer. */
  answeredAtMs: number
}

const HaltView = z.object({
  id: z.string(),
  scope: z.string(),
  state: z.enum(['engaged', 'cleared']),
  acknowledged: z.boolean(),
})
export type HaltView = z.infer<typeof HaltView>

const Changed = z.object({ halt: HaltView, acknowledged: z.boolean(), missing: z.string().optional() })
const Halts = z.object({ halts: z.array(HaltView) })
const Incidents = z.object({
  incidents: z.array(z.object({ id: z.string(), haltId: z.string().nullable() })),
})
const Health = z.object({
  replies: z.string(),
  health: z.object({ unacknowledged: z.number(), storeErrors: z.number() }),
})

export async function engage(gateway: GatewayProcess, scope = 'all'): Promise<EngagedHalt> {
  const sentAtMs = nowMs()
  const { status, body } = await gateway.admin('POST', '/halts', {
    scope,
    cause: 'drill',
    reason: 'a fault test',
  })
  const answeredAtMs = nowMs()
  const { halt, acknowledged } = Changed.parse(body)
  return { id: halt.id, status, acknowledged, sentAtMs, answeredAtMs }
}

/** Engages a halt that must be acknowledged. */
export async function engageDurably(gateway: GatewayProcess, scope = 'all'): Promise<EngagedHalt> {
  const halt = await engage(gateway, scope)
  expect(halt).toMatchObject({ status: 201, acknowledged: true })
  return halt
}

/** Answers with the HTTP status: 200 cleared, 404 not known there yet, 409 somebody else was first. */
export async function clear(gateway: GatewayProcess, haltId: string): Promise<number> {
  const { status } = await gateway.admin('POST', `/halts/${haltId}/clear`, { reason: 'a fault test is over' })
  return status
}

export async function halts(gateway: GatewayProcess): Promise<HaltView[]> {
  const { body } = await gateway.admin('GET', '/halts')
  return Halts.parse(body).halts
}

export async function health(gateway: GatewayProcess): Promise<z.infer<typeof Health>['health']> {
  const { body } = await gateway.admin('GET', '/state')
  return Health.parse(body).health
}

/** How many incidents there are of a halt; `undefined` while the records cannot be read. */
export async function incidentsOf(gateway: GatewayProcess, haltId: string): Promise<number | undefined> {
  const { status, body } = await gateway.admin('GET', '/incidents?status=all&limit=200')
  if (status !== 200) return undefined
  return Incidents.parse(body).incidents.filter((incident) => incident.haltId === haltId).length
}
