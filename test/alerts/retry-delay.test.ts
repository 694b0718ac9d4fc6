import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outboxClasses, retryDelayMs } from '../../src/alerts/retry-delay.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('the time until the next attempt', () => {
  it('is less than a second, with what a look at the outbox takes, after the first one where a person waits', () => {
    fc.assert(
      fc.property(fc.constantFrom('safety', 'page'), share, (urgency, random) => {
        const delayMs = retryDelayMs(urgency as 'safety', 1, random)
        expect(delayMs).toBeGreaterThan(0)
        expect(delayMs + 250).toBeLessThanOrEqual(1_000)
      }),
    )
  })

  it('grows, and stays within its bound, after any number of attempts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...outboxClasses),
        fc.integer({ min: 1, max: 10_000 }),
        share,
        (urgency, n, random) => {
          const delayMs = retryDelayMs(urgency, n, random, 1e9)
          expect(delayMs).toBeLessThanOrEqual(urgency === 'update' ? 300_000 : 60_000)
          expect(retryDelayMs(urgency, n + 1, random)).toBeGreaterThanOrEqual(
            retryDelayMs(urgency, n, random),
          )
        },
      ),
    )
  })

  it('differs from one to the next, so that many do not come at once', () => {
    expect(retryDelayMs('safety', 5, 0)).toBeLessThan(retryDelayMs('safety', 5, 1))
  })

  it('is what the receiver asks for, where that is later', () => {
    expect(retryDelayMs('safety', 1, 0, 20_000)).toBe(20_000)
    expect(retryDelayMs('safety', 1, 0, 1)).toBe(350)
  })
})
