/** A `${NAME}` in the file that has no value in the environment. */
export interface MissingVariable {
  path: (string | number)[]
  name: string
}

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every string of a parsed file; `$${` stands for a literal `${`.
 * Values are put in as text, never parsed again, so a variable cannot add settings.
 */
export function resolveReferences(
  value: unknown,
  env: Record<string, string | undefined>,
): { value: unknown; missing: MissingVariable[] } {
  const missing: MissingVariable[] = []
  const resolve = (node: unknown, path: (string | number)[]): unknown => {
    if (typeof node === 'string') return resolveText(node, path)
    if (Array.isArray(node)) return node.map((item, index) => resolve(item, [...path, index]))
    if (node !== null && typeof node === 'object')
      return Object.fromEntries(
        Object.entries(node).map(([key, item]) => [key, resolve(item, [...path, key])]),
      )
    return node
  }
  const resolveText = (text: string, path: (string | number)[]) =>
    text
      .split('$${')
      .map((part) =>
        part.replace(reference, (_whole, name: string, fallback: string | undefined) => {
          const found = env[name] || fallback
          if (found === undefined) missing.push({ path, name })
          return found ?? ''
        }),
      )
      .join('${')
  return { value: resolve(value, []), missing }
}
