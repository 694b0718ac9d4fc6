import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EVERY,
  JsonPathError,
  parseJsonPath,
  readPath,
  updatePath,
  writePath,
} from '../../src/dialects/json-path.ts'

const document = {
  a: { b: [{ 'c d': 1 }, { 'c d': 2 }, null, 'x'] },
  'it\'s "q" \\': true,
  größe: 3,
  list: [
    [1, 2],
    [3, 4],
  ],
}

describe('a path', () => {
  const table: [string, unknown[]][] = [
    ['$', [document]],
    ['$.a.b[0]["c d"]', [1]],
    ["$.a['b'][1]['c d']", [2]],
    ["$.a.b[*]['c d']", [1, 2]],
    ['$.list[*][1]', [2, 4]],
    ['$.list[*][*]', [1, 2, 3, 4]],
    ['$.größe', [3]],
    ["$['it\\'s \"q\" \\\\']", [true]],
    ['$["it\'s \\"q\\" \\\\"]', [true]],
    ["$['gr\\u00f6\\u00dfe']", [3]],
    ['$.a.b[3].length', []],
    ['$.a.b.length', []],
    ['$.a[0]', []],
    ['$.a.b[9]', []],
    ['$.a[*]', []],
    ['$.toString', []],
    ["$['']", []],
  ]
  it.each(table)('%s reads what stands there', (source, values) => {
    expect(readPath(parseJsonPath(source), document)).toEqual(values)
  })

  it('leads nowhere in what is not an object', () => {
    for (const value of [null, 1, 'text', true, undefined])
      expect(readPath(parseJsonPath('$.a'), value)).toEqual([])
  })

  const wrong: [string, string][] = [
    ['', "expected '$' at position 1, found the end"],
    ['a.b', "expected '$' at position 1, found 'a.b'"],
    ['$a', "expected '.name', '[0]', '[*]' or \"['any name']\" at position 2, found 'a'"],
    ['$.', 'at position 2'],
    ['$..a', 'at position 2'],
    ['$.a b', "at position 4, found ' b'"],
    ['$.a-b', "at position 4, found '-b'"],
    ['$.0', 'at position 2'],
    ['$[-1]', 'at position 2'],
    ['$[01]', 'at position 2'],
    ['$[', 'at position 2'],
    ["$['a]", 'at position 2'],
    ["$['\\x']", 'a quoted name with the escapes of JSON at position 2'],
    ['$.a[1000]', 'an index of at most 999 at position 4'],
    ['$.a.__proto__.b', "a name other than '__proto__' at position 4"],
    ["$['__proto__']", "a name other than '__proto__' at position 2"],
    ["$['\\u005f_proto__']", "a name other than '__proto__' at position 2"],
    [`$${'.a'.repeat(33)}`, '32 steps are the most'],
    [`$.${'a'.repeat(1000)}`, 'at most 1,000 characters'],
  ]
  it.each(wrong)('%s is refused with its place and what was expected', (source, text) => {
    expect(() => parseJsonPath(source)).toThrow(JsonPathError)
    expect(() => parseJsonPath(source)).toThrow(text)
  })

  it('is read or refused, whatever the text', () => {
    const text = fc.string({
      unit: fc.constantFrom('$', '.', '[', ']', "'", '"', '\\', '*', '0', '1', 'a', 'u'),
    })
    fc.assert(
      fc.property(text, (rest) => {
        try {
          expect(parseJsonPath(`$${rest}`).segments.length).toBeGreaterThanOrEqual(0)
        } catch (error) {
          expect(error).toBeInstanceOf(JsonPathError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('writing', () => {
  const table: [string, unknown][] = [
    ['$', 'x'],
    ['$.a.b', { a: { b: 'x' } }],
    ['$.a[2].b', { a: [null, null, { b: 'x' }] }],
    ['$[*].a', [{ a: 'x' }]],
  ]
  it.each(table)('%s makes the smallest document', (source, made) => {
    expect(writePath(parseJsonPath(source), 'x')).toEqual(made)
  })

  it('puts a value where reading finds it, for any path', () => {
    const segment = fc.oneof(
      fc.string().filter((name) => name !== '__proto__'),
      fc.nat({ max: 20 }),
      fc.constant(EVERY),
    )
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const path = { source: '', segments }
        expect(readPath(path, writePath(path, 'x'))).toEqual(['x'])
      }),
    )
  })

  it('never reaches a prototype, even by a path made by hand', () => {
    const made = writePath({ source: '', segments: ['__proto__', 'polluted'] }, true)
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

describe('updating', () => {
  const update = (source: string) => updatePath(parseJsonPath(source), document, (value) => [value])

  it('replaces every value at the path and changes nothing that was given', () => {
    const before = structuredClone(document)
    expect(update('$.list[*][1]')).toEqual({
      ...document,
      list: [
        [1, [2]],
        [3, [4]],
      ],
    })
    expect(update('$.größe')).toEqual({ ...document, größe: [3] })
    expect(update('$')).toEqual([document])
    expect(document).toEqual(before)
  })

  it.each(['$.none', '$.a[0]', '$.a.b[9]', '$.list.length', '$.größe.x', '$.toString'])(
    'leaves all as it is where %s leads nowhere',
    (source) => {
      expect(update(source)).toEqual(document)
    },
  )

  it('visits what reading finds, in the same order, for any JSON', () => {
    const paths = ['$[*]', '$[*][*]', '$.a', '$[*].a', '$.a[*].b', '$[1]', '$'].map(parseJsonPath)
    const key = fc.constantFrom('a', 'b', '__proto__')
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(key, tie('json'), { maxKeys: 2 }),
      ),
    }))
    fc.assert(
      fc.property(json, fc.constantFrom(...paths), (given, path) => {
        const value: unknown = JSON.parse(JSON.stringify(given))
        const visited: unknown[] = []
        const copy = updatePath(path, value, (found) => {
          visited.push(found)
          return found
        })
        expect(visited).toEqual(readPath(path, value))
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value))
      }),
    )
  })
})
