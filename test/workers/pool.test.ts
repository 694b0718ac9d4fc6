import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Config } from '../../src/config/schema.ts'
import { silentLogger } from '../../src/logger.ts'
import { createWorkerCircuits } from '../../src/workers/circuits.ts'
import { createCrisisSessions } from '../../src/workers/crisis-sessions.ts'
import type { ToPrimary, ToWorker } from '../../src/workers/messages.ts'
import { createWorkerPool, type PoolParts, type WorkerProcess } from '../../src/workers/pool.ts'
import { SimulatedNode, SimulatedStore } from '../breakers/simulated-halts.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const url = 'http://127.0.0.1:4711'

/** A worker's process in the test's hand. */
class FakeProcess implements WorkerProcess {
  readonly pid = 100
  readonly backlog = 0
  readonly told: ToWorker[] = []
  isKilled = false
  #onMessage = new Set<(message: ToPrimary) => void>()
  #onExit = (_how: string) => {}

  send(message: ToWorker) {
    this.told.push(structuredClone(message))
  }
  onMessage(listener: (message: ToPrimary) => void) {
    this.#onMessage.add(listener)
    return () => void this.#onMessage.delete(listener)
  }
  onExit(listener: (how: string) => void) {
    this.#onExit = listener
  }
  kill() {
    if (this.isKilled) return
    this.isKilled = true
    this.end('SIGKILL')
  }
  end(how = 'code 1') {
    this.isKilled = true
    this.#onExit(how)
  }
  says(message: ToPrimary) {
    for (const listener of [...this.#onMessage]) listener(message)
  }
  last<Kind extends ToWorker['kind']>(kind: Kind) {
    return this.told.findLast(
      (message): message is Extract<ToWorker, { kind: Kind }> => message.kind === kind,
    )
  }
  comesUp() {
    this.says({ kind: 'hello', version: '1' })
    this.says({ kind: 'halts-subscribe' })
    this.says({ kind: 'listening', url })
  }
}

function pool(parts: Partial<PoolParts> = {}) {
  const processes: FakeProcess[] = []
  const node = new SimulatedNode()
  const peers = new Set<SimulatedStore>()
  const onRestart = vi.fn()
  const made = createWorkerPool({
    count: 2,
    version: '1',
    fork() {
      const process = new FakeProcess()
      processes.push(process)
      return process
    },
    config: () => Config.parse({ traffic: { listen: '127.0.0.1:4711' } }),
    gatewayId: 'g',
    leaseMs: 10_000,
    halts: new SimulatedStore(node, peers),
    circuits: createWorkerCircuits(),
    crises: createCrisisSessions(),
    onTold: () => {},
    onRestart,
    clock: { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
    logger: silentLogger,
    ...parts,
  })
  const at = (index: number): FakeProcess => {
    const process = processes.at(index)
    if (process === undefined) throw new Error(`there is no process ${index}`)
    return process
  }
  async function started() {
    const starting = made.start()
    for (const process of [...processes]) process.comesUp()
    await starting
    return made
  }
  const engage = () =>
    new SimulatedStore(node, peers).append([
      { id: 'halt-0001', kind: 'engaged', atMs: 1, by: 'a', reason: 'drill', scope: 'all', cause: 'drill' },
    ])
  return { made, processes, at, started, engage, onRestart }
}

describe('The workers of a gateway', () => {
  it('serve on one address once all of them listen', async () => {
    const { made, at } = pool()
    const starting = made.start()
    const isReady = vi.fn()
    void starting.then(isReady)
    at(0).comesUp()
    await Promise.resolve()
    expect(isReady).not.toHaveBeenCalled()
    at(1).comesUp()
    expect(await starting).toBe(url)
    expect(made.view()).toEqual({ count: 2, listening: 2, restarts: 0 })
  })

  it('do not start with one that cannot listen, and say why', async () => {
    const { made, at } = pool()
    const starting = made.start()
    at(0).says({ kind: 'hello', version: '1' })
    at(0).says({ kind: 'failed', why: 'the address is taken' })
    await expect(starting).rejects.toThrow('the address is taken')
    await made.stop(0)
  })

  it('are not joined by one of another version', async () => {
    const { made, at } = pool()
    const starting = made.start()
    at(0).says({ kind: 'hello', version: '2' })
    await expect(starting).rejects.toThrow('restart it')
    expect(at(0)).toMatchObject({ isKilled: true, told: [] })
    await made.stop(0)
  })

  it('are as many again when one has been killed, with what the others have', async () => {
    const { started, made, at, processes, onRestart } = pool()
    await started()
    await vi.advanceTimersByTimeAsync(5_000)
    at(0).end('SIGKILL')
    expect(processes).toHaveLength(3)
    expect(made.view()).toEqual({ count: 2, listening: 1, restarts: 1 })
    at(2).comesUp()
    expect(at(2).last('begin')).toEqual(at(1).last('begin'))
    expect(made.view().listening).toBe(2)
    expect(onRestart).toHaveBeenCalledOnce()
  })

  it('are replaced ever more slowly while they end as soon as they begin', async () => {
    const { started, at, processes } = pool({ count: 1 })
    await started()
    const pausesMs: number[] = []
    for (let end = 0; end < 8; end++) {
      const [before, atMs] = [processes.length, performance.now()]
      at(-1).end()
      while (processes.length === before) await vi.advanceTimersByTimeAsync(50)
      pausesMs.push(performance.now() - atMs)
    }
    expect(pausesMs).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  })

  it('have a halt in force once each has said so', async () => {
    const { started, made, at, engage } = pool()
    await started()
    await engage()
    const inForce = vi.fn()
    const waiting = made.inForce().then(inForce)
    const turn = at(0).last('halts-pushed')?.turn ?? 0
    at(0).says({ kind: 'halts-learned', turn })
    await vi.advanceTimersByTimeAsync(500)
    expect(inForce).not.toHaveBeenCalled()
    at(1).says({ kind: 'halts-learned', turn })
    await waiting
    expect(at(1).isKilled).toBe(false)
  })

  it('lose one that does not take a halt within a second', async () => {
    const { started, made, at, engage, processes } = pool()
    await started()
    await vi.advanceTimersByTimeAsync(5_000)
    await engage()
    const waiting = made.inForce()
    at(0).says({ kind: 'halts-learned', turn: at(0).last('halts-pushed')?.turn ?? 0 })
    await vi.advanceTimersByTimeAsync(1_000)
    await waiting
    expect([at(0).isKilled, at(1).isKilled]).toEqual([false, true])
    expect(processes).toHaveLength(3)
  })

  it('lose one that stands still', async () => {
    const { started, at } = pool()
    await started()
    for (let second = 0; second < 20; second++) {
      at(0).says({ kind: 'halts-ask', id: second, verb: 'confirm', gatewayId: 'g' })
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect([at(0).isKilled, at(1).isKilled]).toEqual([false, true])
  })

  it('tell their metrics, and what an ended or silent one told last stays', async () => {
    const { started, made, at } = pool()
    await started()
    const counted = (value: number): Extract<ToPrimary, { kind: 'collected' }>['metrics'] =>
      JSON.parse(
        JSON.stringify([
          { name: 'n', help: 'h', type: 'counter', aggregator: 'sum', values: [{ value, labels: {} }] },
        ]),
      )
    const values = async (silent: number[] = []) => {
      const collecting = made.collect()
      for (const [index, process] of [at(0), at(1)].entries())
        if (!process.isKilled && !silent.includes(index))
          process.says({
            kind: 'collected',
            id: process.last('collect')?.id ?? 0,
            metrics: counted(index + 1),
          })
      await vi.advanceTimersByTimeAsync(500)
      return (await collecting).map(([metric]) => metric?.values[0]?.value)
    }
    expect(await values()).toEqual([undefined, 1, 2])
    expect(await values([1])).toEqual([undefined, 1, 2])
    await vi.advanceTimersByTimeAsync(5_000)
    at(1).end('SIGKILL')
    expect(await values()).toEqual([2, 1])
  })

  it('all learn of a session with a crisis in it, also one that begins later', async () => {
    const { started, at, processes } = pool()
    const finding = { level: 'plan' as const, score: 0.9 }
    await started()
    await vi.advanceTimersByTimeAsync(5_000)
    at(0).says({ kind: 'crisis-session', session: 's', atMs: 5, finding })
    at(0).says({ kind: 'crisis-session', session: 's', atMs: 6 })
    expect(at(1).last('crisis-session')).toMatchObject({ session: 's', atMs: 6 })
    expect(at(0).last('crisis-session')).toBeUndefined()
    at(0).end()
    processes.at(-1)?.comesUp()
    expect(at(2).last('begin')?.crises).toMatchObject([{ session: 's', atMs: 6, finding }])
  })

  it('end when they are told to, and are killed when they do not', async () => {
    const { started, made, at } = pool()
    await started()
    const stopping = made.stop(1_000)
    expect(at(0).last('stop')).toEqual({ kind: 'stop', graceMs: 1_000 })
    at(0).end('code 0')
    await vi.advanceTimersByTimeAsync(3_000)
    await stopping
    expect(at(1).isKilled).toBe(true)
    expect(made.view()).toMatchObject({ listening: 0, restarts: 0 })
  })
})
