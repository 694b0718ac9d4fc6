/**
 * Everyday conversations, made from sentences with blanks: ordinary words in ever new order, so that no part of the
 * gateway can answer from memory. The same number gives the same text, whole sentences of at least so many UTF-16 units.
 */
export function everydayText(number: number, units: number): string {
  return sentences(asked, number, units)
}

/** What a helpful engine answers. */
export function ordinaryReply(number: number, units: number): string {
  return sentences(answered, number, units)
}

/** A reply word by word, as a stream brings it. */
export function replyWords(number: number, words: number): string[] {
  return (
    sentences(answered, number, words * 8)
      .match(/\S+\s*/g)
      ?.slice(0, words) ?? []
  )
}

/** One chat request, and whose conversation it goes on with. */
export interface ChatRequest {
  body: string
  session: string
}

const conversations = 400

/**
 * The request with this number, 1.5 KB on average: one of 400 conversations that each come back with what was said last
 * time and a new message behind it. `model` tells the engine what to do.
 */
export function chatRequest(model: string, number: number): ChatRequest {
  const conversation = number % conversations
  const turn = Math.floor(number / conversations)
  const says = (back: number) => {
    const at = (turn + 2 - back) * conversations + conversation
    return { role: 'user', content: everydayText(at, 40 + ((at * 7919) % 240)) }
  }
  const hears = (back: number) => ({
    role: 'assistant',
    content: ordinaryReply((turn + 2 - back) * conversations + conversation, 200),
  })
  const messages = [
    { role: 'system', content: 'You are a kind listener. Answer briefly, and ask one question at a time.' },
    ...[says(2), hears(2), says(1), hears(1), says(0)],
  ]
  const stream = /^(stream|idle)/.test(model)
  return {
    body: JSON.stringify({ model, stream, temperature: 0.7, messages }),
    session: `session-${conversation}`,
  }
}

type Sentence = readonly (string | readonly string[])[]

function sentences(from: readonly Sentence[], number: number, units: number): string {
  const next = dice(number)
  const pick = <T>(items: readonly T[], otherwise: T): T =>
    items[Math.floor(next() * items.length)] ?? otherwise
  let text = ''
  while (text.length < units) {
    const parts = pick(from, []).map((part) => (typeof part === 'string' ? part : pick(part, '')))
    text += `${text === '' ? '' : ' '}${parts.join('')}`
  }
  return text
}

/** Numbers from 0 to 1 that look like chance (mulberry32, public domain). */
function dice(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const person = ['my sister', 'my neighbour', 'a friend from work', 'my cousin', 'our new manager', 'my aunt']
const day = ['on Monday', 'this weekend', 'yesterday', 'next week', 'in March', 'last summer', 'this morning']
const dish = ['lentil soup', 'a lemon cake', 'fresh pasta', 'roast vegetables', 'pancakes', 'a big salad']
const hobby = [
  'painting',
  'the guitar',
  'running',
  'chess',
  'photography',
  'knitting',
  'Spanish',
  'gardening',
]
const place = ['Lisbon', 'the coast', 'Vienna', 'the mountains', 'Copenhagen', 'my home town', 'the museum']
const thing = [
  'the kitchen shelf',
  'my laptop',
  'the old bicycle',
  'the garden fence',
  'my phone',
  'the heater',
]
const course = ['statistics', 'history', 'biology', 'first aid', 'accounting', 'programming']
const pet = ['the cat', 'our dog', 'the rabbit', 'the neighbour’s puppy', 'my parrot']

const asked: readonly Sentence[] = [
  ['I want to cook ', dish, ' for ', person, ' ', day, ' and I have never done it before.'],
  ['What would you take along for a trip to ', place, ' ', day, '?'],
  ['I started with ', hobby, ' ', day, ', and it is more fun than I thought.'],
  ['How long does it usually take to get decent at ', hobby, '?'],
  [person, ' keeps asking whether I can help with ', thing, ' ', day, '.'],
  ['Work was busy ', day, ', we moved two meetings and nobody had read the notes.'],
  ['I have an exam in ', course, ' ', day, ' and about forty pages left to read.'],
  ['Could you explain the part about ', course, ' in simple words?'],
  ['The train to ', place, ' was late again, so I listened to a podcast about ', hobby, '.'],
  [pet, ' woke me up at five and then slept the whole morning.'],
  ['I tried to repair ', thing, ' with what I had in the drawer, and it sort of holds.'],
  ['Do you have an idea for a small present for ', person, '? About twenty euros.'],
  ['We watched a film about ', place, ' ', day, ' and argued about the ending.'],
  ['I would like to write an email to ', person, ' without sounding too formal.'],
  ['My flat is cold because ', thing, ' makes a strange noise since ', day, '.'],
  ['Thanks, that helps. What should I do first?'],
  ['ok and if I only have ten minutes a day for ', hobby, '?'],
  ['I was a bit nervous before the talk about ', course, ', but it went fine in the end.'],
  ['Is it normal that ', pet, ' drinks so little when it rains?'],
  ['I forgot to buy milk, so ', dish, ' had to wait until ', person, ' came by.'],
  ['Last time I was in ', place, ' I lost my ticket and had to pay twice, lol.'],
  ['Can you make me a list for ', day, '? Shopping, laundry, and a call with ', person, '.'],
  ['I like the second one better, but the first line is too long.'],
  ['Honestly I am just bored and wanted to talk about ', hobby, ' for a while.'],
]

const answered: readonly Sentence[] = [
  ['That sounds like a good plan for ', place, '.'],
  ['For ', dish, ', start with the onions and let them get soft before anything else goes in.'],
  ['You could put the steps on one page: what you have, what you need, and what can wait.'],
  ['Most people see progress with ', hobby, ' after about three months of short, regular practice.'],
  ['A notebook, a scarf or a voucher for ', hobby, ' would fit that budget well.'],
  ['Before you open ', thing, ', unplug it and take a photo so that you know where the parts go.'],
  ['In ', course, ', the main idea is easier to see with a small example.'],
  ['Say you have ten apples and give away three; the rest follows from there.'],
  ['It may help to ask ', person, ' which evening suits, and to agree on a time ', day, '.'],
  ['Here is a short version: thank them, say what you need, and name a date.'],
  ['If it still rattles after that, a technician can check ', thing, ' in half an hour.'],
  [
    'Animals often drink less when it is cool, so ',
    pet,
    ' is probably fine; fresh water twice a day is enough.',
  ],
  ['Do you want a packing list, or a rough timetable for ', place, '?'],
  ['I would read the summary first, then the two chapters with the most exercises.'],
  ['Nice, that is a lovely way to spend a morning.'],
  ['The first line works well; I only made the second one shorter.'],
  ['Which part of ', hobby, ' do you enjoy most so far?'],
  ['You can keep ', dish, ' in the fridge for two days, and it tastes even better the next day.'],
  ['Trains to ', place, ' run every hour, and the early ones are usually quieter.'],
  ['Twenty minutes are plenty to begin with, and a timer makes it easier to stop.'],
]
