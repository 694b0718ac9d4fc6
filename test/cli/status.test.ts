import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engagedAtMs, halt, haltgate, healthy, startFakeGateway, state } from './fake-gateway.ts'

let gateway: Awaited<ReturnType<typeof startFakeGateway>>
beforeEach(async () => {
  gateway = await startFakeGateway()
})
afterEach(() => gateway.close())

const status = (document: unknown, more: Parameters<typeof haltgate>[1] = {}, ...options: string[]) => {
  gateway.answer('GET /state', 200, document)
  return haltgate(['status', '--data-dir', gateway.dataDir, ...options], more)
}
const firstLine = (text: string) => text.split('\n')[0]
const suspended = { ...healthy, suspended: { since: engagedAtMs, why: 'lease' }, leaseAgeMs: 12_000 }

const breach = {
  level: 'critical',
  threshold: 'error-rate-critical',
  signal: 'error-rate',
  engine: 'primary',
  value: 0.0231,
  limit: { kind: 'above', value: 0.01 },
  startedAtMs: engagedAtMs,
}

describe('haltgate status', () => {
  it('says first that AI replies are ON, and exits 0', async () => {
    const { exitCode, stdout } = await status(state)
    expect([exitCode, firstLine(stdout)]).toEqual([0, 'AI replies are ON.'])
  })

  it('says first that AI replies are HALTED, for whom and how long, and exits 10', async () => {
    const { exitCode, stdout } = await status({ ...state, replies: 'halted', halts: [halt] })
    expect([exitCode, firstLine(stdout)]).toEqual([10, 'AI replies are HALTED for everyone, for 12 min.'])
    expect(stdout).toContain('replies encourage self-harm')
    expect(stdout).toContain('haltgate halts ID --clearance')
  })

  it('names the scopes when not everyone is halted', async () => {
    const halts = [
      { ...halt, scope: 'tenant:acme' },
      { ...halt, id: '01halt2', scope: 'engine:backup' },
    ]
    const { stdout } = await status({ ...state, replies: 'halted', halts })
    expect(firstLine(stdout)).toBe('AI replies are HALTED for tenant acme, engine backup, for 12 min.')
  })

  it('counts a halt of an unknown engine as one for everyone', async () => {
    const halts = [{ ...halt, scope: 'engine:primry' }]
    const { stdout } = await status({ ...state, replies: 'halted', halts })
    expect(firstLine(stdout)).toBe('AI replies are HALTED for everyone, for 12 min.')
  })

  it.each([
    ['lease', 'It resumes by itself'],
    ['unknown-store', 'haltgate init'],
  ])(
    'says first that AI replies are SUSPENDED, why (%s) and what ends it, and exits 11',
    async (why, next) => {
      const health = { ...suspended, suspended: { since: engagedAtMs, why } }
      const { exitCode, stdout } = await status({ ...state, replies: 'suspended', health })
      expect(exitCode).toBe(11)
      expect(firstLine(stdout)).toMatch(/^AI replies are SUSPENDED on this gateway, for 12 min:/)
      expect(firstLine(stdout)).toContain(next)
    },
  )

  it('hides neither a suspension behind a halt nor changes that are not acknowledged nor a drill clock', async () => {
    const { stdout } = await status({
      ...state,
      replies: 'halted',
      halts: [halt],
      health: { ...suspended, unacknowledged: 2 },
      timeScale: 60,
    })
    expect(stdout).toContain('It is also suspended')
    expect(stdout).toContain('2 change(s) are enforced here and NOT ACKNOWLEDGED')
    expect(stdout).toContain('DRILL CLOCK')
  })

  it('shows engines with their signals in units, breaches, incidents, warnings and the time twice', async () => {
    const { stdout } = await status({
      ...state,
      breaches: [breach, { weather: { rain: true } }],
      incidents: { open: 2, highest: 'P0' },
      warnings: ['no backup engine'],
    })
    expect(stdout).toMatch(/^primary +active +closed +2026-11-18 +https:\/\/engine\.internal/m)
    expect(stdout).toContain('250 in 5 min, errors 0.4 %, first byte p50 210 ms p95 820 ms')
    expect(stdout).toMatch(
      /^critical +error-rate-critical +primary +2\.31 % \(limit 1 %\), since 2026-11-20 14:03:12 CET/m,
    )
    expect(stdout).toContain('weather rain true')
    expect(stdout).toContain('2 open, highest P0')
    expect(stdout).toContain('no backup engine')
    expect(stdout).toContain('2026-11-20 14:15:12 CET (13:15:12 UTC)')
  })

  it('shows colour on a terminal only, and never with NO_COLOR', async () => {
    const colour = '\u001b['
    expect((await status(state)).stdout).not.toContain(colour)
    expect((await status(state, { isTTY: true })).stdout).toContain(colour)
    expect((await status(state, { isTTY: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(colour)
  })

  it('lets no text from outside steer the terminal', async () => {
    const reason = 'calm\u001b[2J\u001b]0;owned\u0007\r\ndown\u202e'
    const { stdout } = await status(
      { ...state, replies: 'halted', halts: [{ ...halt, reason }] },
      { isTTY: true },
    )
    expect(stdout).not.toContain('\u001b[2J')
    for (const character of ['\u0007', '\r', '\u202e']) expect(stdout).not.toContain(character)
    expect(stdout).toContain('down')
  })

  it("prints the API's document with --json and keeps the exit code", async () => {
    const document = { ...state, replies: 'halted', halts: [halt], future: true }
    const { exitCode, stdout } = await status(document, {}, '--json')
    expect(exitCode).toBe(10)
    expect(JSON.parse(stdout)).toEqual(document)
  })

  it('never says ON when it does not understand the answer', async () => {
    for (const replies of ['dimmed', undefined]) {
      const { exitCode, stdout, stderr } = await status({ ...state, replies })
      expect([exitCode, stdout]).toEqual([1, ''])
      expect(stderr).toContain('does not understand')
    }
  })
})
