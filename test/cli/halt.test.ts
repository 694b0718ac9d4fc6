import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { halt, haltgate, startFakeGateway } from './fake-gateway.ts'

let gateway: Awaited<ReturnType<typeof startFakeGateway>>
beforeEach(async () => {
  gateway = await startFakeGateway()
})
afterEach(() => gateway.close())

const here = () => ['--data-dir', gateway.dataDir]

describe('haltgate halt', () => {
  it('halts everyone by default, with the local key, and says that it is durable', async () => {
    gateway.answer('POST /halts', 201, { halt, acknowledged: true })
    const { exitCode, stdout, stderr } = await haltgate(['halt', '--reason', ' bad replies ', ...here()])
    expect(gateway.asked).toEqual([
      {
        method: 'POST',
        path: '/halts',
        authorization: 'Bearer hg_local-secret',
        body: { scope: 'all', cause: 'operator', reason: 'bad replies' },
      },
    ])
    expect(exitCode).toBe(0)
    expect(stdout.split('\n')[0]).toBe(
      'AI replies are HALTED for everyone. Acknowledged: the halt is durable.',
    )
    expect(stdout).toContain('haltgate halts 01halt0000000001 --clearance')
    expect(stdout).toContain('2026-11-20 14:03:12 CET (13:03:12 UTC)')
    expect(stdout + stderr).not.toContain('hg_local-secret')
  })

  it.each([
    [['--engine', 'primary'], 'engine:primary'],
    [['--tenant', 'acme', '--cause', 'security'], 'tenant:acme'],
  ])('halts one scope: %j', async (options, scope) => {
    gateway.answer('POST /halts', 201, { halt: { ...halt, scope }, acknowledged: true })
    const { stdout } = await haltgate(['halt', '--reason', 'test', ...options, ...here()])
    expect(gateway.asked[0]?.body).toMatchObject({ scope })
    expect(stdout).toContain(`HALTED for ${scope.replace(':', ' ')}.`)
  })

  it('says that a halt of an engine nobody knows reaches everyone', async () => {
    gateway.answer('POST /halts', 201, { halt: { ...halt, scope: 'engine:primry' }, acknowledged: true })
    const { stdout } = await haltgate(['halt', '--reason', 'test', '--engine', 'primry', ...here()])
    expect(stdout).toContain('HALTED for everyone (there is no engine primry)')
  })

  it('exits 4 and says what is missing when the halt is enforced but not durable', async () => {
    gateway.answer('POST /halts', 202, {
      halt: { ...halt, acknowledged: false },
      acknowledged: false,
      missing: '1 of 2 Redis nodes',
    })
    const { exitCode, stdout } = await haltgate(['halt', '--reason', 'test', ...here()])
    expect(exitCode).toBe(4)
    expect(stdout).toMatch(
      /^AI replies are HALTED for everyone on this gateway, NOT ACKNOWLEDGED: 1 of 2 Redis nodes\./,
    )
    expect(stdout).toContain('halt through another gateway')
  })

  it("prints the API's document, and nothing else, with --json", async () => {
    const document = { halt: { ...halt, future: 1 }, acknowledged: true }
    gateway.answer('POST /halts', 201, document)
    const { stdout, stderr } = await haltgate(['halt', '--reason', 'test', '--json', ...here()])
    expect(JSON.parse(stdout)).toEqual(document)
    expect(stderr).toBe('')
  })

  it('says NOT HALTED and how to stop replies otherwise when no gateway answers', async () => {
    await gateway.close()
    gateway = await startFakeGateway()
    const env = { HALTGATE_URL: 'http://127.0.0.1:9', HALTGATE_KEY: 'k' }
    const { exitCode, stderr } = await haltgate(['halt', '--reason', 'test'], {
      env,
      fetch: () => Promise.reject(refused()),
    })
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(
      /^haltgate: NOT HALTED: no gateway answers at http:\/\/127\.0\.0\.1:9 \(ECONNREFUSED/,
    )
    expect(stderr).toContain('stop this gateway or the engine itself')
  })

  it.each([
    ['a time limit', Object.assign(new Error('x'), { name: 'TimeoutError' })],
    ['a broken connection', new TypeError('fetch failed', { cause: coded('ECONNRESET') })],
  ])('says that the outcome is not known after %s', async (_, failure) => {
    const { exitCode, stderr } = await haltgate(['halt', '--reason', 'test', ...here()], {
      fetch: () => Promise.reject(failure),
    })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('IT IS NOT KNOWN whether the halt was taken')
    expect(stderr).toContain('Run the same command again')
  })

  it('says that the outcome is not known when the gateway itself fails', async () => {
    gateway.answer('POST /halts', 500, { error: { code: 'internal', message: 'internal error' } })
    const { exitCode, stderr } = await haltgate(['halt', '--reason', 'test', ...here()])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('IT IS NOT KNOWN')])
  })

  it('says which role is missing', async () => {
    gateway.answer('POST /halts', 403, {
      error: { code: 'forbidden', message: 'not allowed', requestId: 'r1', missing: ['operator'] },
    })
    const { exitCode, stderr, stdout } = await haltgate(['halt', '--reason', 'test', '--json', ...here()])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('NOT HALTED: not allowed. Missing: operator. (request r1)')
    expect(stderr).toContain('haltgate keys create')
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'forbidden' } })
  })

  it.each([
    [['halt']],
    [['halt', '--reason', '  no ']],
    [['halt', '--reason', 'test', '--cause', 'boredom']],
    [['halt', '--reason', 'test', '--engine', 'primary', '--tenant', 'acme']],
    [['halt', '--reason', 'test', '--tenant', 'two words']],
    [['halt', '--reason', 'test', 'everything']],
  ])('exits 2 and asks nothing of the gateway for %j', async (argv) => {
    const { exitCode, stderr } = await haltgate([...argv, ...here()])
    expect(exitCode).toBe(2)
    expect(stderr).not.toBe('')
    expect(gateway.asked).toEqual([])
  })
})

