/** Ways to write the same words so that they look different; none changes what a reader sees them say. */
export type Disguise = (text: string, random: () => number) => string

/** Written here anew, so that a letter dropped from the detector's own table is noticed. */
export const lookAlikes: Readonly<Record<string, string>> = {
  a: 'аαɑᴀ',
  b: 'Ьв',
  c: 'сϲᴄ',
  d: 'ԁɗ',
  e: 'еεҽᴇ',
  g: 'ɡɢ',
  h: 'һн',
  i: 'іιɪ',
  j: 'јʝ',
  k: 'кκᴋ',
  l: 'ⅼʟ',
  m: 'мᴍ',
  n: 'ոɴ',
  o: 'оοօᴏ',
  p: 'рρ',
  r: 'гʀ',
  s: 'ѕꜱ',
  t: 'тτᴛ',
  u: 'սᴜυ',
  v: 'ѵνᴠ',
  w: 'ԝᴡ',
  x: 'хχ',
  y: 'уγʏ',
  z: 'ᴢ',
}
const marks = ['\u0300', '\u0301', '\u0302', '\u0308', '\u0323', '\u0335', '\u034f']
const invisible = [
  '\u200b',
  '\u200c',
  '\u200d',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u202e',
  '\u2063',
  '\u{e0041}',
]
const gaps = ['  ', '   ', '\u00a0', '\u2003', '\u2009', '\t', ' \u3000']

export const disguises: Readonly<Record<string, Disguise>> = {
  'upper case': (text) => text.toUpperCase(),
  'random case': (text, random) =>
    perLetter(text, 1, random, (letter) => (random() < 0.5 ? letter.toUpperCase() : letter.toLowerCase())),
  accents: (text, random) => perLetter(text, 0.4, random, (letter) => letter + pickOne(marks, random)),
  'stacked marks': (text, random) =>
    perLetter(
      text,
      0.1,
      random,
      (letter) => letter + Array.from({ length: 12 }, () => pickOne(marks, random)).join(''),
    ),
  'invisible characters': (text, random) =>
    perLetter(text, 0.5, random, (letter) => letter + pickOne(invisible, random)),
  'look-alikes': (text, random) => perLetter(text, 0.6, random, (letter) => lookAlike(letter, random)),
  'full width': (text) => shifted(text, /[!-~]/g, 0xfee0),
  'mathematical letters': (text) =>
    text.replace(/[a-z]/gi, (letter) => {
      const isUpper = letter < 'a'
      return String.fromCodePoint((isUpper ? 0x1d400 - 65 : 0x1d41a - 97) + letter.charCodeAt(0))
    }),
  'circled letters': (text) => shifted(text.toLowerCase(), /[a-z]/g, 0x24d0 - 97),
  'wide gaps': (text, random) => text.replace(/ /g, () => pickOne(gaps, random)),
  'decomposed letters': (text) => text.normalize('NFD'),
  'curly apostrophes': (text) => text.replace(/'/g, '’'),
}

/** Two or three at once. */
export function mixed(text: string, random: () => number): string {
  const names = ['random case', 'accents', 'invisible characters', 'look-alikes', 'wide gaps']
  let disguised = text
  for (const name of names) if (random() < 0.5) disguised = disguises[name]?.(disguised, random) ?? disguised
  return disguised
}

function perLetter(
  text: string,
  share: number,
  random: () => number,
  change: (letter: string) => string,
): string {
  return text.replace(/[a-z]/gi, (letter) => (random() < share ? change(letter) : letter))
}

function lookAlike(letter: string, random: () => number): string {
  const others = lookAlikes[letter.toLowerCase()]
  return others === undefined ? letter : pickOne([...others], random)
}

function shifted(text: string, letters: RegExp, by: number): string {
  return text.replace(letters, (letter) => String.fromCodePoint(letter.charCodeAt(0) + by))
}

function pickOne(items: readonly string[], random: () => number): string {
  return items[Math.floor(random() * items.length)] ?? ''
}
