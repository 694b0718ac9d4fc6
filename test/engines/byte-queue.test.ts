import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { ByteQueue } from '../../src/engines/byte-queue.ts'
import { GatewayError } from '../../src/errors.ts'

function setUp() {
  const owner = { onWait: vi.fn(), onDrain: vi.fn(), onCancel: vi.fn() }
  return { owner, queue: new ByteQueue(owner) }
}

const cut = new GatewayError('engine_closed', 'cut')
const half = new Uint8Array(32 * 1024)

describe('byte queue', () => {
  it('asks for a pause when full and for more when half empty', async () => {
    const { owner, queue } = setUp()
    expect(queue.push(half)).toBe(true)
    expect(queue.push(half)).toBe(false)
    expect(queue.push(half)).toBe(false)
    await queue.read()
    await queue.read()
    expect(owner.onDrain).not.toHaveBeenCalled()
    await queue.read()
    expect(owner.onDrain).toHaveBeenCalledTimes(1)
  })

  it('refuses a second reader', async () => {
    const { queue } = setUp()
    const first = queue.read()
    await expect(queue.read()).rejects.toThrow('another read() waits')
    queue.end()
    expect(await first).toBeUndefined()
  })

  it('gives out what came before a break, then the break, for ever', async () => {
    const { queue } = setUp()
    queue.push(half)
    queue.fail(cut, 'keep')
    queue.end()
    expect(await queue.read()).toBe(half)
    await expect(queue.read()).rejects.toBe(cut)
    await expect(queue.read()).rejects.toBe(cut)
  })

  it('throws away what is queued when told to drop it, and what comes after', async () => {
    const { queue } = setUp()
    queue.push(half)
    queue.fail(cut, 'drop')
    expect(queue.push(half)).toBe(true)
    await expect(queue.read()).rejects.toBe(cut)
  })

  it('never shows a cancelled body as ended', async () => {
    const { owner, queue } = setUp()
    queue.push(half)
    queue.end()
    queue.cancel()
    queue.cancel()
    await expect(queue.read()).rejects.toMatchObject({ code: 'client_closed' })
    expect(owner.onCancel).toHaveBeenCalledTimes(1)
  })

  it('gives out every byte in order, whoever is faster', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.constant('read'))),
        async (steps) => {
          const { queue } = setUp()
          const pushed: number[] = []
          const got: number[] = []
          let reading: Promise<void> | undefined
          const read = () =>
            queue.read().then((chunk) => {
              got.push(...(chunk ?? []))
              reading = undefined
            })
          for (const step of steps) {
            if (typeof step === 'string') reading ??= read()
            else {
              pushed.push(...step)
              queue.push(step)
            }
          }
          queue.end()
          await reading
          for (let chunk = await queue.read(); chunk !== undefined; chunk = await queue.read())
            got.push(...chunk)
          expect(got).toEqual(pushed)
        },
      ),
    )
  })
})
