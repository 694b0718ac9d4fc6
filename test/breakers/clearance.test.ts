import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HaltCause } from '../../src/breakers/halt-entry.ts'
import type { SafetyHalt } from '../../src/breakers/halt-gate.ts'
import {
  ada,
  adaAgain,
  ben,
  bot,
  engage,
  eva,
  fix,
  grace,
  olaf,
  pass,
  ran,
  rules,
  wayBackOf,
} from './clearances.ts'
import { genesis, MovableClock, SimulatedStore, startGateway } from './simulated-halts.ts'

const running: SafetyHalt[] = []
const looks = { reason: 'the figures are good' }
let mirror: SimulatedStore
let halt: SafetyHalt

async function start(options: Parameters<typeof startGateway>[0] = {}) {
  const gateway = await startGateway({ mirror, ...options })
  running.push(gateway)
  return gateway
}

/** How many of 400 sessions get AI replies. */
const served = (gateway = halt) =>
  Array.from({ length: 400 }, (_, n) => `session-${n}`).filter(
    (session) => gateway.check({ engine: 'primary', session }) === undefined,
  )

beforeEach(async () => {
  vi.useFakeTimers()
  mirror = new SimulatedStore()
  halt = await start()
})

afterEach(async () => {
  const closed = Promise.all(running.splice(0).map((gateway) => gateway.close()))
  await vi.advanceTimersByTimeAsync(5_000)
  await closed
  vi.useRealTimers()
})

