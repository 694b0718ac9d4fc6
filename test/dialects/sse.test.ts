import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseSplitter, sseData, sseFrame, wireJson } from '../../src/dialects/sse.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const bytesOf = (text: string) => encoder.encode(text)

/** Pushes chunk by chunk; the events, the bytes given out, and how the body ended. */
function split(chunks: Uint8Array[], maxEventBytes = 65_536) {
  const splitter = createSseSplitter({ maxEventBytes })
  const events: { data: string; event: string | undefined }[] = []
  const out: number[] = []
  for (const chunk of chunks) {
    const { events: found, bytes } = splitter.push(chunk)
    for (const { data, event } of found) events.push({ data, event })
    if (bytes !== undefined) out.push(...bytes)
  }
  return { events, out: new Uint8Array(out), ...splitter.end() }
}

const message = (data: string, event?: string) => ({ data, event })

describe('what is an event', () => {
  const table: [string, string, ReturnType<typeof message>[]][] = [
    ['one data line', 'data: a\n\n', [message('a')]],
    ['CRLF', 'data: a\r\n\r\n', [message('a')]],
    ['CR', 'data: a\r\r', [message('a')]],
    ['mixed line ends', 'data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\r', [message('a\nb\nc'), message('d')]],
    ['several data lines', 'data: YHOO\ndata: +2\ndata: 10\n\n', [message('YHOO\n+2\n10')]],
    ['an event name', 'event: error\ndata: {}\n\n', [message('{}', 'error')]],
    ['a name after the data', 'data: {}\nevent: x\n\n', [message('{}', 'x')]],
    [
      'a name counts for one event only',
      'event: x\ndata: 1\n\ndata: 2\n\n',
      [message('1', 'x'), message('2')],
    ],
    ['an empty name is none', 'event\ndata: 1\n\n', [message('1')]],
    ['the last name wins', 'event: a\nevent: b\ndata: 1\n\n', [message('1', 'b')]],
    ['id and retry beside data', 'id: 7\nretry: 3000\ndata: a\nid\n\n', [message('a')]],
    ['comments anywhere', ': hi\n\ndata: a\n: hi\ndata: b\n\n:\n\n', [message('a\nb')]],
    ['no space after the colon', 'data:a\n\n', [message('a')]],
    ['exactly one space goes', 'data:  a \n\n', [message(' a ')]],
    ['a field without a colon', 'data\n\ndata\ndata\n\n', [message(''), message('\n')]],
    ['data with nothing in it', 'data:\n\ndata: \n\n', [message(''), message('')]],
    ['colons in the data', 'data: a: b:c\n\n', [message('a: b:c')]],
    ['a byte order mark at the start', '\uFEFFdata: a\n\n', [message('a')]],
    ['a byte order mark before a blank line', '\uFEFF\ndata: a\n\n', [message('a')]],
    ['a byte order mark within is text', 'data: \uFEFFa\n\n\uFEFFdata: b\n\n', [message('\uFEFFa')]],
    ['names that only begin alike', 'dataset: 1\ndat: 2\nDATA: 3\n data: 4\n\n', []],
    ['a block without data', 'event: x\n\nid: 1\n\nretry: 5\n\n', []],
    ['blank lines alone', '\n\r\n\r\r\n', []],
    ['text of all widths', 'data: é 你 🙂\n\n', [message('é 你 🙂')]],
    ['an unfinished last event', 'data: a\n\ndata: b\n', [message('a')]],
  ]

  it.each(table)('%s', (_name, text, events) => {
    expect(split([bytesOf(text)]).events).toEqual(events)
  })

  it.each(table)('%s, one byte at a time', (_name, text, events) => {
    const all = bytesOf(text)
    expect(split(Array.from(all, (byte) => new Uint8Array([byte]))).events).toEqual(events)
  })
})

