import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HarmFinding } from '../../src/detectors/finding.ts'
import type { ReplyWatch } from '../../src/detectors/harmful-reply/reply-watch.ts'
import type { ReplyStream } from '../../src/dialects/dialect.ts'
import type { TextDelta } from '../../src/exchange.ts'
import { createHoldBack, type HoldBack, type HoldBackParts } from '../../src/middleware/hold-back.ts'
import type { ReadEvent, ReadEvents } from '../../src/middleware/open-reply.ts'
import type { ReplyAction } from '../../src/plan/policy.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

/** What one event of an engine says, and which choices it ends. */
interface Said {
  texts: TextDelta[]
  finishing: number[]
}

/** A text that a watch listens to; the watch says of itself what is safe. */
interface Listened {
  watch: ReplyWatch
  /** Most that it ever called safe. */
  declared: number
  pushed: string
  isOver: boolean
  isSide: boolean
}

const finding: HarmFinding = {
  detector: 'fake',
  kind: 'encouragement',
  score: 1,
  evidence: [{ start: 0, end: 5 }],
  version: 'test',
}

/** A hold-back over watches that do as they are told: `safe` gives how much of what was pushed becomes safe each time. */
function fixture(
  options: Partial<HoldBackParts> & {
    safe?: (pushed: number, before: number) => number
    /** The watch finds something in a text that has this in it. */
    harm?: string
    action?: ReplyAction
    /** Stands behind every content that ends. */
    lines?: string
    throws?: boolean
  } = {},
) {
  const { safe = (pushed) => pushed, harm, action = 'withhold', lines, throws = false, ...parts } = options
  const listened: Listened[] = []
  const added: { at: string; choices: number[] }[] = []
  const noted: unknown[] = []
  const stream: ReplyStream = {
    ended: () => false,
    finishing: () => [],
    read: () => [],
    sent() {},
    openWith: () => undefined,
    endSafely: () => undefined,
    endWithError: () => encode('error'),
    rewrite(data, _event, words) {
      if (words === undefined) return undefined
      added.push({ at: data, choices: [...words.choices] })
      return encode(`${data}+${words.choices.join()};`)
    },
  }
  const holdBack = createHoldBack({
    stream,
    judge: {
      found(found) {
        noted.push(found)
        return action
      },
      ended: ({ finding: found }, { canAdd }) =>
        found !== undefined
          ? { action }
          : { action: 'observe', ...(canAdd && lines !== undefined && { text: lines }) },
      annotation: () => 'doubt',
    },
    openWatch(isSide) {
      const one: Listened = {
        declared: 0,
        pushed: '',
        isOver: false,
        isSide,
        watch: {
          push(text) {
            if (throws) throw new Error('a fault of ours')
            one.pushed += text
            const isFound = harm !== undefined && one.pushed.includes(harm)
            if (!isFound) one.declared = Math.max(one.declared, safe(one.pushed.length, one.declared))
            return { safeUnits: one.declared, found: isFound ? finding : undefined }
          },
          end() {
            one.isOver = true
            const isFound = harm !== undefined && one.pushed.includes(harm)
            return {
              harmful: isFound,
              kind: isFound ? 'encouragement' : undefined,
              score: isFound ? 1 : 0,
              findings: [],
              finding: isFound ? finding : undefined,
              hasResource: false,
              safeUnits: one.pushed.length,
            }
          },
        },
      }
      listened.push(one)
      return one.watch
    },
    isObserved: false,
    canAdd: true,
    maxHeldBytes: 1_000_000,
    isAcknowledged: false,
    onFault: () => 'withhold',
    ...parts,
  })
  return { holdBack, listened, added, noted }
}

/** The bytes of event number `at`. */
const bytesOf = (at: number) => `E${at};`

/** Reads of a body: events in pieces, with comments between them and alone. */
function readsOf(
  said: readonly Said[],
  sizes: readonly number[],
  comments: readonly boolean[],
): ReadEvents[] {
  const reads: ReadEvents[] = []
  let at = 0
  for (let turn = 0; at < said.length; turn++) {
    const size = sizes[turn % Math.max(1, sizes.length)] ?? 1
    let body = ''
    const events: ReadEvent[] = []
    for (const one of said.slice(at, at + size)) {
      if (comments[(at + events.length) % Math.max(1, comments.length)]) body += ':c;'
      body += bytesOf(at + events.length)
      events.push({
        data: `E${at + events.length}`,
        event: undefined,
        texts: one.texts,
        finishing: one.finishing,
        endOffset: body.length,
      })
    }
    at += size
    if (body === '') body = ':c;'
    reads.push({ bytes: encode(body), events })
  }
  return reads
}

