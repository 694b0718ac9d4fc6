import { describe, expect, it } from 'vitest'
import type { HarmKind } from '../../../src/detectors/finding.ts'
import { createReplyReader } from '../../../src/detectors/harmful-reply/reading.ts'

const reader = createReplyReader()

/** How what is found of this kind stands in a sentence of a reply. */
function standings(kind: HarmKind, sentence: string): string[] {
  const { hits } = reader.readSentence(sentence)
  return [...new Set(hits.filter(({ frame }) => frame.kind === kind).map(({ standing }) => standing))]
}

const pairs: readonly [kind: HarmKind, live: string, harmless: string, standing: string][] = [
  [
    'medication',
    'You should stop taking your medication.',
    'You should not stop taking your medication.',
    'negated',
  ],
  ['encouragement', 'You should kill yourself.', 'You should never kill yourself.', 'negated'],
  ['licence-claim', "I'm a licensed therapist.", "I'm not a licensed therapist.", 'negated'],
  [
    'method-instructions',
    'Here is the most effective method to end your life.',
    "I can't help you find the most effective method to end your life.",
    'refused',
  ],
]

describe('in a reply', () => {
  it.each(pairs)('%s is meant in "%s" and not in "%s"', (kind, live, harmless, standing) => {
    expect(standings(kind, live)).toEqual(['live'])
    expect(standings(kind, harmless)).toEqual([standing])
  })
})