describe('the bytes that may be forwarded', () => {
  it('are the chunk itself where it ends with an event', () => {
    const splitter = createSseSplitter({ maxEventBytes: 100 })
    for (const text of ['data: a\n\n', 'data: b\r\n\r\ndata: c\n\n', ': keep-alive\n\n']) {
      const chunk = bytesOf(text)
      expect(splitter.push(chunk).bytes).toBe(chunk)
    }
  })

  it('leave out an incomplete tail, which comes with the chunk that completes it', () => {
    const splitter = createSseSplitter({ maxEventBytes: 100 })
    expect(decoder.decode(splitter.push(bytesOf('data: a\n\ndata: b')).bytes)).toBe('data: a\n\n')
    expect(splitter.push(bytesOf('c\n'))).toEqual({ events: [], bytes: undefined })
    expect(decoder.decode(splitter.push(bytesOf('\ndata: d\n\n')).bytes)).toBe('data: bc\n\ndata: d\n\n')
  })

  it('stay valid after later pushes', () => {
    const splitter = createSseSplitter({ maxEventBytes: 100 })
    splitter.push(bytesOf('data: a'))
    const { bytes } = splitter.push(bytesOf('b\n\ndata: c'))
    splitter.push(bytesOf('d\n\ndata: xxxxxxxxxxxxxxxxxxx'))
    expect(decoder.decode(bytes)).toBe('data: ab\n\n')
  })

  it('hold nothing back of a lone keep-alive comment', () => {
    const splitter = createSseSplitter({ maxEventBytes: 100 })
    expect(decoder.decode(splitter.push(bytesOf(': ping\n')).bytes)).toBe(': ping\n')
  })

  it('end an event at its CR, and let an LF of the next chunk follow', () => {
    const splitter = createSseSplitter({ maxEventBytes: 100 })
    expect(decoder.decode(splitter.push(bytesOf('data: a\r\n\r')).bytes)).toBe('data: a\r\n\r')
    expect(decoder.decode(splitter.push(bytesOf('\n')).bytes)).toBe('\n')
    expect(splitter.push(bytesOf('\ndata: b\n\n')).events).toMatchObject([{ data: 'b' }])
  })

  it('are nothing for an empty chunk', () => {
    expect(createSseSplitter({ maxEventBytes: 9 }).push(bytesOf(''))).toEqual({
      events: [],
      bytes: undefined,
    })
  })
})

describe('the end of the body', () => {
  const table: [string, boolean][] = [
    ['', false],
    ['data: a\n\n', false],
    ['data: a\r\n\r', false],
    ['data: a\n\n: bye', false],
    ['data: a\n', true],
    ['data: a\n\nda', true],
    ['data: a\n\nid: 4\n', true],
  ]
  it.each(table)('after %j is a cut: %s', (text, cut) => {
    expect(split([bytesOf(text)]).cut).toBe(cut)
  })
})

describe('an event larger than the limit', () => {
  const garbage = expect.objectContaining({ name: 'GatewayError', code: 'engine_garbage' })
  const limit = bytesOf('data: 12345\n\n').length

  it('passes at the limit and is refused one byte above it, however it is cut into chunks', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      const atLimit = `data: 12345${end}${end}`
      const max = limit + (end.length - 1)
      const pieces = (text: string) => Array.from(bytesOf(text), (byte) => new Uint8Array([byte]))
      expect(split([bytesOf(atLimit)], max).events).toEqual([message('12345')])
      expect(split(pieces(atLimit), max).events).toEqual([message('12345')])
      const above = `data: 123456${end}${end}`
      expect(() => split([bytesOf(above)], max)).toThrow(garbage)
      expect(() => split(pieces(above), max)).toThrow(garbage)
    }
  })

  it('is refused before it is complete', () => {
    const splitter = createSseSplitter({ maxEventBytes: 10 })
    splitter.push(bytesOf('data: 123'))
    expect(() => splitter.push(bytesOf('45'))).toThrow(garbage)
    expect(() => splitter.push(bytesOf('\n\n'))).toThrow(garbage)
  })

  it('does not take the events before it along', () => {
    for (const tail of ['data: 1234567890', 'data: 1234567890\n\ndata: b\n\n']) {
      const splitter = createSseSplitter({ maxEventBytes: 12 })
      const { events, bytes } = splitter.push(bytesOf(`data: a\n\n${tail}`))
      expect(events).toMatchObject([{ data: 'a' }])
      expect(decoder.decode(bytes)).toBe('data: a\n\n')
      expect(() => splitter.push(bytesOf('data: c\n\n'))).toThrow(garbage)
      expect(() => splitter.end()).toThrow(garbage)
    }
  })

  it('is about one event, not about a stream of many', () => {
    expect(split([bytesOf('data: a\n\n'.repeat(1000))], 9).events).toHaveLength(1000)
  })
})

