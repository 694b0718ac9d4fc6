import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Listeners } from '../../src/breakers/listeners.ts'

describe('Listeners', () => {
  it('are all there that were added and not taken out, whatever came and went', () => {
    const steps = fc.array(fc.record({ adds: fc.boolean(), which: fc.nat(20) }), { maxLength: 100 })
    fc.assert(
      fc.property(steps, (some) => {
        const listeners = new Listeners()
        const made: { listener: () => void; remove: () => void; isIn: boolean }[] = []
        for (const { adds, which } of some) {
          const one = made[which % Math.max(1, made.length)]
          if (adds || one === undefined) {
            const listener = () => {}
            made.push({ listener, remove: listeners.add(listener), isIn: true })
          } else {
            // Also one that was taken out before.
            one.remove()
            one.isIn = false
          }
        }
        const expected = made.filter(({ isIn }) => isIn).map(({ listener }) => listener)
        expect(new Set(listeners.all())).toEqual(new Set(expected))
        expect(listeners.all()).toHaveLength(expected.length)
      }),
    )
  })

  it('are two when one function is added twice', () => {
    const listeners = new Listeners()
    const listener = () => {}
    const removeFirst = listeners.add(listener)
    listeners.add(listener)
    removeFirst()
    removeFirst()
    expect(listeners.all()).toEqual([listener])
  })
})
