/**
 * Text in a value whose shape is not known, from the fields that formats use for text, however deep; joined by line
 * feeds. Without recursion: JSON may be nested deeper than the stack.
 */
export function anyText(value: unknown): string {
  return strings(value, (key) => TEXT_FIELDS.has(key))
}

/** Every string in a value, field names left out; joined by line feeds. For the arguments of a tool. */
export function everyString(value: unknown): string {
  return strings(value, () => true)
}

function strings(value: unknown, wanted: (key: string) => boolean): string {
  if (typeof value === 'string') return value
  const found: string[] = []
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next === 'string') {
      if (next !== '') found.push(next)
    } else if (Array.isArray(next)) {
      for (let at = next.length - 1; at >= 0; at--) waiting.push(next[at])
    } else if (typeof next === 'object' && next !== null) {
      for (const [key, inside] of Object.entries(next).reverse()) if (wanted(key)) waiting.push(inside)
    }
  }
  return found.join('\n')
}

/** Fields that hold text, or what holds text. Not ids, names, links, signatures, and encoded or encrypted data. */
const TEXT_FIELDS = new Set([
  'action',
  'arguments',
  'code',
  'command',
  'commands',
  'content',
  'context',
  'delta',
  'diff',
  'input',
  'logs',
  'operation',
  'output',
  'outputs',
  'query',
  'queries',
  'refusal',
  'results',
  'revised_prompt',
  'stderr',
  'stdout',
  'summary',
  'text',
  'thinking',
  'title',
  'transcript',
])