const delta = fc.record<TextDelta>({
  choice: fc.nat(2),
  kind: fc.constantFrom('content', 'content', 'content', 'reasoning', 'tool-call', 'refusal'),
  text: fc.stringMatching(/^[a-z .]{1,6}$/),
})
/** A reply of several interleaved choices, each of which is finished once, at the end of its own words. */
const reply = fc.array(fc.array(delta, { maxLength: 3 }), { minLength: 1, maxLength: 20 }).map((texts) => {
  const events: Said[] = texts.map((one) => ({ texts: one, finishing: [] }))
  for (const choice of [0, 1, 2]) {
    const last = events.findLastIndex((one) => one.texts.some((text) => text.choice === choice))
    if (last !== -1) events[last]?.finishing.push(choice)
  }
  return events
})
const sizes = fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }).filter((all) => all.some((one) => one > 0))
const comments = fc.array(fc.boolean(), { maxLength: 5 })

/** Feeds it all and joins what goes out, with what `look` sees after each step. */
function run(
  holdBack: HoldBack,
  reads: readonly ReadEvents[],
  look: (released: number) => void = () => {},
): { out: string; events: number } {
  let out = ''
  let events = 0
  const take = (released: { bytes: Uint8Array | undefined; events: number }) => {
    out += decode(released.bytes)
    events += released.events
    look(events)
  }
  for (const read of reads) take(holdBack.take(read))
  take(holdBack.end())
  return { out, events }
}

const withoutComments = (out: string) => out.replaceAll(':c;', '')
const first = (count: number) => Array.from({ length: count }, (_, at) => bytesOf(at)).join('')