describe('haltgate clear', () => {
  const cleared = {
    ...halt,
    state: 'cleared',
    clearedBy: 'ben',
    clearedAtMs: halt.engagedAtMs + 754_000,
    clearedReason: 'rolled back',
  }

  it('clears by a beginning of the id and points at status', async () => {
    gateway.answer('POST /halts/01ha/clear', 200, { halt: cleared, acknowledged: true })
    const { exitCode, stdout } = await haltgate(['clear', '01ha', '--reason', 'rolled back', ...here()])
    expect(gateway.asked[0]?.body).toEqual({ reason: 'rolled back' })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^The halt of AI replies for everyone is cleared after 12 min\./)
    expect(stdout).toContain('haltgate status')
  })

  it('exits 4 when the clearing is not yet durable', async () => {
    gateway.answer('POST /halts/01ha/clear', 202, {
      halt: cleared,
      acknowledged: false,
      missing: ['redis-2'],
    })
    const { exitCode, stdout } = await haltgate(['clear', '01ha', '--reason', 'test', ...here()])
    expect([exitCode, stdout]).toEqual([4, expect.stringContaining('NOT ACKNOWLEDGED: redis-2')])
  })

  it('never calls a halt cleared that still waits for something', async () => {
    gateway.answer('POST /halts/01ha/clear', 200, { halt, acknowledged: true })
    const { stdout } = await haltgate(['clear', '01ha', '--reason', 'test', ...here()])
    expect(stdout).toMatch(/^The halt of AI replies for everyone is still engaged\./)
  })

  it('passes on why it was refused', async () => {
    const error = { code: 'conflict', message: 'this halt is already cleared', requestId: 'r2' }
    gateway.answer('POST /halts/01ha/clear', 409, { error })
    const { exitCode, stderr } = await haltgate(['clear', '01ha', '--reason', 'test', ...here()])
    expect([exitCode, stderr]).toEqual([1, 'haltgate: this halt is already cleared. (request r2)\n'])
  })

  it('keeps what was typed inside one path segment', async () => {
    await haltgate(['clear', '../keys?x', '--reason', 'test', ...here()])
    expect(gateway.asked[0]?.path).toBe('/halts/..%2Fkeys%3Fx/clear')
  })
})

describe('haltgate halts', () => {
  it('lists the engaged ones in an aligned table', async () => {
    gateway.answer('GET /halts?state=engaged', 200, {
      halts: [halt, { ...halt, id: '01halt2', scope: 'tenant:acme', acknowledged: false }],
    })
    const { exitCode, stdout } = await haltgate(['halts', ...here()])
    const [head = '', first = '', second = ''] = stdout.split('\n')
    expect(exitCode).toBe(0)
    expect(first.indexOf('all')).toBe(head.indexOf('SCOPE'))
    expect(second.indexOf('tenant:acme')).toBe(head.indexOf('SCOPE'))
    expect(second).toContain('NOT YET')
  })

  it('says so when there are none', async () => {
    gateway.answer('GET /halts?state=engaged', 200, { halts: [] })
    expect((await haltgate(['halts', ...here()])).stdout).toMatch(/^No engaged halts\./)
  })

  it('shows one with its end', async () => {
    const one = {
      ...halt,
      state: 'cleared',
      clearedBy: 'ben',
      clearedAtMs: halt.engagedAtMs + 60_000,
      clearedReason: 'ok',
    }
    for (const document of [one, { halt: one }]) {
      gateway.answer('GET /halts/01ha', 200, document)
      const { stdout } = await haltgate(['halts', '01ha', ...here()])
      expect(stdout).toMatch(/^halt {7}01halt0000000001$/m)
      expect(stdout).toMatch(/^cleared .*14:04:12 CET \(13:04:12 UTC\) by ben$/m)
    }
  })
})

function coded(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function refused(): TypeError {
  return new TypeError('fetch failed', { cause: coded('ECONNREFUSED') })
}
