/**
 * Measures the watch over running replies: how many chunks of benign replies wait and how long, which benign replies it
 * would cut, and what a chunk of four characters costs (processor time, median of rounds).
 *
 *   node scripts/reply-watch-figures.ts                           the benign rows of training/replies
 *   node scripts/reply-watch-figures.ts FILE --field answer       other benign replies, one JSON a line, also packed with gzip
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createHarmfulReplyDetector } from '../src/detectors/harmful-reply/harmful-reply.ts'
import { createReplyWatch } from '../src/detectors/harmful-reply/reply-watch.ts'
import { readLabelledReplies } from './training/labelled-replies.ts'
import { readReplyRows } from './training/reply-rows.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { field: { type: 'string' } } })
const [file] = positionals
const detector = createHarmfulReplyDetector()
const rows =
  file === undefined
    ? await readReplyRows(join(import.meta.dirname, '../training/replies'))
    : await readLabelledReplies(file, {
        label: 0,
        ...(values.field === undefined ? {} : { field: values.field }),
      })
const texts = rows.filter(({ label }) => label === 0).map(({ text }) => text)
const inFours = (text: string): string[] => text.match(/[\s\S]{1,4}/g) ?? []
const inWords = (text: string): string[] => text.match(/\s*[\p{L}\p{N}'’]+|\s*[^\p{L}\p{N}\s]+|\s+$/gu) ?? []

process.stdout.write(`${texts.length} benign replies\n`)
for (const [name, cut] of [
  ['words', inWords],
  ['4 characters', inFours],
] as const) {
  const { chunks, delayed, longest } = delaysOf(cut)
  const share = ((100 * delayed) / chunks).toFixed(2)
  process.stdout.write(
    `chunks of ${name}: ${delayed} of ${chunks} wait (${share} %), at most ${longest} chunks long\n`,
  )
}
const cutOff = texts.filter((text) => {
  const watch = detector.openPhraseWatch()
  watch.push(text)
  return watch.end().found !== undefined
})
process.stdout.write(`cut by a phrase: ${cutOff.length}\n`)
const open = {
  phrases: () => detector.openPhraseWatch(),
  'phrases and models': () => createReplyWatch({ mode: 'phrase', state: 'none', user: '', detector }),
}
for (const [name, one] of Object.entries(open)) {
  process.stdout.write(`${name}: ${costOf(one).toFixed(2)} us a chunk of 4 characters, 200 chunks a reply\n`)
}

function delaysOf(cut: (text: string) => string[]): { chunks: number; delayed: number; longest: number } {
  const sum = { chunks: 0, delayed: 0, longest: 0 }
  for (const text of texts) {
    const watch = detector.openPhraseWatch()
    const ends: number[] = []
    let released = 0
    for (const piece of cut(text)) {
      ends.push((ends.at(-1) ?? 0) + piece.length)
      const { safeUnits } = watch.push(piece)
      for (; (ends[released] ?? Number.POSITIVE_INFINITY) <= safeUnits; released++) {
        const waited = ends.length - 1 - released
        if (waited > 0) sum.delayed++
        sum.longest = Math.max(sum.longest, waited)
      }
    }
    sum.chunks += ends.length
    sum.delayed += ends.length - released
  }
  return sum
}

/** Microseconds of processor time for each push. */
function costOf(one: () => { push(text: string): unknown }): number {
  const joined = texts.join(' ')
  const replies = Array.from({ length: Math.min(60, Math.floor(joined.length / 800)) }, (_, at) =>
    inFours(joined.slice(at * 800, at * 800 + 800)),
  )
  const rounds = Array.from({ length: 25 }, () => {
    const before = process.cpuUsage()
    for (const pieces of replies) {
      const watch = one()
      for (const piece of pieces) watch.push(piece)
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / replies.reduce((sum, { length }) => sum + length, 0)
  })
  const late = rounds.slice(10).sort((a, b) => a - b)
  return late[Math.floor(late.length / 2)] ?? 0
}