describe('the way back from a halt', () => {
  it('goes from a passed validation over two approvals and a ramp to the end, and says at each step what is missing', async () => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt)
    expect(clearance.status(id)).toMatchObject({
      state: 'engaged',
      proof: 'probe-run',
      attempts: [],
      next: `haltgate validate ${id} --author NAME --reason "…"`,
      missing: [
        'a passed validation',
        'an approval by a clinical person who is not the author',
        'an approval by a commander who is not the author',
        'the ramp (10, 50 and 100 % of sessions)',
      ],
    })
    await clearance.recordValidation(id, ran(true), fix, 'Olaf')
    expect(clearance.status(id)).toMatchObject({
      state: 'awaiting-approval',
      attempts: [{ attempt: 1, passed: true, counts: true, author: 'Eva', says: 'recall 99 %' }],
      missing: [/clinical/, /commander/, /ramp/].map((part) => expect.stringMatching(part)),
    })
    await clearance.approve(id, grace, looks)
    expect(clearance.status(id)).toMatchObject({
      approvals: [{ by: 'Grace', role: 'clinical', holds: true }],
      missing: ['an approval by a commander who is not the author', expect.stringContaining('ramp')],
    })
    expect(served()).toEqual([])
    const { status } = await clearance.approve(id, ada, looks)
    expect(status).toMatchObject({
      state: 'ramping',
      share: 0.1,
      nextStepAtMs: expect.any(Number),
    })

    const tenth = served()
    expect(tenth.length).toBeGreaterThan(20)
    expect(tenth.length).toBeLessThan(65)
    await pass(rules.rampStepMs - 1_000, clearance)
    expect(clearance.status(id).share).toBe(0.1)
    await pass(2_000, clearance)
    expect(clearance.status(id).share).toBe(0.5)
    expect(served()).toEqual(expect.arrayContaining(tenth))
    expect(halt.check({ engine: 'primary' })?.kind).toBe('halted')
    expect(halt.check({ engine: 'primary', session: tenth[0], joinsLast: true })?.kind).toBe('halted')
    await pass(rules.rampStepMs + 2_000, clearance)
    expect(clearance.status(id)).toMatchObject({ state: 'ramping', share: 1 })
    expect(halt.check({ engine: 'primary' })).toBeUndefined()
    await pass(rules.rampStepMs + 2_000, clearance)
    expect(clearance.status(id)).toMatchObject({ state: 'cleared', clearedHow: 'ramp', missing: [] })
    expect(served()).toHaveLength(400)
  })

  it('lets the same sessions in on every replica, and after a restart', async () => {
    const shared = new SimulatedStore()
    await shared.initialise(genesis)
    const one = await start({ shared, mirror: new SimulatedStore(), leaseMs: 60_000 })
    const other = await start({ shared: new SimulatedStore(shared.node), leaseMs: 60_000, mirror: undefined })
    const clearance = wayBackOf(one)
    const id = await engage(one)
    await clearance.recordValidation(id, ran(true), fix, 'Olaf')
    await clearance.approve(id, grace, looks)
    await clearance.approve(id, ada, looks)
    await vi.advanceTimersByTimeAsync(500)
    expect(served(other)).toEqual(served(one))
    expect(served(one).length).toBeGreaterThan(10)
    const restarted = await start({
      shared: new SimulatedStore(shared.node),
      leaseMs: 60_000,
      mirror: undefined,
    })
    expect(served(restarted)).toEqual(served(one))
  })

  it.each<HaltCause>(['drill', 'maintenance'])('of a %s is the word of one commander', async (cause) => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt, cause)
    expect(clearance.status(id)).toMatchObject({ missing: ['the word of a commander'] })
    await expect(clearance.clear(id, olaf, 'over')).rejects.toMatchObject({ code: 'forbidden' })
    await clearance.clear(id, ada, 'over')
    expect(halt.check({ engine: 'primary' })).toBeUndefined()
  })

  it('is refused to a commander alone, who is told exactly what is missing and how to go on', async () => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt)
    await expect(clearance.clear(id, ada, 'looks fine')).rejects.toMatchObject({
      code: 'conflict',
      missing: clearance.status(id).missing,
      message: expect.stringContaining(`haltgate validate ${id}`),
    })
    await clearance.recordValidation(id, ran(true), fix, 'Olaf')
    await expect(clearance.clear(id, ada, 'looks fine')).rejects.toMatchObject({
      missing: [/clinical/, /commander/, /ramp/].map((part) => expect.stringMatching(part)),
      message: expect.stringContaining(`haltgate approve ${id}`),
    })
    await clearance.approve(id, grace, looks)
    await clearance.approve(id, ada, looks)
    await expect(clearance.clear(id, ada, 'looks fine')).rejects.toMatchObject({
      missing: ['the rest of the ramp (10 % of sessions now)'],
    })
    expect(clearance.status(id).share).toBe(0.1)
  })

  it('is broken off at once by break-glass, which is for commanders', async () => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt)
    await expect(clearance.breakGlass(id, grace, 'now')).rejects.toMatchObject({ code: 'forbidden' })
    await clearance.breakGlass(id, ada, 'people cannot reach anybody')
    expect(clearance.status(id)).toMatchObject({ state: 'cleared', clearedHow: 'break-glass' })
    await expect(clearance.breakGlass(id, ada, 'again')).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('a validation', () => {
  it('that failed leaves the halt as it is, and is repeated with a new version or a reason only', async () => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt)
    await clearance.recordValidation(id, ran(false), fix, 'Olaf')
    expect(clearance.status(id)).toMatchObject({
      state: 'engaged',
      attempts: [{ passed: false, counts: false }],
    })
    await expect(clearance.validate(id, fix, olaf)).rejects.toMatchObject({
      code: 'conflict',
      missing: ['a new engine version, or the reason to repeat (--repeat-reason "…")'],
    })
    const repeated = { ...fix, repeatReason: 'the engine was restarted' }
    expect(await clearance.validate(id, repeated, olaf)).toEqual({ started: { runId: 'run-1', total: 240 } })
    const updated = wayBackOf(halt, { engineVersion: () => 'v2' })
    expect(await updated.validate(id, fix, olaf)).toMatchObject({ started: { runId: 'run-1' } })
  })

  it('that failed voids the pass before it, and stops a ramp at once, even when no store answers', async () => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt)
    await clearance.recordValidation(id, ran(true), fix, 'Olaf')
    await clearance.approve(id, grace, looks)
    await clearance.approve(id, ada, looks)
    expect(served().length).toBeGreaterThan(0)
    mirror.mode = 'hangs'
    const recording = clearance.recordValidation(id, ran(false), fix, 'Olaf')
    await vi.advanceTimersByTimeAsync(0)
    expect(served()).toEqual([])
    await vi.advanceTimersByTimeAsync(3_000)
    expect((await recording).durability.acknowledged).toBe(false)
    mirror.mend()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(clearance.status(id)).toMatchObject({ state: 'engaged', share: 0 })
  })

  it('is refused while one is under way, while a ramp is, and of a version that does not run', async () => {
    const id = await engage(halt)
    const busy = wayBackOf(halt, { validationProgress: () => ({ runId: 'run-1', total: 240, done: 17 }) })
    expect(busy.status(id)).toMatchObject({ state: 'validating', run: { done: 17, total: 240 } })
    await expect(busy.validate(id, fix, olaf)).rejects.toThrow('17 of 240')
    const clearance = wayBackOf(halt)
    await expect(clearance.validate(id, { ...fix, engineVersion: 'v9' }, olaf)).rejects.toMatchObject({
      missing: ['a passed validation of version v1'],
    })
    await clearance.recordValidation(id, ran(true), fix, 'Olaf')
    await clearance.approve(id, grace, looks)
    await clearance.approve(id, ada, looks)
    await expect(clearance.validate(id, fix, olaf)).rejects.toThrow('being ramped')
    await expect(clearance.recordValidation(id, ran(true), fix, 'Olaf')).rejects.toThrow('ramped already')
  })

  it('that passed takes no effect when it cannot be stored', async () => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt)
    mirror.mode = 'down'
    await expect(clearance.recordValidation(id, ran(true), fix, 'Olaf')).rejects.toMatchObject({
      code: 'not_durable',
    })
    expect(clearance.status(id).state).toBe('engaged')
  })

  it.each<HaltCause>(['latency', 'error-rate'])('after %s is what the signal says', async (cause) => {
    const id = await engage(halt, cause)
    const sick = wayBackOf(halt, { signalProof: () => ({ passed: false, facts: { value: 9_000 } }) })
    await sick.validate(id, fix, olaf)
    expect(sick.status(id)).toMatchObject({
      state: 'engaged',
      attempts: [{ proof: 'signal', passed: false }],
    })
    const well = wayBackOf(halt)
    await well.validate(id, { ...fix, repeatReason: 'more capacity' }, olaf)
    expect(well.status(id)).toMatchObject({
      state: 'awaiting-approval',
      attempts: [
        { attempt: 1 },
        { attempt: 2, facts: { value: 900, samples: 40 }, repeatReason: 'more capacity' },
      ],
    })
  })

  it('after harmful replies is the word of a clinical person, with how many were read', async () => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt, 'harmful-reply')
    const word = { ...fix, statement: 'all read, none harmful', reviewed: 120 }
    await expect(clearance.validate(id, word, ada)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(clearance.validate(id, { ...word, reviewed: undefined }, grace)).rejects.toThrow('reviewed')
    await clearance.validate(id, word, grace)
    expect(clearance.status(id)).toMatchObject({
      state: 'awaiting-approval',
      attempts: [{ proof: 'reviewed-replies', facts: { reviewed: 120 } }],
    })
  })

  it.each<HaltCause>(['operator', 'security', 'other'])(
    'after %s is the word of who engaged it, or of a commander',
    async (cause) => {
      const clearance = wayBackOf(halt)
      const id = await engage(halt, cause)
      const word = { ...fix, statement: 'the key was replaced' }
      await expect(clearance.validate(id, word, grace)).rejects.toMatchObject({ code: 'forbidden' })
      await expect(clearance.validate(id, word, bot)).rejects.toMatchObject({ code: 'forbidden' })
      await expect(clearance.validate(id, fix, olaf)).rejects.toThrow('statement')
      await clearance.validate(id, word, olaf)
      expect(clearance.status(id).state).toBe('awaiting-approval')
    },
  )

  it('of crisis detection is a probe run and nothing else', async () => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt)
    await expect(
      clearance.recordValidation(id, ran(true, { proof: 'statement' }), fix, 'Ada'),
    ).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('an approval', () => {
  async function validated(cause: HaltCause = 'crisis-detection', given = {}) {
    const clearance = wayBackOf(halt, given)
    const id = await engage(halt, cause)
    await clearance.recordValidation(id, ran(true), fix, 'Olaf')
    return { clearance, id }
  }

  it('needs something to approve', async () => {
    const clearance = wayBackOf(halt)
    const id = await engage(halt)
    await expect(clearance.approve(id, grace, looks)).rejects.toMatchObject({
      code: 'conflict',
      missing: ['a passed validation'],
    })
  })

  it.each([
    ['the author', eva, 'conflict'],
    ['the author under another id', { ...eva, personId: 'P-X', name: ' EVA' }, 'conflict'],
    ['an operator', olaf, 'forbidden'],
    ['a service', bot, 'forbidden'],
  ])('is refused to %s', async (_, actor, code) => {
    const { clearance, id } = await validated()
    await expect(clearance.approve(id, actor, looks)).rejects.toMatchObject({ code })
    expect(clearance.status(id).approvals).toEqual([])
  })

  it('counts once for a person, whatever the key and the role', async () => {
    const { clearance, id } = await validated()
    await clearance.approve(id, ada, looks)
    for (const again of [ada, adaAgain])
      await expect(clearance.approve(id, again, looks)).rejects.toMatchObject({ code: 'conflict' })
    expect(clearance.status(id)).toMatchObject({ state: 'awaiting-approval', approvals: [{ by: 'Ada' }] })
  })

  it('of somebody with both roles stands for the missing one', async () => {
    const { clearance, id } = await validated()
    await clearance.approve(id, grace, looks)
    const { status } = await clearance.approve(id, ben, looks)
    expect(status).toMatchObject({
      state: 'ramping',
      approvals: [{ role: 'clinical' }, { role: 'commander' }],
    })
  })

  it('can be given for a role by who has both', async () => {
    const { clearance, id } = await validated()
    await clearance.approve(id, ben, { ...looks, role: 'commander' })
    await expect(clearance.approve(id, ada, { ...looks, role: 'clinical' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect((await clearance.approve(id, grace, looks)).status.state).toBe('ramping')
  })

  it('is bound to the run that was looked at', async () => {
    const { clearance, id } = await validated()
    await expect(clearance.approve(id, grace, { ...looks, runHash: 'another-run' })).rejects.toThrow(
      'hash-of-run',
    )
    await expect(clearance.approve(id, grace, { ...looks, engineVersion: 'v2' })).rejects.toThrow('v1')
    const changed = wayBackOf(halt, { engineVersion: () => 'v2' })
    await expect(changed.approve(id, grace, looks)).rejects.toMatchObject({
      missing: ['a passed validation of version v2'],
    })
  })

  it('is not good for a newer validation, nor for another halt', async () => {
    const { clearance, id } = await validated()
    const other = await engage(halt)
    await clearance.recordValidation(other, ran(true), fix, 'Olaf')
    await clearance.approve(id, grace, looks)
    expect(clearance.status(other).approvals).toEqual([])
    await clearance.recordValidation(id, ran(true), fix, 'Olaf')
    expect(clearance.status(id).approvals).toEqual([])
    expect((await clearance.approve(id, ada, looks)).status.state).toBe('awaiting-approval')
  })

  it('runs out, and can be given anew', async () => {
    const { clearance, id } = await validated()
    await clearance.approve(id, grace, looks)
    await pass(rules.approvalMs + 1_000, clearance)
    await clearance.approve(id, ada, looks)
    expect(clearance.status(id)).toMatchObject({
      state: 'awaiting-approval',
      approvals: [{ holds: false }, { holds: true }],
      missing: [expect.stringMatching('clinical'), expect.stringMatching('ramp')],
    })
    expect((await clearance.approve(id, grace, looks)).status.state).toBe('ramping')
  })

  it('begins the ramp with the next tick when the store did not take the first step', async () => {
    const { clearance, id } = await validated()
    await clearance.approve(id, grace, looks)
    const record = halt.record.bind(halt)
    const failing = vi
      .spyOn(halt, 'record')
      .mockImplementation((step, at) =>
        step.kind === 'ramp' ? Promise.reject(new Error('down')) : record(step, at),
      )
    expect((await clearance.approve(id, ada, looks)).status.state).toBe('awaiting-approval')
    failing.mockRestore()
    await clearance.tick()
    expect(clearance.status(id)).toMatchObject({ state: 'ramping', share: 0.1 })
  })
})

describe('a ramp', () => {
  async function ramping(given = {}, gateway = halt) {
    const clearance = wayBackOf(gateway, given)
    const id = await engage(gateway)
    await clearance.recordValidation(id, ran(true), fix, 'Olaf')
    await clearance.approve(id, grace, looks)
    await clearance.approve(id, ada, looks)
    return { clearance, id }
  }

  it('ends in a new halt when there is a new alarm, and begins anew from there', async () => {
    const { clearance, id } = await ramping()
    const { halt: newer } = await clearance.reengage(id, 'recall fell to 60 %')
    expect(served()).toEqual([])
    expect(clearance.status(id)).toMatchObject({ state: 'superseded', supersededBy: newer.id, share: 0 })
    expect(newer).toMatchObject({ state: 'engaged', supersedes: id, cause: 'crisis-detection', scope: 'all' })
    await pass(10 * rules.rampStepMs, clearance)
    expect(served()).toEqual([])
    for (const late of [
      clearance.breakGlass(id, ada, 'the old one'),
      clearance.approve(id, grace, looks),
      clearance.reengage(id, 'again'),
    ])
      await expect(late).rejects.toThrow(newer.id)
  })

  it('is stopped by a new alarm even when no store answers', async () => {
    const { clearance, id } = await ramping()
    mirror.mode = 'hangs'
    const engaging = clearance.reengage(id, 'recall fell')
    expect(served()).toEqual([])
    await vi.advanceTimersByTimeAsync(3_000)
    await engaging
    mirror.mend()
  })

  it('ends in a new halt when the engine becomes another version', async () => {
    let version = 'v1'
    const { clearance, id } = await ramping({ engineVersion: () => version })
    version = 'v2'
    await clearance.tick()
    expect(clearance.status(id).state).toBe('superseded')
    expect(served()).toEqual([])
  })

  it('does not go faster when the wall clock jumps', async () => {
    const clock = new MovableClock()
    const gateway = await start({ mirror: new SimulatedStore(), clock })
    const { clearance, id } = await ramping({ clock }, gateway)
    await clearance.tick()
    clock.wallOffsetMs = 3_600_000
    await clearance.tick()
    expect(clearance.status(id).share).toBe(0.1)
    await pass(rules.rampStepMs + 1_000, clearance)
    expect(clearance.status(id).share).toBe(0.5)
  })

  it('stays where it is while the store takes nothing', async () => {
    const { clearance, id } = await ramping()
    mirror.mode = 'down'
    await pass(3 * rules.rampStepMs, clearance)
    expect(clearance.status(id).share).toBe(0.1)
    mirror.mend()
    await pass(2_000, clearance)
    expect(clearance.status(id).share).toBe(0.5)
  })

  it('goes by the clock of the plan', async () => {
    const { clearance, id } = await ramping({ rules: () => ({ ...rules, timeScale: 10 }) })
    await pass(2_000, clearance)
    expect(clearance.status(id).share).toBe(0.5)
  })

  it('makes the tests of its engine start anew, and has it watched until long after the end', async () => {
    const { clearance, id } = await ramping()
    const began = clearance.epochOf('primary')
    expect(began).not.toBe('0:start')
    expect(clearance.surveillance('primary', Date.now())).toBe(true)
    await pass(4 * rules.rampStepMs, clearance)
    expect(clearance.status(id).state).toBe('cleared')
    expect(clearance.epochOf('primary')).not.toBe(began)
    expect(clearance.surveillance('backup', Date.now())).toBe(true)
    expect(clearance.surveillance('primary', Date.now() + rules.surveillanceMs)).toBe(false)
  })

  it('of a tenant, or of another engine, and a drill leave the tests of an engine alone', async () => {
    const clearance = wayBackOf(halt)
    for (const scope of ['tenant:acme', 'engine:backup']) {
      const id = await engage(halt, 'drill', scope)
      await clearance.clear(id, ada, 'over')
    }
    expect(clearance.epochOf('primary')).toBe('0:start')
    expect(clearance.surveillance('primary', Date.now())).toBe(false)
    // A drill says nothing of what the tests have seen: they go on.
    expect(clearance.epochOf('backup')).toBe('0:start')
  })
})