describe('what is held back', () => {
  it('goes out whole, in order and byte for byte when all is safe at once', () => {
    fc.assert(
      fc.property(reply, sizes, comments, (said, chunks, between) => {
        const reads = readsOf(said, chunks, between)
        const { holdBack } = fixture()
        const { out, events } = run(holdBack, reads)
        expect(out).toBe(reads.map(({ bytes }) => decode(bytes)).join(''))
        expect(events).toBe(said.length)
        expect(holdBack.isHolding()).toBe(false)
        expect(holdBack.cut()).toBeUndefined()
      }),
    )
  })

  it('loses nothing, however late it becomes safe', () => {
    fc.assert(
      fc.property(reply, sizes, comments, fc.infiniteStream(fc.nat(9)), (said, chunks, between, lags) => {
        const { holdBack } = fixture({ safe: (pushed) => pushed - (lags.next().value ?? 0) })
        const { out, events } = run(holdBack, readsOf(said, chunks, between))
        expect(withoutComments(out)).toBe(first(said.length))
        expect(events).toBe(said.length)
      }),
    )
  })

  it('never goes beyond what the watch of its text has called safe', () => {
    fc.assert(
      fc.property(reply, sizes, comments, fc.infiniteStream(fc.nat(9)), (said, chunks, between, lags) => {
        const { holdBack, listened } = fixture({ safe: (pushed) => pushed - (lags.next().value ?? 0) })
        run(holdBack, readsOf(said, chunks, between), (released) => {
          const sent = new Map<string, number>()
          for (const { texts } of said.slice(0, released))
            for (const { choice, kind, text } of texts) {
              const key = kind === 'reasoning' || kind === 'tool-call' ? `${choice} ${kind}` : `${choice}`
              sent.set(key, (sent.get(key) ?? 0) + text.length)
            }
          const allowed = listened.reduce(
            (sum, one) => sum + (one.isOver ? one.pushed.length : one.declared),
            0,
          )
          const total = [...sent.values()].reduce((sum, one) => sum + one, 0)
          expect(total).toBeLessThanOrEqual(allowed)
          // Each text by itself: its watch was opened when its first words came.
          const order = [...orderOf(said)]
          for (const [at, key] of order.entries()) {
            const one = listened[at]
            if (one === undefined) continue
            expect(sent.get(key) ?? 0).toBeLessThanOrEqual(one.isOver ? one.pushed.length : one.declared)
          }
        })
      }),
    )
  })

  it('is listened to in texts of its own: each choice, and in it thoughts and tool calls', () => {
    fc.assert(
      fc.property(reply, sizes, comments, (said, chunks, between) => {
        const { holdBack, listened } = fixture()
        run(holdBack, readsOf(said, chunks, between))
        const order = [...orderOf(said)]
        const expected = order.map((key) => textOf(said, key))
        expect(listened.map(({ pushed }) => pushed)).toEqual(expected)
        expect(listened.map(({ isSide }) => isSide)).toEqual(order.map((key) => key.includes(' ')))
        expect(listened.every(({ isOver }) => isOver)).toBe(true)
      }),
    )
  })

  it('gets an addition once in each choice that ends, at the event that ends it, and stays in order', () => {
    fc.assert(
      fc.property(reply, sizes, comments, fc.infiniteStream(fc.nat(9)), (said, chunks, between, lags) => {
        const { holdBack, added } = fixture({
          lines: 'L',
          safe: (pushed) => pushed - (lags.next().value ?? 0),
        })
        const { out } = run(holdBack, readsOf(said, chunks, between))
        expect(added).toEqual(
          said.flatMap(({ finishing }, at) =>
            finishing.length > 0 ? [{ at: `E${at}`, choices: finishing }] : [],
          ),
        )
        const expected = said.map(({ finishing }, at) =>
          finishing.length > 0 ? `E${at}+${finishing.join()};` : bytesOf(at),
        )
        expect(withoutComments(out)).toBe(expected.join(''))
      }),
    )
  })

  it('gets no addition where none may stand', () => {
    fc.assert(
      fc.property(reply, sizes, (said, chunks) => {
        const { holdBack, added } = fixture({ lines: 'L', canAdd: false })
        expect(withoutComments(run(holdBack, readsOf(said, chunks, [])).out)).toBe(first(said.length))
        expect(added).toEqual([])
      }),
    )
  })

  it('is cut once too much of it waits, and nothing goes out any more', () => {
    fc.assert(
      fc.property(reply, sizes, comments, fc.integer({ min: 4, max: 60 }), (said, chunks, between, most) => {
        const { holdBack } = fixture({ maxHeldBytes: most, safe: (_, before) => before })
        const waiting: number[] = []
        for (const read of readsOf(said, chunks, between)) {
          const { bytes, events } = holdBack.take(read)
          const ends = read.events.map(({ endOffset }) => endOffset)
          waiting.push(...ends.map((end, at) => end - (ends[at - 1] ?? 0)))
          if (holdBack.cut() !== undefined) {
            expect({ cut: holdBack.cut(), bytes, events }).toEqual({
              cut: 'overflow',
              bytes: undefined,
              events: 0,
            })
            expect(holdBack.end()).toEqual({ bytes: undefined, events: 0, closing: undefined })
            return
          }
          waiting.splice(0, events)
          expect(waiting.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(most)
        }
      }),
    )
  })

  it('never begins with harmful words, wherever they are cut: nothing behind a finding goes out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }),
        fc.nat(2),
        sizes,
        (cuts, choice, chunks) => {
          const said = pieces('aaaa harm bbbb', cuts).flatMap((text): Said[] => [
            { texts: [{ choice, kind: 'content', text }], finishing: [] },
            { texts: [{ choice: choice + 1, kind: 'content', text: 'cccc' }], finishing: [] },
          ])
          const { holdBack, noted } = fixture({ harm: 'harm', safe: (pushed) => pushed - 3 })
          const { events } = run(holdBack, readsOf(said, chunks, []))
          const text = said
            .slice(0, events)
            .flatMap(({ texts }) => texts)
            .filter((one) => one.choice === choice)
            .map((one) => one.text)
            .join('')
          expect('aaaa h'.startsWith(text)).toBe(true)
          expect(holdBack.cut()).toBe('harmful')
          expect(noted).toEqual([finding])
        },
      ),
    )
  })
})

