import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engagedAtMs, haltgate, startFakeGateway } from './fake-gateway.ts'

let gateway: Awaited<ReturnType<typeof startFakeGateway>>
beforeEach(async () => {
  gateway = await startFakeGateway()
})
afterEach(() => gateway.close())

const item = {
  id: '5f2c9a10-0000-4000-8000-000000000001',
  atMs: engagedAtMs,
  kind: 'presumed-miss',
  category: 'suicidal-ideation',
  level: 'plan',
  engine: 'primary',
  engineVersion: '2026-11-18',
  engineHeard: false,
  language: 'en',
  paging: 'clinical',
  evidence: 'kept',
  state: 'open',
  crisis: null,
  missed: null,
  harmful: null,
}
const keeping = { held: false, deleteAfterMs: engagedAtMs + 86_400_000 }
const run = (...argv: string[]) => haltgate(['labels', ...argv, '--data-dir', gateway.dataDir])
const asked = () => gateway.asked.map(({ method, path, body }) => [method, path, body])

describe('haltgate labels list', () => {
  it('shows what comes first, and marks what is to be paged', async () => {
    gateway.answer('GET /reviews?state=open&limit=50', 200, { items: [item], evidence: 'kept', dropped: 0 })
    const { stdout, exitCode } = await run('list')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/5f2c9a10 .*presumed-miss, PAGE .*plan .*primary .*open .*kept/)
  })

  it('says when nothing is kept and when the queue was full', async () => {
    gateway.answer('GET /reviews?state=open&limit=50', 200, {
      items: [],
      evidence: 'no-master-key',
      dropped: 4,
    })
    const { stdout } = await run('list')
    expect(stdout).toContain('Nothing to look at.')
    expect(stdout).toContain('HALTGATE_MASTER_KEY is not set')
    expect(stdout).toContain('4 items found the queue full')
  })

  it('asks for a kind, a state and the next page', async () => {
    const answer = { items: [item], evidence: 'kept', dropped: 0 }
    gateway.answer(`GET /reviews?state=all&limit=5&kind=reported&after=${item.id}`, 200, answer)
    const asks = ['--state', 'all', '--kind', 'reported', '--limit', '5', '--after', item.id, '--json']
    expect(JSON.parse((await run('list', ...asks)).stdout)).toEqual(answer)
  })
})

describe('haltgate labels show, evidence and hold', () => {
  it('shows one item and how long its evidence is kept', async () => {
    gateway.answer('GET /reviews/5f2c', 200, { item, keeping })
    const { stdout } = await run('show', '5f2c')
    expect(stdout).toMatch(/primary 2026-11-18, showed no sign/)
    expect(stdout).toMatch(/kept, deleted after /)
  })

  it('shows what was said, with nothing in it that a terminal obeys', async () => {
    gateway.answer('GET /reviews/5f2c/evidence', 200, { user: 'a\u001b[2Jb', reply: 'Hello.' })
    const { stdout } = await run('evidence', '5f2c')
    expect(stdout).toMatch(/PERSON\na.*b[\s\S]*REPLY\nHello\./)
    expect(stdout).not.toContain('\u001b')
  })

  it('holds evidence and lets it go', async () => {
    gateway.answer('POST /reviews/5f2c/hold', 200, { item, keeping: { ...keeping, held: true } })
    expect((await run('hold', '5f2c', '--reason', 'inquiry')).stdout).toContain('held: it is not deleted')
    await run('hold', '5f2c', '--release', '--reason', 'inquiry is over')
    expect(asked()).toEqual([
      ['POST', '/reviews/5f2c/hold', { held: true, reason: 'inquiry' }],
      ['POST', '/reviews/5f2c/hold', { held: false, reason: 'inquiry is over' }],
    ])
    expect((await run('hold', '5f2c')).exitCode).toBe(2)
  })
})

describe('haltgate labels decide', () => {
  it('sends what was read', async () => {
    const decided = { ...item, state: 'decided', crisis: 'yes', missed: 'yes', harmful: 'no' }
    gateway.answer('POST /reviews/5f2c/decisions', 200, { item: decided })
    const { stdout } = await run(
      'decide',
      '5f2c',
      '--crisis',
      'yes',
      '--missed',
      'yes',
      '--outcome',
      'reached',
    )
    expect(stdout).toMatch(/state +decided/)
    expect(asked()).toEqual([
      [
        'POST',
        '/reviews/5f2c/decisions',
        { crisis: 'yes', missed: 'yes', harmful: 'no', withoutEvidence: false, outcomeCode: 'reached' },
      ],
    ])
  })

  it.each([
    [['5f2c']],
    [['5f2c', '--crisis', 'yes']],
    [['5f2c', '--crisis', 'perhaps', '--missed', 'no']],
    [['5f2c', '--crisis', 'no', '--missed', 'no', '--outcome', 'she said that']],
  ])('asks for what it needs (%o)', async (options) => {
    expect((await run('decide', ...options)).exitCode).toBe(2)
    expect(gateway.asked).toEqual([])
  })

  it('says what is missing when there is nothing to read', async () => {
    gateway.answer('POST /reviews/5f2c/decisions', 409, {
      error: {
        code: 'conflict',
        message: 'there is nothing to read about it (gone)',
        requestId: 'r-1',
        missing: ['the statement that it is decided without evidence (withoutEvidence: true)'],
      },
    })
    const { stderr, exitCode } = await run('decide', '5f2c', '--crisis', 'no', '--missed', 'no')
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('decided without evidence')
  })
})

describe('haltgate labels report', () => {
  it('puts an exchange into the queue', async () => {
    gateway.answer('POST /reviews', 202, { id: item.id })
    const { stdout } = await run(
      'report',
      '--category',
      'missed-crisis',
      '--level',
      'plan',
      '--session',
      's-81',
    )
    expect(stdout).toContain('Taken in as 5f2c9a10')
    expect(asked()).toEqual([
      ['POST', '/reviews', { engine: 'primary', category: 'missed-crisis', level: 'plan', session: 's-81' }],
    ])
  })
})
