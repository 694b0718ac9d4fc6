import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import worker from '../../src/worker.ts'

afterEach(() => vi.restoreAllMocks())

it('sends nothing to any engine while its configuration cannot be used, and says in the log what is wrong', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  const config = JSON.stringify({ engines: { primary: { url: env.ENGINE_URL } }, policy: { haltLeaseMS: 1 } })
  for (const path of ['/v1/chat/completions', '/v1/models', '/readyz']) {
    const answer = await worker.fetch(new Request(`http://edge.test${path}`), {
      ...env,
      HALTGATE_CONFIG: config,
    })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(await answer.text()).not.toContain('haltLeaseMS')
  }
  expect(log.mock.calls.flat().join()).toContain('haltLeaseMS')
})
