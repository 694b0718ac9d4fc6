import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { haltgate, startFakeGateway } from './fake-gateway.ts'

let gateway: Awaited<ReturnType<typeof startFakeGateway>>

beforeEach(async () => {
  gateway = await startFakeGateway()
})
afterEach(() => gateway.close())

const referral = {
  day: '2026-11-22',
  jurisdiction: 'DE',
  ageBand: '18-24',
  category: 'self-harm',
  source: 'appended',
  textVersion: '2026-11-20',
  detectorVersion: 'crisis "1", en',
  delivered: 'yes',
  count: 3,
}
const register = {
  year: 2026,
  referrals: [referral, { ...referral, delivered: 'no', detectorVersion: '=1+1', count: 1 }],
  protocol: [
    { day: '2026-11-22', kind: 'observe', detail: 'a, b', firstAtMs: 0, lastAtMs: 60_000, count: 2 },
  ],
}
const run = (...argv: string[]) => haltgate([...argv, '--data-dir', gateway.dataDir])

describe('haltgate register export', () => {
  beforeEach(() => gateway.answer('GET /referral-register?year=2026', 200, register))

  it('prints CSV that a spreadsheet reads and does not execute', async () => {
    const { stdout, exitCode } = await run('register', 'export', '--year', '2026')
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      [
        'day,jurisdiction,age_band,category,source,text_version,detector_version,delivered,count',
        '2026-11-22,DE,18-24,self-harm,appended,2026-11-20,"crisis ""1"", en",yes,3',
        "2026-11-22,DE,18-24,self-harm,appended,2026-11-20,'=1+1,no,1\n",
      ].join('\n'),
    )
    expect(await run('register', 'export', '--year', '2026', '--csv')).toMatchObject({ stdout })
  })

  it('prints the log beside it', async () => {
    const { stdout } = await run('register', 'export', '--year', '2026', '--log')
    expect(stdout).toBe(
      'day,kind,detail,first_at,last_at,count\n2026-11-22,observe,"a, b",1970-01-01T00:00:00.000Z,1970-01-01T00:01:00.000Z,2\n',
    )
  })

  it("prints the API's document", async () => {
    const { stdout } = await run('register', 'export', '--year', '2026', '--json')
    expect(JSON.parse(stdout)).toEqual(register)
  })

  it.each([[['--year', '26']], [['--year', '2026', '--csv', '--json']], [[]]])(
    'asks for what it needs (%o)',
    async (options) => {
      const { exitCode } = await run('register', 'export', ...options)
      expect(exitCode).toBe(2)
      expect(gateway.asked).toEqual([])
    },
  )
})

describe('haltgate observed', () => {
  const count = (change: object) => ({
    day: '2026-11-21',
    side: 'message',
    what: 'all',
    level: '',
    action: '',
    count: 1,
    ...change,
  })

  it('shows what would have happened, by day and kind, and in all', async () => {
    gateway.answer('GET /screening-counts?since=2026-11-20&mode=observe', 200, {
      since: '2026-11-20',
      counts: [
        count({ count: 1_000 }),
        count({ what: 'self-harm', level: 'active', action: 'support', count: 4 }),
        count({ what: 'suicidal-ideation', level: 'attempt', action: 'intercept', count: 1 }),
        count({ day: '2026-11-22', count: 1_000 }),
        count({ day: '2026-11-22', what: 'self-harm', level: 'active', action: 'support', count: 2 }),
        count({ day: '2026-11-22', side: 'reply', count: 900 }),
        count({ day: '2026-11-22', side: 'reply', what: 'dismissal', action: 'withhold', count: 9 }),
      ],
    })
    const { stdout, exitCode } = await run('observed', '--since', '2026-11-20')
    expect(exitCode).toBe(0)
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['DAY', 'SIDE', 'WHAT', 'LEVEL', 'WOULD HAVE', 'COUNT', 'SHARE'],
      ['2026-11-21', 'messages', 'judged', '1000'],
      ['2026-11-21', 'messages', 'found', '5', '0.50 %'],
      [
        '2026-11-21',
        'messages',
        'self-harm',
        'active',
        'crisis lines where the reply has none',
        '4',
        '0.40 %',
      ],
      ['2026-11-21', 'messages', 'suicidal-ideation', 'attempt', 'a written reply', '1', '0.10 %'],
      ['2026-11-22', 'messages', 'judged', '1000'],
      ['2026-11-22', 'messages', 'found', '2', '0.20 %'],
      [
        '2026-11-22',
        'messages',
        'self-harm',
        'active',
        'crisis lines where the reply has none',
        '2',
        '0.20 %',
      ],
      ['2026-11-22', 'replies', 'judged', '900'],
      ['2026-11-22', 'replies', 'found', '9', '1.00 %'],
      ['2026-11-22', 'replies', 'dismissal', 'the safe reply', '9', '1.00 %'],
      ['all days', 'messages', 'judged', '2000'],
      ['all days', 'messages', 'found', '7', '0.35 %'],
      ['all days', 'messages', 'self-harm', 'active', 'crisis lines where the reply has none', '6', '0.30 %'],
      ['all days', 'messages', 'suicidal-ideation', 'attempt', 'a written reply', '1', '0.05 %'],
      ['all days', 'replies', 'judged', '900'],
      ['all days', 'replies', 'found', '9', '1.00 %'],
      ['all days', 'replies', 'dismissal', 'the safe reply', '9', '1.00 %'],
      [''],
    ])
  })

  it('says how to observe when nothing was', async () => {
    gateway.answer('GET /screening-counts?since=2026-11-20&mode=observe', 200, {
      since: '2026-11-20',
      counts: [],
    })
    const { stdout } = await run('observed', '--since', '2026-11-20')
    expect(stdout).toContain('policy.mode is "observe"')
  })

  it('looks a week back unless told otherwise, and takes days alone', async () => {
    await run('observed')
    expect(gateway.asked[0]?.path).toMatch(/^\/screening-counts\?since=\d{4}-\d\d-\d\d&mode=observe$/)
    expect((await run('observed', '--since', 'yesterday')).exitCode).toBe(2)
    expect((await run('observed', '--since', '2026-13-01')).exitCode).toBe(2)
  })
})
