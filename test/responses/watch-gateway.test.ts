import { afterEach, beforeEach, expect, it } from 'vitest'
import type { EngineName } from '../../src/engines/engine.ts'
import type { OpenIncidentRequest } from '../../src/incidents/open.ts'
import { openIncidentOnOutage } from '../../src/responses/watch-gateway.ts'
import { type TrafficFixture, trafficFixture } from '../fixtures/traffic.ts'

let gateway: TrafficFixture
let opened: OpenIncidentRequest[]
beforeEach(async () => {
  gateway = await trafficFixture({ backup: true })
  opened = []
})
afterEach(() => gateway.close())

function trip(tripped: EngineName, pinned?: EngineName) {
  openIncidentOnOutage(gateway.engines, tripped, {
    pinned,
    openIncident: (request) => opened.push(request),
    actor: 'haltgate:test',
    timeScale: 1,
    clock: { monotonicMs: () => 0, wallMs: () => 1_000 },
  })
}

it('opens no incident for a tripped circuit while another engine stands ready', () => {
  gateway.engines.primary.breaker.hold()
  trip('primary')
  expect(opened).toEqual([])
})

it('opens a P0 when nothing is left', () => {
  gateway.engines.primary.breaker.hold()
  gateway.engines.backup?.breaker.hold()
  trip('backup')
  expect(opened).toMatchObject([{ severity: 'P0', scope: 'engine:backup' }])
})

it('opens a P0 when the pinned engine trips, for nothing takes over from it', () => {
  gateway.engines.primary.breaker.hold()
  trip('primary', 'primary')
  expect(opened).toMatchObject([{ severity: 'P0', scope: 'engine:primary' }])
})

it('opens no incident when an engine trips that the pinned one has replaced', () => {
  gateway.engines.primary.breaker.hold()
  trip('primary', 'backup')
  expect(opened).toEqual([])
})
