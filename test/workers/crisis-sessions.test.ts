import { describe, expect, it } from 'vitest'
import { createDetectors } from '../../src/assemble-listening.ts'
import { createCrisisSessions, hearOf, toldCrises } from '../../src/workers/crisis-sessions.ts'
import type { CrisisSession } from '../../src/workers/messages.ts'

const nowMs = Date.UTC(2026, 10, 28)

/** Two workers that tell each other, and the first detector's building done once. */
function workers() {
  const told: CrisisSession[] = []
  const [first, second] = [createDetectors(), createDetectors()]
  return { first: toldCrises(first, (heard) => told.push(heard)), second, told }
}

const said = (...texts: string[]) => ({
  messages: texts.map((text) => ({ role: 'user', text })),
  session: 'tenant\nsession',
  nowMs,
})

describe('A session whose next message comes to another worker', () => {
  it('stays in the crisis that the first one heard, also when only the last message is sent', () => {
    const { first, second, told } = workers()
    expect(second.crisis.inspect(said('what a nice day')).outcome).toBe('clear')
    const disclosed = said('I have the pills here and I am going to kill myself tonight')
    expect(first.crisis.inspect(disclosed).outcome).toBe('alert')
    for (const heard of told) hearOf(structuredClone(heard), second)
    expect(second.crisis.inspect(said('ok, thanks')).outcome).toBe('alert')
    expect(second.recentCrises.has('tenant\nsession', nowMs)).toBe(true)
  })

  it('stays in it also where nobody there had met it', () => {
    const { first, second, told } = workers()
    first.crisis.inspect(said('I have the pills here and I am going to kill myself tonight'))
    for (const heard of told) hearOf(heard, second)
    const report = second.crisis.inspect(said('ok, thanks'))
    expect(report).toMatchObject({ outcome: 'alert', isOwn: false })
  })

  it('is told of once for a message that is sent again, and never with its words', () => {
    const { first, told } = workers()
    const disclosed = said('I have the pills here and I am going to kill myself tonight')
    first.crisis.inspect(disclosed)
    first.crisis.inspect(disclosed)
    first.crisis.inspect(said('what a nice day'))
    expect(told).toHaveLength(1)
    expect(Object.keys(told[0]?.finding ?? {})).toEqual(['level', 'score'])
  })
})

describe('The sessions that any worker has heard of', () => {
  it('keep what was found when they are heard of again, and go when there are too many', () => {
    const sessions = createCrisisSessions(2)
    const finding = { level: 'plan' as const, score: 0.9 }
    sessions.note({ session: 'a', atMs: 1, finding })
    sessions.note({ session: 'b', atMs: 2 })
    sessions.note({ session: 'a', atMs: 3 })
    sessions.note({ session: 'c', atMs: 4 })
    expect(sessions.all()).toEqual([
      { session: 'a', atMs: 3, finding },
      { session: 'c', atMs: 4, finding: undefined },
    ])
  })
})
