import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { silentLogger } from '../../src/logger.ts'
import { createRecordQueue } from '../../src/responses/record-queue.ts'

let queue: ReturnType<typeof createRecordQueue>
let written: string[]
let failed: string[]
/** What each write meets; `undefined` is success. */
let trouble: (key: string) => Error | undefined

beforeEach(() => {
  vi.useFakeTimers()
  written = []
  failed = []
  trouble = () => undefined
  queue = createRecordQueue({ logger: silentLogger, retryMs: 1_000, onError: (verb) => failed.push(verb) })
})
afterEach(async () => {
  await queue.close()
  vi.useRealTimers()
})

const away = new GatewayError('unavailable', 'the database is away')

function add(key: string, says = key) {
  queue.add({
    key,
    verb: `write ${key}`,
    async run() {
      const error = trouble(key)
      if (error !== undefined) throw error
      written.push(says)
    },
  })
}

it('writes at once and in order, and keeps nothing', async () => {
  add('a')
  add('b')
  await queue.settled()
  expect(written).toEqual(['a', 'b'])
  expect(queue.size).toBe(0)
})

it('keeps everything while the database is away, and writes it in order when it is back', async () => {
  trouble = () => away
  for (const key of ['a', 'b', 'c']) add(key)
  await queue.settled()
  expect(queue.size).toBe(3)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(written).toEqual([])

  trouble = () => undefined
  await vi.advanceTimersByTimeAsync(1_000)
  expect(written).toEqual(['a', 'b', 'c'])
  expect(queue.size).toBe(0)
})

it('does not try one after the other while the database is away', async () => {
  trouble = () => away
  for (const key of ['a', 'b', 'c']) add(key)
  await queue.settled()
  const before = failed.length
  await vi.advanceTimersByTimeAsync(1_000)
  expect(failed.length - before).toBe(1)
})

it('is not held up by a write that fails by itself', async () => {
  trouble = (key) => (key === 'a' ? new Error('does not fit') : undefined)
  add('a')
  add('b')
  await queue.settled()
  expect(written).toEqual(['b'])
  expect(new Set(failed)).toEqual(new Set(['write a']))
  expect(queue.size).toBe(1)
})

it('lets a repeat take the place of the one that waits', async () => {
  trouble = () => away
  add('a', 'first')
  add('a', 'second')
  await queue.settled()
  expect(queue.size).toBe(1)
  trouble = () => undefined
  await vi.advanceTimersByTimeAsync(1_000)
  expect(written).toEqual(['second'])
})

it('keeps a repeat that comes while the first is being written', async () => {
  let release = () => {}
  queue.add({
    key: 'a',
    verb: 'write',
    run: () =>
      new Promise<void>((resolve) => {
        release = resolve
      }),
  })
  add('a', 'again')
  release()
  await queue.settled()
  expect(written).toEqual(['again'])
  expect(queue.size).toBe(0)
})

it('drops the oldest when it is full, and counts it', async () => {
  trouble = () => away
  for (let n = 0; n < 10_002; n++) add(`task-${n}`)
  await queue.settled()
  expect(queue.size).toBe(10_000)
  expect(failed.filter((verb) => verb === 'dropped')).toHaveLength(2)
  trouble = () => undefined
  await vi.advanceTimersByTimeAsync(1_000)
  expect(written[0]).toBe('task-2')
})

it('tries nothing more once it is closed', async () => {
  trouble = () => away
  add('a')
  await queue.close()
  const before = failed.length
  await vi.advanceTimersByTimeAsync(10_000)
  expect(failed.length).toBe(before)
})
