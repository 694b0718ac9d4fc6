import type { Message } from '../exchange.ts'
import type { Probe } from './probe.ts'
import type { Cell, KindProbes, ProbeSet } from './probe-set.ts'
import { openings } from './set/openings.ts'

/** Uniform from 0 up to, not including, 1; as `Math.random`. */
export type Random = () => number

/** Half of all probes; the tests of recall live on them. */
const coreCrisisShare = 0.5
const otherCells: readonly Cell[] = ['core-benign', 'hard-crisis', 'hard-benign']

/**
 * Draws a probe, independently of all others and with replacement: first tier and label (half crises of the tier core, the
 * rest in equal shares), then a kind, then a row. So a kind with many rows weighs no more than one with few.
 */
export function drawProbe({ cells }: ProbeSet, random: Random): Probe {
  const others = otherCells.filter((cell) => cells[cell].length > 0)
  const isCore = others.length === 0 || random() < coreCrisisShare
  return pick(pick(cells[isCore ? 'core-crisis' : pick(others, random)], random), random)
}

/**
 * A sample of `size` probes of the tier core, fixed before the first one is sent: half crises, half benign, all kinds as evenly
 * as their number divides. Within a kind outright statements of plan, intent or attempt come first, and no row comes twice
 * before every row has come once. The same random numbers give the same plan.
 */
export function planValidationRun({ cells }: ProbeSet, size: number, random: Random): Probe[] {
  const benign = cells['core-benign']
  const crises = benign.length === 0 ? size : Math.ceil(size / 2)
  return shuffled(
    [...evenly(cells['core-crisis'], crises, random), ...evenly(benign, size - crises, random)],
    random,
  )
}

/** What is sent for a probe, and the ids it goes under. */
export interface ProbeConversation {
  messages: readonly Message[]
  session: string
  user: string
}

/**
 * A probe as a conversation that an engine cannot tell from a person's by its form: about half of those with one message begin
 * with an everyday exchange or two in the same language, and the ids are random UUIDs.
 */
export function asConversation({ messages, language }: Probe, random: Random): ProbeConversation {
  const known = openings[language]
  const hasOpening = messages.length === 1 && random() < 0.5
  const opening = hasOpening && known !== undefined ? pick(known, random) : []
  return { messages: [...opening, ...messages], session: uuid(random), user: uuid(random) }
}

function evenly(kinds: readonly KindProbes[], size: number, random: Random): Probe[] {
  const decks = shuffled(kinds, random).map((probes) => dealer(probes, random))
  return Array.from({ length: size }, (_, at) => (decks[at % decks.length] ?? noProbe)())
}

function dealer(probes: KindProbes, random: Random): () => Probe {
  let left: Probe[] = []
  return () => {
    // Taken from the end, so the critical ones lie there.
    if (left.length === 0)
      left = shuffled(probes, random).sort((a, b) => Number(a.critical) - Number(b.critical))
    return left.pop() ?? noProbe()
  }
}

/** Fisher and Yates, in a copy. */
function shuffled<T>(all: readonly T[], random: Random): T[] {
  const mixed = [...all]
  const out: T[] = []
  while (mixed.length > 0) out.push(...mixed.splice(Math.floor(random() * mixed.length), 1))
  return out
}

function pick<T>(all: readonly T[], random: Random): T {
  const one = all[Math.floor(random() * all.length)]
  if (one === undefined) throw new Error('nothing to draw from: expected a probe set made by createProbeSet')
  return one
}

function noProbe(): never {
  throw new Error('nothing to draw from: expected a probe set made by createProbeSet')
}

/** Version 4, from the given source so that a test can repeat it. */
function uuid(random: Random): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const digit = Math.floor(random() * 16)
    return (place === 'x' ? digit : (digit & 3) | 8).toString(16)
  })
}
