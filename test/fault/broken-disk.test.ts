import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { GatewayProcess } from '../servers/gateway.ts'
import { until } from '../servers/redis.ts'
import { askOnce, openReply, untilReplies } from './support/clients.ts'
import { mountFailingDisk, mountSmallDisk } from './support/disks.ts'
import { startOne } from './support/gateways.ts'
import { clear, engage, halts, health } from './support/operators.ts'
import { type StampingEngine, startStampingEngine } from './support/stamping-engine.ts'

/** A halt that cannot be stored waits for nothing. */
const enforcedWithinMs = 1_000

describe('A halt on a gateway whose data directory', () => {
  let engine: StampingEngine
  let gateway: GatewayProcess
  /** The last made is the first undone. */
  const undo: (() => unknown)[] = []

  beforeAll(async () => {
    engine = await startStampingEngine()
  })
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })
  afterAll(() => engine.close())

  async function start(dataDir: string): Promise<void> {
    gateway = await startOne({ engine, dataDir })
    undo.push(() => gateway.stop('SIGKILL'))
    await untilReplies(gateway, 'ai')
  }

  async function startOnSmallDisk() {
    const disk = mountSmallDisk()
    undo.push(disk.close)
    await start(disk.path)
    return disk
  }

  /** By the API with a reply running, and by the command line. Answers with the ids. */
  async function isEnforcedButNotAcknowledged(): Promise<string[]> {
    const running = await openReply(gateway)
    const halt = await engage(gateway)
    expect(halt).toMatchObject({ status: 202, acknowledged: false })
    expect(await running.ended).toBe('done')
    expect(running.finishReason).toBe('content_filter')
    const last = running.pieces.at(-1)?.stampedMs ?? 0
    expect(last - halt.sentAtMs).toBeLessThan(enforcedWithinMs)
    expect(await askOnce(gateway)).toMatchObject({ mark: expect.stringContaining(`halted; id=${halt.id}`) })
    expect((await health(gateway)).unacknowledged).toBeGreaterThan(0)

    const { exitCode } = await gateway.cli('halt', '--cause', 'drill', '--reason', 'the disk is broken')
    expect(exitCode).toBe(4)
    return (await halts(gateway)).map(({ id }) => id)
  }

  async function areAcknowledgedLater(ids: string[]): Promise<void> {
    expect(ids).toHaveLength(2)
    await until('the late acknowledgement', async () =>
      (await halts(gateway)).every((one) => one.acknowledged),
    )
    await gateway.stop('SIGKILL')
    await gateway.start()
    expect(await askOnce(gateway)).toMatchObject({ replies: 'halted' })
    for (const id of ids) expect(await clear(gateway, id)).toBe(200)
    await untilReplies(gateway, 'ai')
  }

  it('is full is enforced at once, reported as not acknowledged, and stored when there is room', async () => {
    const disk = await startOnSmallDisk()
    disk.fill()
    const ids = await isEnforcedButNotAcknowledged()
    disk.empty()
    await areAcknowledgedLater(ids)
  })

  it('fails under it is enforced at once and reported as not acknowledged', async () => {
    const disk = mountFailingDisk()
    undo.push(disk.close)
    await start(join(disk.path, 'data'))
    disk.fail()
    await isEnforcedButNotAcknowledged()
  })

  it('is read-only from the start is enforced at once and reported as not acknowledged', async () => {
    const disk = await startOnSmallDisk()
    await gateway.stop()
    disk.readOnly()
    await gateway.start()
    await untilReplies(gateway, 'ai')
    expect(gateway.output).toContain('cannot be written')
    await isEnforcedButNotAcknowledged()
  })
})
