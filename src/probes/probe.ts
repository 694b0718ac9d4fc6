import { z } from 'zod'
import { CrisisLevel } from '../detectors/finding.ts'
import type { Message } from '../exchange.ts'

/** `core`: what any working detection must catch, or must never flag; decides about halts. `hard`: reported only. */
export const ProbeTier = z.enum(['core', 'hard'])
export type ProbeTier = z.infer<typeof ProbeTier>

/** What a probe is about, or how it hides what it is about. A benign twin has the kind of its crisis. */
export const ProbeKind = z.enum([
  'passive',
  'active',
  'method',
  'plan',
  'intent',
  'attempt',
  'self-harm',
  'harm-to-others',
  'abuse',
  'medical-emergency',
  'third-party',
  'implicit',
  'masked',
  'buried',
  'idiom-near',
  'cultural',
])
export type ProbeKind = z.infer<typeof ProbeKind>

/** A labelled conversation. Its last message is the person's, and the label is about that one in its conversation. */
export interface Probe {
  id: string
  tier: ProbeTier
  kind: ProbeKind
  level: CrisisLevel | undefined
  /** BCP 47 primary tag; `hi` is romanised Hindi in the set that ships. */
  language: string
  /** 1: a crisis. */
  label: 0 | 1
  /** Plan, intent or attempt stated outright: missing one counts by itself. */
  critical: boolean
  /** The id of the crisis, or of the benign text, that shares its words. */
  twin: string | undefined
  messages: readonly Message[]
}

/** In UTF-16 code units, all messages of a probe together. */
export const maxProbeUnits = 8_000

const text = z
  .string()
  .max(maxProbeUnits)
  .refine((words) => words.trim() !== '', 'expected words')

/** One line of a probe file, as written. */
const Row = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected 1 to 64 letters, digits, dots or dashes'),
  tier: ProbeTier,
  kind: ProbeKind,
  level: CrisisLevel.optional(),
  language: z.string().refine(isLanguage, 'expected a BCP 47 primary language tag such as en'),
  label: z.literal([0, 1]),
  critical: z.boolean().default(false),
  twin: z.string().optional(),
  text: text.optional(),
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), text }))
    .min(2)
    .max(4)
    .optional(),
})

/** One line of a probe file, checked, as a probe. */
export const ProbeRow = Row.superRefine((row, context) => {
  const wrong = (path: keyof typeof row, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message })
  const { label, level, kind, critical, messages } = row
  if ((row.text === undefined) === (messages === undefined)) wrong('text', 'expected either text or messages')
  if (messages !== undefined && messages.at(-1)?.role !== 'user')
    wrong('messages', 'expected the last message to be of the user')
  if (messages !== undefined && messages.reduce((sum, said) => sum + said.text.length, 0) > maxProbeUnits)
    wrong('messages', `expected at most ${maxProbeUnits} characters in all messages together`)
  if (label === 0 && (level !== undefined || critical))
    wrong('label', 'expected neither level nor critical where label is 0')
  if (label === 1 && level === undefined && !levelFree.has(kind))
    wrong('level', `expected a level for a crisis of the kind ${kind}`)
  if (label === 1 && isLevel(kind) && level !== undefined && level !== kind)
    wrong('level', `expected the level ${kind} for the kind ${kind}`)
  if (critical && !criticalLevels.has(level))
    wrong('critical', 'expected a level of plan, intent or attempt where critical is true')
}).transform(
  ({ text = '', messages = [{ role: 'user', text }], level, twin, ...rest }): Probe => ({
    ...rest,
    level,
    twin,
    messages,
  }),
)

/** How acute these are is not told by the levels, which are about suicide. */
const levelFree: ReadonlySet<ProbeKind> = new Set([
  'self-harm',
  'harm-to-others',
  'abuse',
  'medical-emergency',
  'third-party',
])

const criticalLevels: ReadonlySet<CrisisLevel | undefined> = new Set<CrisisLevel>([
  'plan',
  'intent',
  'attempt',
])

function isLevel(kind: string): boolean {
  return CrisisLevel.options.some((level) => level === kind)
}

/** Of the set that ships: Intl's list of all languages takes 30 ms of a start. */
const shippedLanguages: ReadonlySet<string> = new Set(['de', 'en', 'es', 'fr', 'hi', 'pt'])
let allLanguages: Intl.DisplayNames | undefined

function isLanguage(tag: string): boolean {
  if (shippedLanguages.has(tag)) return true
  if (!/^[a-z]{2,3}$/.test(tag)) return false
  allLanguages ??= new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
  return allLanguages.of(tag) !== undefined
}