describe('a finding', () => {
  const said: Said[] = [
    { texts: [{ choice: 0, kind: 'content', text: 'harm' }], finishing: [] },
    { texts: [{ choice: 0, kind: 'content', text: ' more' }], finishing: [0] },
  ]

  it.each(['observe', 'annotate'] as const)(
    'that the plan lets pass (%s) does not hold the reply',
    (action) => {
      const { holdBack, added } = fixture({ harm: 'harm', action })
      const { out } = run(holdBack, readsOf(said, [1], []))
      expect(out).toBe(action === 'observe' ? first(2) : 'E0;E1+0;')
      expect(added).toHaveLength(action === 'observe' ? 0 : 1)
    },
  )

  it('changes nothing while the gateway only observes, and is noted', () => {
    const { holdBack, noted } = fixture({ harm: 'harm', action: 'observe', isObserved: true })
    expect(run(holdBack, readsOf(said, [1], [])).out).toBe(first(2))
    expect(noted).toHaveLength(1)
  })

  it('behind the end of its choice counts too', () => {
    const late: Said[] = [
      { texts: [{ choice: 0, kind: 'content', text: 'aaaa' }], finishing: [0] },
      { texts: [{ choice: 0, kind: 'content', text: 'harm' }], finishing: [] },
    ]
    const { holdBack } = fixture({ harm: 'harm' })
    expect(run(holdBack, readsOf(late, [1], [])).out).toBe(first(1))
    expect(holdBack.cut()).toBe('harmful')
  })
})

describe('a fault of the watch', () => {
  const said: Said[] = [{ texts: [{ choice: 0, kind: 'content', text: 'aaaa' }], finishing: [0] }]

  it('withholds the reply', () => {
    const { holdBack } = fixture({ throws: true })
    expect(run(holdBack, readsOf(said, [1], [])).out).toBe('')
    expect(holdBack.cut()).toBe('error')
  })

  it('lets it pass where the policy says so', () => {
    const { holdBack } = fixture({ throws: true, onFault: () => 'release' })
    expect(run(holdBack, readsOf(said, [1], [])).out).toBe(first(1))
  })
})

it('comments pass while words wait, so that connections stay open', () => {
  const { holdBack } = fixture({ safe: () => 0 })
  const [read] = readsOf([{ texts: [{ choice: 0, kind: 'content', text: 'aaaa' }], finishing: [] }], [1], [])
  if (read === undefined) throw new Error('no read')
  expect(holdBack.take(read)).toEqual({ bytes: undefined, events: 0 })
  expect(decode(holdBack.take({ bytes: encode(':c;'), events: [] }).bytes)).toBe(':c;')
  expect(holdBack.isHolding()).toBe(true)
})

it('a reply that overflows in one read is cut without a claim that its words were sent', () => {
  const texts = (text: string): Said => ({ texts: [{ choice: 0, kind: 'content', text }], finishing: [] })
  const { holdBack } = fixture({ maxHeldBytes: 5, safe: (pushed) => Math.min(pushed, 4) })
  const [read] = readsOf([texts('aaaa'), texts('bbbb'), texts('cccc')], [3], [])
  if (read === undefined) throw new Error('no read')
  expect(holdBack.take(read)).toEqual({ bytes: undefined, events: 0 })
  expect({ cut: holdBack.cut(), textSent: holdBack.textSent() }).toEqual({ cut: 'overflow', textSent: false })
})

/** The texts of a reply in the order in which they begin. */
function orderOf(said: readonly Said[]): Set<string> {
  const order = new Set<string>()
  for (const { texts, finishing } of said) {
    for (const { choice, kind } of texts)
      order.add(kind === 'reasoning' || kind === 'tool-call' ? `${choice} ${kind}` : `${choice}`)
    // What ends is a text, if an empty one.
    for (const choice of finishing) order.add(`${choice}`)
  }
  return order
}

function textOf(said: readonly Said[], key: string): string {
  return said
    .flatMap(({ texts }) => texts)
    .filter(({ choice, kind }) =>
      key.includes(' ') ? key === `${choice} ${kind}` : key === `${choice}` && /content|refusal/.test(kind),
    )
    .map(({ text }) => text)
    .join('')
}

/** Cuts a text into pieces of these lengths, again from the first when they run out. */
function pieces(text: string, lengths: readonly number[]): string[] {
  const out: string[] = []
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1
    out.push(text.slice(at, at + length))
    at += length
  }
  return out
}
