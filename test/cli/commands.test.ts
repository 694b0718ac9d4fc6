import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engagedAtMs, haltgate, startFakeGateway } from './fake-gateway.ts'

let gateway: Awaited<ReturnType<typeof startFakeGateway>>
beforeEach(async () => {
  gateway = await startFakeGateway()
})
afterEach(() => gateway.close())

const here = (...argv: string[]) => haltgate([...argv, '--data-dir', gateway.dataDir])

describe('haltgate incidents', () => {
  const incident = {
    id: '01inc1',
    title: 'AI replies halted',
    severity: 'P0',
    safety: 'critical',
    status: 'open',
    detectedAtMs: engagedAtMs,
    resolvedAtMs: null,
  }

  it('lists the open ones', async () => {
    gateway.answer('GET /incidents?status=open&limit=50', 200, { incidents: [incident] })
    const { exitCode, stdout } = await here('incidents')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /^01inc1 +P0 +critical +open +2026-11-20 14:03:12 CET \(13:03:12 UTC\) +AI replies halted$/m,
    )
  })

  it('asks for what it was told to', async () => {
    gateway.answer('GET /incidents?status=all&limit=7', 200, { incidents: [] })
    const { stdout } = await here('incidents', '--status', 'all', '--limit', '7')
    expect(stdout).toBe('No incidents.\n')
  })

  it('shows one with its events', async () => {
    gateway.answer('GET /incidents/01inc1', 200, {
      incident: { ...incident, status: 'resolved', resolvedAtMs: engagedAtMs + 5_400_000 },
      events: [{ seq: 1, atMs: engagedAtMs, actor: 'haltgate', type: 'opened', data: { halt: '01halt' } }],
    })
    const { stdout } = await here('incidents', '01inc1')
    expect(stdout).toMatch(/^AI replies halted\n/)
    expect(stdout).toMatch(/^resolved .*after 1 h 30 min$/m)
    expect(stdout).toMatch(/^1 +2026-11-20 .* haltgate +opened +\{"halt":"01halt"\}$/m)
  })
})

describe('haltgate breakers', () => {
  it('lists them', async () => {
    gateway.answer('GET /breakers', 200, { breakers: [{ engine: 'primary', state: 'held' }] })
    expect((await here('breakers')).stdout).toMatch(/^primary +held$/m)
  })

  it.each(['hold', 'release'])('%s passes engine and reason on', async (verb) => {
    gateway.answer(`POST /breakers/primary/${verb}`, 200, { engine: 'primary', state: 'x' })
    const { exitCode, stdout } = await here('breakers', verb, 'primary', '--reason', 'fixing')
    expect([exitCode, gateway.asked[0]?.body]).toEqual([0, { reason: 'fixing' }])
    expect(stdout).toContain('The breaker of primary is ')
  })

  it('exits 2 and passes the message on when the gateway finds the request wrong', async () => {
    const error = {
      code: 'invalid_request',
      message: 'engine: expected primary, backup or previous',
      requestId: 'r',
    }
    gateway.answer('POST /breakers/primry/hold', 400, { error })
    const { exitCode, stderr } = await here('breakers', 'hold', 'primry', '--reason', 'test')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('expected primary, backup or previous')])
  })

  it('takes --json before and after the verb', async () => {
    const document = { engine: 'primary', state: 'held' }
    gateway.answer('POST /breakers/primary/hold', 200, document)
    for (const argv of [
      ['breakers', 'hold', 'primary', '--reason', 'test', '--json'],
      ['breakers', '--json', 'hold', 'primary', '--reason', 'test'],
    ]) {
      expect(JSON.parse((await here(...argv)).stdout)).toEqual(document)
    }
  })
})

