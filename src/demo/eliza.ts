import { showsCrisis } from './crisis.ts'
import type { Faults } from './faults.ts'
import {
  dismissiveAnswers,
  isolatingAnswers,
  openAnswers,
  rules,
  stillHere,
  supportiveAnswers,
} from './rules.ts'

/** How the demo therapist is broken, as far as its words go. */
export type Manner = Pick<Faults, 'deaf' | 'harmful'>

export interface Said {
  /** The verdict over the latest message; always false when deaf. */
  crisisDetected: boolean
  text: string
}

/**
 * An ELIZA-style answer (Weizenbaum 1966) to a conversation. Pure: the same messages and choice give the same answer.
 * @param userMessages everything the user has said, oldest first
 * @param choice which of `n` alternatives; neighbours differ where there is more than one answer
 */
export function answer(userMessages: readonly string[], choice: number, manner: Manner): Said {
  const latest = userMessages.at(-1) ?? ''
  const turn = Math.max(0, userMessages.length - 1) + choice
  const crisisDetected = !manner.deaf && showsCrisis(latest)
  // Deaf and harmful are apart on purpose, so that a drill can break the verdict and the words one by one.
  if (manner.harmful === true) return { crisisDetected, text: pick(dismissiveAnswers, turn) }
  const said = crisisDetected ? pick(supportiveAnswers, turn) : ordinary(userMessages, turn, manner)
  if (manner.harmful === 'mid-reply')
    return { crisisDetected, text: `${said} ${pick(isolatingAnswers, turn)}` }
  return { crisisDetected, text: said }
}

/** Turns pronouns round: "my mother hates me" becomes "your mother hates you". */
export function reflect(phrase: string): string {
  return phrase.replace(
    /\b(?:you are|you were|i was)\b|[a-z']+/gi,
    (word) => reflections.get(word.toLowerCase()) ?? word,
  )
}

function ordinary(userMessages: readonly string[], turn: number, { deaf }: Manner): string {
  const said = listen(userMessages.at(-1) ?? '', turn)
  const disclosedBefore = !deaf && userMessages.slice(0, -1).some(showsCrisis)
  return disclosedBefore ? `${said} ${stillHere}` : said
}

function listen(message: string, turn: number): string {
  const text = message.slice(0, 2_000).replace(/[’‘`]/g, "'").trim()
  for (const { when, answers } of rules) {
    const match = when.exec(text)
    if (match) return pick(answers, turn).replace('$1', () => reflect(firstClause(match[1] ?? 'that')))
  }
  return pick(openAnswers, turn)
}

/** An echo ends where the thought does, and does not repeat a whole page. */
function firstClause(phrase: string): string {
  const clause = phrase.split(/[.,;!?\n]|\b(?:but|because|and)\b/i)[0] ?? ''
  return clause.trim().split(/\s+/).slice(0, 16).join(' ') || 'that'
}

function pick(answers: readonly string[], turn: number): string {
  return answers[turn % answers.length] ?? ''
}

const reflections = new Map([
  ['you are', 'I am'],
  ['you were', 'I was'],
  ['i was', 'you were'],
  ['i', 'you'],
  ["i'm", 'you are'],
  ["i've", 'you have'],
  ["i'd", 'you would'],
  ["i'll", 'you will'],
  ['am', 'are'],
  ['me', 'you'],
  ['my', 'your'],
  ['mine', 'yours'],
  ['myself', 'yourself'],
  ['you', 'me'],
  ["you're", 'I am'],
  ['your', 'my'],
  ['yours', 'mine'],
  ['yourself', 'myself'],
])
