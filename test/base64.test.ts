import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** Node 24 and older browsers' engines have no reader of their own. */
describe.each(['with the reader of the engine', 'without it'])('base64, %s', (how) => {
  const own = Object.getOwnPropertyDescriptor(Uint8Array, 'fromBase64')
  let base64: typeof import('../src/base64.ts')

  beforeEach(async () => {
    vi.resetModules()
    if (how === 'without it') Reflect.deleteProperty(Uint8Array, 'fromBase64')
    base64 = await import('../src/base64.ts')
  })
  afterEach(() => {
    if (own) Object.defineProperty(Uint8Array, 'fromBase64', own)
  })

  it('gives back what was written, padded or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = base64.toBase64(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64'))
        expect(base64.fromBase64(text)).toEqual(bytes)
        expect(base64.fromBase64(text.replaceAll('=', ''))).toEqual(bytes)
      }),
    )
  })

  it.each([
    'QQ =',
    ' QQ==',
    'QQ==\n',
    'Q\tQ',
    'Q\fQ',
    'Q\rQ',
    'Q',
    'QQ=',
    'QQ===',
    'Q=Q=',
    '=',
    'Q-Q_',
    'Q€',
    'QQ==QQ==',
  ])('takes %j for nothing', (text) => {
    expect(base64.fromBase64(text)).toBeUndefined()
  })
})
