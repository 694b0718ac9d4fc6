import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { halt, haltgate, startFakeGateway } from './fake-gateway.ts'

let gateway: Awaited<ReturnType<typeof startFakeGateway>>
beforeEach(async () => {
  gateway = await startFakeGateway()
})
afterEach(() => gateway.close())

const here = () => ['--data-dir', gateway.dataDir]
const attempt = {
  validationId: 'halt-valid',
  attempt: 1,
  atMs: halt.engagedAtMs,
  by: 'olaf',
  author: 'eva',
  proof: 'probe-run',
  passed: true,
  counts: true,
  runHash: '3fa4c1d2e5f60718',
  engineVersion: '2026-11-18',
  facts: { recall: 0.992, recallLower: 0.958, positives: 120 },
  reason: 'rolled back',
}
const waiting = {
  haltId: halt.id,
  cause: 'crisis-detection',
  scope: 'all',
  state: 'awaiting-approval',
  proof: 'probe-run',
  attempts: [attempt],
  approvals: [
    {
      approvalId: 'halt-appr1',
      by: 'grace',
      role: 'clinical',
      atMs: halt.engagedAtMs,
      expiresAtMs: halt.engagedAtMs + 1_800_000,
      holds: true,
    },
  ],
  share: 0,
  missing: ['an approval by a commander who is not the author'],
  next: 'haltgate approve 01halt0000000001 --reason "…"',
}
const fresh = { ...waiting, state: 'engaged', attempts: [], approvals: [], missing: ['a passed validation'] }

describe('haltgate halts ID --clearance', () => {
  it('shows attempts with their figures, approvals with their end, what is missing and the next command', async () => {
    gateway.answer('GET /halts/01ha/clearance', 200, waiting)
    const { exitCode, stdout } = await haltgate(['halts', '01ha', '--clearance', ...here()])
    expect(exitCode).toBe(0)
    for (const part of [
      'awaiting approval',
      'an approval by a commander who is not the author',
      'haltgate approve 01halt0000000001',
      'recall 99.2 %, recallLower 95.8 %, positives 120',
      'grace',
    ])
      expect(stdout).toContain(part)
  })

  it('needs a halt', async () => {
    expect(await haltgate(['halts', '--clearance', ...here()])).toMatchObject({ exitCode: 2 })
    expect(gateway.asked).toEqual([])
  })
})

describe('haltgate validate', () => {
  const validate = (...more: string[]) =>
    haltgate(['validate', '01ha', '--author', 'eva', '--reason', 'rolled back', ...more, ...here()])

  it.each([
    ['passed', attempt, 0],
    ['FAILED', { ...attempt, passed: false, counts: false }, 1],
  ])('waits for the end of the run and says that it %s', async (word, one, code) => {
    gateway.answer('POST /halts/01ha/validations', 202, { clearance: fresh, runId: 'run-1', total: 240 })
    gateway.answer('GET /halts/01ha/clearance', 200, { ...waiting, attempts: [one] })
    const { exitCode, stdout } = await validate()
    expect([exitCode, stdout]).toEqual([code, expect.stringContaining(word)])
    expect(gateway.asked[0]?.body).toEqual({ author: 'eva', reason: 'rolled back' })
  })

  it('says so when the run ended without a result', async () => {
    gateway.answer('POST /halts/01ha/validations', 202, { clearance: fresh, runId: 'run-1', total: 240 })
    gateway.answer('GET /halts/01ha/clearance', 200, fresh)
    expect(await validate()).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('without a result'),
    })
  })

  it('does not wait when it is told so', async () => {
    gateway.answer('POST /halts/01ha/validations', 202, { clearance: fresh, runId: 'run-1', total: 240 })
    const { exitCode, stdout } = await validate('--no-wait')
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('240 probes has begun')])
    expect(gateway.asked).toHaveLength(1)
  })

  it('passes on what a person vouches for', async () => {
    gateway.answer('POST /halts/01ha/validations', 201, { clearance: waiting, acknowledged: true })
    const { exitCode } = await validate('--reviewed', '120', '--statement', 'none harmful')
    expect(exitCode).toBe(0)
    expect(gateway.asked[0]?.body).toMatchObject({ reviewed: 120, statement: 'none harmful' })
  })

  it('says what is missing to repeat', async () => {
    gateway.answer('POST /halts/01ha/validations', 409, {
      error: { code: 'conflict', message: 'attempt 1 failed', missing: ['a new engine version'] },
    })
    expect(await validate()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Missing: a new engine version.'),
    })
  })

  it.each([[['--reviewed', 'many']], [['--reviewed', '0']]])('exits 2 for %j', async (more) => {
    expect((await validate(...more)).exitCode).toBe(2)
    expect(gateway.asked).toEqual([])
  })
})

describe('haltgate approve', () => {
  const approve = (...more: string[]) =>
    haltgate(['approve', '01ha', '--reason', 'figures read', ...more, ...here()])

  it('shows the figures first, then approves exactly what was shown', async () => {
    gateway.answer('GET /halts/01ha/clearance', 200, waiting)
    const ramping = { ...waiting, state: 'ramping', share: 0.1, missing: ['the rest of the ramp'] }
    gateway.answer('POST /halts/01ha/approvals', 201, { clearance: ramping, acknowledged: true })
    const { exitCode, stdout } = await approve('--run', '3fa4c1')
    expect(exitCode).toBe(0)
    expect(gateway.asked.map(({ method }) => method)).toEqual(['GET', 'POST'])
    expect(gateway.asked[1]?.body).toEqual({
      reason: 'figures read',
      runHash: attempt.runHash,
      engineVersion: attempt.engineVersion,
    })
    expect(stdout.indexOf('recall 99.2 %')).toBeLessThan(stdout.indexOf('Approved'))
    expect(stdout).toContain('The ramp has begun')
    expect(stdout).toContain('ramping, 10 % of sessions')
  })

  it('approves nothing when another run counts', async () => {
    gateway.answer('GET /halts/01ha/clearance', 200, waiting)
    const { exitCode, stderr } = await approve('--run', 'ffff')
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('NOT approved')])
    expect(gateway.asked).toHaveLength(1)
  })

  it('says which role somebody with both stands for', async () => {
    gateway.answer('GET /halts/01ha/clearance', 200, waiting)
    gateway.answer('POST /halts/01ha/approvals', 202, {
      clearance: waiting,
      acknowledged: false,
      missing: 'redis-2',
    })
    const { exitCode, stdout } = await approve('--as', 'commander')
    expect(gateway.asked[1]?.body).toMatchObject({ role: 'commander' })
    expect([exitCode, stdout]).toEqual([4, expect.stringContaining('NOT ACKNOWLEDGED: redis-2')])
  })

  it('prints one document with --json', async () => {
    gateway.answer('GET /halts/01ha/clearance', 200, waiting)
    gateway.answer('POST /halts/01ha/approvals', 201, { clearance: waiting, acknowledged: true })
    expect(JSON.parse((await approve('--json')).stdout)).toMatchObject({ acknowledged: true })
  })
})

describe('haltgate clear', () => {
  it('breaks the glass only when it is told so in full', async () => {
    gateway.answer('POST /halts/01ha/clear', 200, { halt: { ...halt, state: 'cleared' }, acknowledged: true })
    await haltgate(['clear', '01ha', '--reason', 'nobody answers', ...here()])
    await haltgate(['clear', '01ha', '--break-glass', '--reason', 'nobody answers', ...here()])
    expect(gateway.asked.map(({ body }) => body)).toEqual([
      { reason: 'nobody answers' },
      { reason: 'nobody answers', breakGlass: true },
    ])
  })
})
