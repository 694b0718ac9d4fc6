import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sha1Hex } from '../../src/breakers/sha1.ts'

const nodeSha1 = (text: string) => createHash('sha1').update(text).digest('hex')

it('gives the published SHA-1 of "abc" and of nothing', () => {
  expect(sha1Hex('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
  expect(sha1Hex('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709')
})

it('agrees with Node at every length around the block boundaries', () => {
  for (let length = 0; length < 200; length++) {
    expect(sha1Hex('x'.repeat(length))).toBe(nodeSha1('x'.repeat(length)))
  }
})

it('agrees with Node on any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      expect(sha1Hex(text)).toBe(nodeSha1(text))
    }),
  )
})
