/** In a path: every element of an array. */
export const EVERY = Symbol('[*]')

/** A place in a JSON document: the singular queries of RFC 9535 without negative indexes, and `[*]` for reading. */
export interface JsonPath {
  /** As it was written. */
  readonly source: string
  readonly segments: readonly (string | number | typeof EVERY)[]
}

/** A path that cannot be read; the message says where and what was expected. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError'
}

/**
 * Parses `$.a.b[0]['c d'][*]`. At most 1,000 characters, 32 steps and index 999. Throws `JsonPathError`.
 * @see https://www.rfc-editor.org/rfc/rfc9535#section-2.3.5
 */
export function parseJsonPath(source: string): JsonPath {
  if (source.length > 1000) throw new JsonPathError('expected a path of at most 1,000 characters')
  if (source[0] !== '$') throw wrong(source, 0, "'$'")
  const segments: (string | number | typeof EVERY)[] = []
  let at = 1
  while (at < source.length) {
    STEP.lastIndex = at
    const step = STEP.exec(source)
    if (step === null) throw wrong(source, at, EXPECTED)
    const { name, index, quoted } = step.groups ?? {}
    const segment =
      name ??
      (index !== undefined ? Number(index) : quoted !== undefined ? unquote(source, at, quoted) : EVERY)
    if (segment === '__proto__') throw wrong(source, at, "a name other than '__proto__'")
    if (typeof segment === 'number' && segment > 999) throw wrong(source, at, 'an index of at most 999')
    if (segments.push(segment) > 32) throw wrong(source, at, 'the end: 32 steps are the most')
    at = STEP.lastIndex
  }
  return { source, segments }
}

/** All values at the path, in document order; none where it leads nowhere. Only own members are followed. */
export function readPath(path: JsonPath, value: unknown): unknown[] {
  let found: unknown[] = [value]
  for (const segment of path.segments) {
    const next: unknown[] = []
    for (const from of found) {
      if (typeof from !== 'object' || from === null) continue
      if (typeof segment === 'string') {
        if (!Array.isArray(from) && Object.hasOwn(from, segment)) next.push(Reflect.get(from, segment))
      } else if (Array.isArray(from)) {
        if (segment === EVERY) for (const element of from) next.push(element)
        else if (segment < from.length) next.push(from[segment])
      }
    }
    found = next
  }
  return found
}

/**
 * The document with every value at the path, in document order, replaced by what `update` gives for it. Copied on the
 * way; what is given is not changed.
 */
export function updatePath(path: JsonPath, value: unknown, update: (value: unknown) => unknown): unknown {
  return updateFrom(path.segments, value, update)
}

/**
 * The smallest document with `value` at the path. `[*]` writes the first element;
 * elements before a written index are `null`.
 */
export function writePath(path: JsonPath, value: unknown): unknown {
  return path.segments.reduceRight<unknown>((inner, segment) => {
    // A computed key makes an own member whatever its name, so no prototype can be set here.
    if (typeof segment === 'string') return { [segment]: inner }
    return segment === EVERY ? [inner] : [...new Array(segment).fill(null), inner]
  }, value)
}

function updateFrom(
  [segment, ...rest]: JsonPath['segments'],
  value: unknown,
  update: (value: unknown) => unknown,
): unknown {
  if (segment === undefined) return update(value)
  if (typeof value !== 'object' || value === null) return value
  const inside = (from: unknown) => updateFrom(rest, from, update)
  if (typeof segment === 'string') {
    if (Array.isArray(value) || !Object.hasOwn(value, segment)) return value
    return { ...value, [segment]: inside(Reflect.get(value, segment)) }
  }
  if (!Array.isArray(value)) return value
  return value.map((element: unknown, at) =>
    segment === EVERY || segment === at ? inside(element) : element,
  )
}

const EXPECTED = "'.name', '[0]', '[*]' or \"['any name']\""
const STEP =
  /\.(?<name>[A-Za-z_\u{80}-\u{10ffff}][\w\u{80}-\u{10ffff}]*)|\[(?:(?<index>0|[1-9]\d*)|\*|(?<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))\]/uy

function unquote(source: string, at: number, quoted: string): string {
  const inner = quoted.slice(1, -1)
  const json = quoted[0] === '"' ? inner : inner.replace(/\\'|"/g, (found) => (found === '"' ? '\\"' : "'"))
  try {
    return String(JSON.parse(`"${json}"`))
  } catch {
    throw wrong(source, at, 'a quoted name with the escapes of JSON')
  }
}

function wrong(source: string, at: number, expected: string): JsonPathError {
  const found = at < source.length ? `'${source.slice(at, at + 20)}'` : 'the end'
  return new JsonPathError(`expected ${expected} at position ${at + 1}, found ${found}`)
}
