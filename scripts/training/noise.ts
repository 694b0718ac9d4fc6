import { pick } from './random.ts'

/** A copy of `text` as somebody might type it: hastily, or so that a filter does not see it. */
export function withNoise(text: string, random: () => number): string {
  const change = pick(changes, random)
  return change === undefined ? text : change(text, random)
}

type Change = (text: string, random: () => number) => string

const changes: readonly Change[] = [
  (text) => text.toLowerCase(),
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase().replace(/['’]/g, ''),
  (text) => text.toLowerCase().replace(/[.,!?;:]+/g, ''),
  (text, random) => typos(text, random, 1),
  (text, random) => typos(text, random, 2),
  (text, random) => typos(text.toLowerCase(), random, 3),
  (text, random) =>
    text.replace(/\b(you|are|because|to|for|people|please)\b/gi, (word) =>
      random() < 0.7 ? short(word) : word,
    ),
  (text, random) => `${pick(openers, random)} ${text.charAt(0).toLowerCase()}${text.slice(1)}`,
  (text, random) => `${text} ${pick(closers, random)}`,
  (text, random) =>
    text.replace(/[aeiost]/gi, (letter) =>
      random() < 0.15 ? (leet[letter.toLowerCase()] ?? letter) : letter,
    ),
  (text, random) => text.replace(/([aeiouy])\b/gi, (letter) => (random() < 0.2 ? letter.repeat(4) : letter)),
]

const openers = [
  'ok so',
  'hey,',
  'honestly',
  'idk but',
  'hi.',
  'so',
  'um',
  'please just listen,',
  'not gonna lie,',
  'hello, i need to talk.',
]
const closers = ['idk', 'sorry', '...', 'that is all', '😞', 'tbh', 'lol', 'thanks', 'i guess', ':(']
const leet: Readonly<Record<string, string>> = { a: '4', e: '3', i: '1', o: '0', s: '5', t: '7' }

function short(word: string): string {
  const map: Record<string, string> = {
    you: 'u',
    are: 'r',
    because: 'bc',
    to: '2',
    for: '4',
    people: 'ppl',
    please: 'pls',
  }
  return map[word.toLowerCase()] ?? word
}

function typos(text: string, random: () => number, count: number): string {
  let typed = text
  for (let done = 0; done < count && typed.length > 3; done++) {
    const at = 1 + Math.floor(random() * (typed.length - 2))
    const kind = random()
    if (kind < 0.35) typed = typed.slice(0, at) + typed.slice(at + 1)
    else if (kind < 0.65)
      typed = typed.slice(0, at) + (typed[at + 1] ?? '') + (typed[at] ?? '') + typed.slice(at + 2)
    else if (kind < 0.85) typed = typed.slice(0, at) + (typed[at] ?? '') + typed.slice(at)
    else typed = typed.slice(0, at) + neighbour(typed[at] ?? '', random) + typed.slice(at + 1)
  }
  return typed
}

function neighbour(letter: string, random: () => number): string {
  const row = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'].find((keys) => keys.includes(letter))
  if (row === undefined) return letter
  return row[row.indexOf(letter) + (random() < 0.5 ? -1 : 1)] ?? letter
}