/** A second reading of the specification, on whole text: the events, and where the last complete one ends. */
function reference(text: string) {
  const events: { data: string; event: string | undefined }[] = []
  let data: string[] = []
  let event: string | undefined
  for (const line of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .slice(0, -1)) {
    if (line === '') {
      if (data.length > 0) events.push({ data: data.join('\n'), event })
      data = []
      event = undefined
      continue
    }
    const { name = '', value = '' } = /^(?<name>[^:]*)(?:: ?(?<value>.*))?$/s.exec(line)?.groups ?? {}
    if (name === 'data') data.push(value)
    if (name === 'event') event = value === '' ? undefined : value
  }
  return events
}

const lineText = fc.oneof(
  fc.constantFrom(
    '',
    '',
    '',
    'data',
    'data:',
    'data: ',
    'event: e',
    'event',
    ': c',
    'id: 1',
    'retry: 1',
    'x',
    '\uFEFFdata: b',
  ),
  fc.string({ unit: 'binary' }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
  fc.string({ unit: fc.constantFrom('d', 'a', 't', ':', ' ', 'é', '🙂', '\uFEFF') }),
)
const streamText = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.tuple(lineText, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 }),
    fc.constantFrom('', 'data: cut', ': c'),
  )
  .map(([mark, lines, tail]) => `${mark ? '\uFEFF' : ''}${lines.flat().join('')}${tail}`)
const chunked = fc
  .tuple(streamText, fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 60 }))
  .map(([text, sizes]) => {
    const all = bytesOf(text)
    const chunks: Uint8Array[] = []
    let at = 0
    for (const size of sizes) {
      chunks.push(all.slice(at, at + size))
      at += size
    }
    return { text, all, chunks: [...chunks, all.slice(at)] }
  })

describe('any stream in any chunks', () => {
  it('yields the events of the specification', () => {
    fc.assert(
      fc.property(chunked, ({ text, chunks }) => {
        expect(split(chunks).events).toEqual(reference(decoder.decode(bytesOf(text))))
      }),
      { numRuns: 500 },
    )
  })

  it('yields its own bytes, all but the held tail', () => {
    fc.assert(
      fc.property(chunked, ({ all, chunks }) => {
        const { out, heldBytes } = split(chunks)
        expect(out).toEqual(all.slice(0, all.length - heldBytes))
      }),
      { numRuns: 500 },
    )
  })

  it('can be cut after every event: each piece alone says that event', () => {
    fc.assert(
      fc.property(chunked, ({ chunks }) => {
        const splitter = createSseSplitter({ maxEventBytes: 65_536 })
        // Pieces after the first are read behind a blank line: a mark at their start is then text, as it was.
        let before: Uint8Array[] = []
        for (const chunk of chunks) {
          const { events, bytes } = splitter.push(chunk)
          let from = 0
          for (const { data, event, endOffset } of events) {
            const piece = bytes?.slice(from, endOffset) ?? new Uint8Array()
            expect(split([...before, piece]).events).toEqual([{ data, event }])
            from = endOffset
            before = [bytesOf('\n')]
          }
          if (bytes !== undefined) before = [bytesOf('\n')]
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('written events', () => {
  it('say again what was written, whatever the text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (json, text) => {
        const [fromJson, fromText] = split([sseData(json), bytesOf(sseFrame(text))]).events
        expect(JSON.parse(fromJson?.data ?? '')).toEqual(JSON.parse(JSON.stringify(json)))
        expect(fromText?.data).toBe(decoder.decode(bytesOf(text.replace(/\r\n|\r/g, '\n'))))
      }),
    )
  })

  it('hold no character that a client could take for a line end', () => {
    expect(wireJson({ text: 'a\u0085b\u2028c\u2029d\ne' })).toBe('{"text":"a\\u0085b\\u2028c\\u2029d\\ne"}')
  })
})