describe('haltgate keys', () => {
  it('create sends each role once and shows the secret on a line of its own', async () => {
    gateway.answer('POST /keys', 201, {
      key: { id: '01key', prefix: 'hg_ab', person: 'Anna', roles: ['operator', 'commander'] },
      secret: 'hg_ab_secret',
    })
    const argv = [
      '--person',
      'Anna',
      '--role',
      'operator',
      '--role',
      'commander',
      'operator',
      '--label',
      'laptop',
    ]
    const { exitCode, stdout } = await here('keys', 'create', ...argv)
    expect(exitCode).toBe(0)
    expect(gateway.asked[0]?.body).toEqual({
      person: 'Anna',
      roles: ['operator', 'commander'],
      label: 'laptop',
    })
    expect(stdout.split('\n')).toContain('hg_ab_secret')
  })

  it('list shows who is revoked', async () => {
    gateway.answer('GET /keys', 200, {
      keys: [
        { id: '01a', prefix: 'hg_a', person: 'Anna', roles: ['admin'], label: null, revokedAtMs: null },
        { id: '01b', prefix: 'hg_b', person: 'Ben', roles: ['viewer'], revokedAtMs: engagedAtMs },
      ],
    })
    const { stdout } = await here('keys', 'list')
    expect(stdout).toMatch(/^01a +hg_a +Anna +admin +valid$/m)
    expect(stdout).toMatch(/^01b +hg_b +Ben +viewer +revoked 2026-11-20 14:03:12 CET \(13:03:12 UTC\)$/m)
  })

  it('revoke passes id and reason on', async () => {
    gateway.answer('POST /keys/01a/revoke', 200, {})
    const { exitCode } = await here('keys', 'revoke', '01a', '--reason', 'laptop lost')
    expect([exitCode, gateway.asked[0]?.body]).toEqual([0, { reason: 'laptop lost' }])
  })

  it.each([
    [['keys', 'create', '--person', 'Anna']],
    [['keys', 'create', '--person', 'Anna', '--role', 'king']],
    [['keys', 'revoke', '01a']],
    [['breakers', 'hold', 'primary']],
    [['breakers', 'shut', 'primary']],
    [['incidents', '--limit', '0']],
    [['start', '--port', '70000']],
    [['stauts']],
    [[]],
  ])('exits 2 for %j', async (argv) => {
    const { exitCode, stderr, stdout } = await haltgate(argv)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).not.toBe('')
  })
})

describe('help', () => {
  const commands = [
    'status',
    'halt',
    'halts',
    'clear',
    'incidents',
    'breakers',
    'keys',
    'start',
    'init',
    'check',
  ]

  it('documents every exit code', async () => {
    const { exitCode, stdout } = await haltgate(['--help'])
    expect(exitCode).toBe(0)
    for (const code of [0, 1, 2, 3, 4, 10, 11]) expect(stdout).toMatch(new RegExp(`^ {2}${code} +\\S`, 'm'))
  })

  it.each([...commands, 'demo-engine', 'keys create', 'breakers hold'])(
    'has an example for %s',
    async (command) => {
      const { exitCode, stdout } = await haltgate([...command.split(' '), '--help'])
      expect(exitCode).toBe(0)
      expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}haltgate ${command}`))
    },
  )
})

describe('haltgate demo-engine', () => {
  it('runs until it is stopped and says where', async () => {
    let models: unknown
    const { exitCode, stdout } = await haltgateUntil(async (url) => {
      models = await (await fetch(`${url}/v1/models`)).json()
    })
    expect(exitCode).toBe(0)
    expect(models).toMatchObject({ object: 'list' })
    await expect(fetch(JSON.parse(stdout).url)).rejects.toThrow()
  })
})

/** Starts the demo engine by the command, does something with it, and stops it. */
async function haltgateUntil(act: (url: string) => Promise<void>) {
  const { run } = await import('../../src/cli/run.ts')
  let stdout = ''
  const exitCode = await run(['demo-engine', '--json'], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => undefined },
    env: {},
    isTTY: false,
    fetch: globalThis.fetch,
    untilStopped: () => act(JSON.parse(stdout).url),
  })
  return { exitCode, stdout }
}
