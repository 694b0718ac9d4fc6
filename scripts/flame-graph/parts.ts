/** Whom time is counted to, in the order of the legend, with the colour it is drawn in. */
export const parts = {
  crisis: { title: 'crisis detector', colour: '#f6b26b' },
  'harmful-reply': { title: 'harmful-reply detector', colour: '#ea8b8b' },
  dialects: { title: 'dialects', colour: '#ffe08a' },
  middleware: { title: 'steps of the request path', colour: '#a8d5a2' },
  records: { title: 'writing records to disk', colour: '#8fb7ae' },
  haltgate: { title: 'rest of haltgate', colour: '#cfe8c9' },
  hono: { title: 'Hono', colour: '#9ecbe8' },
  undici: { title: 'undici', colour: '#b9b5e3' },
  node: { title: 'Node', colour: '#d5d8dc' },
  collector: { title: 'garbage collector', colour: '#d9a9d0' },
  other: { title: 'other', colour: '#ececec' },
} as const

export type Part = keyof typeof parts

/**
 * The part of a function, by its file. What both detectors share, and what is built into the engine, counts to whoever
 * called it.
 */
export function partOf(name: string, file: string, caller: Part): Part {
  if (name === '(garbage collector)') return 'collector'
  if (name === '(program)') return 'other'
  if (file === '') return caller
  if (file.startsWith('node:')) return 'node'
  if (/^src\/detectors\/(text|phrases)\//.test(file))
    return caller === 'crisis' || caller === 'harmful-reply' ? caller : 'haltgate'
  const own = /^src\/(?:detectors\/)?(crisis|harmful-reply|dialects|middleware)\//.exec(file)?.[1]
  if (own === 'crisis' || own === 'harmful-reply' || own === 'dialects' || own === 'middleware') return own
  if (file === 'src/traffic.ts') return 'middleware'
  if (/^(?:src\/stores|src\/reviews|kysely)\//.test(file)) return 'records'
  if (file.startsWith('src/')) return 'haltgate'
  if (/^(?:hono|@hono)\//.test(file)) return 'hono'
  return file.startsWith('undici/') ? 'undici' : 'other'
}
