import * as z from 'zod'
import de from './texts/de.json' with { type: 'json' }
import en from './texts/en.json' with { type: 'json' }
import es from './texts/es.json' with { type: 'json' }
import fr from './texts/fr.json' with { type: 'json' }
import hi from './texts/hi.json' with { type: 'json' }
import hiLatn from './texts/hi-Latn.json' with { type: 'json' }
import it from './texts/it.json' with { type: 'json' }
import nl from './texts/nl.json' with { type: 'json' }
import pt from './texts/pt.json' with { type: 'json' }

/** What a person told of, as far as the words that help depend on it. */
export const crisisVariants = [
  'self',
  'other',
  'medical-emergency',
  'abuse',
  'harm-to-others',
  'minor',
] as const
export type CrisisVariant = (typeof crisisVariants)[number]

/** What a safe reply is about. `none`: no finding; `unavailable`: nothing is left that could answer. */
export const variants = [...crisisVariants, 'none', 'unavailable'] as const
export type Variant = (typeof variants)[number]

/**
 * Why a safe reply stands there. `paused`: AI replies are halted or nothing can answer. `withheld`: an automated check
 * held the AI's reply back. `intercepted`: the person told of a danger, and this is the help itself.
 */
export const occasions = ['paused', 'withheld', 'intercepted'] as const
export type Occasion = (typeof occasions)[number]

/** Shown instead of a name while a file's `approvedBy` is null. */
export const awaitingApproval = 'awaiting clinical approval'

/** A sentence or part of one that has exactly these placeholders. */
function phrase(...names: string[]) {
  return z
    .string()
    .max(600)
    .refine((text) => text.trim() !== '' && !text.includes('!'), 'expected words without an exclamation mark')
    .refine(
      (text) => placeholders(text).join() === [...names].sort().join(),
      names.length === 0
        ? 'no placeholder may stand here'
        : `expected each of ${names.map((name) => `{${name}}`).join(', ')} once and no other placeholder`,
    )
}

/** Everything between braces, and a brace left over, sorted. */
function placeholders(text: string): string[] {
  return (text.match(/\{[^{}]*\}|[{}]/g) ?? []).map((found) => found.slice(1, -1)).sort()
}

const openings = z.strictObject({
  paused: phrase(),
  withheld: phrase(),
  intercepted: phrase(),
} satisfies Record<Occasion, z.ZodType>)

const body = phrase('opening', 'help', 'emergency')
const note = phrase('help', 'emergency')

/** The emergency number stands before everything of `later`. */
function numberBefore(schema: typeof body, ...later: string[]) {
  return schema.refine(
    (text) => later.every((name) => text.indexOf('{emergency}') < text.indexOf(`{${name}}`)),
    'the emergency number comes first',
  )
}

/** A note says first whose words it is. */
const openedBody = body.refine((text) => text.startsWith('{opening} '), 'expected {opening} at the beginning')

const TextsFileSchema = z.strictObject({
  /** Goes into the record of each safe reply: change it with every change of a word. */
  version: z.string().min(1).max(40),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$/, 'expected a tag such as en or hi-Latn'),
  /** Name and role of the clinician who approved this version; null: nobody has. */
  approvedBy: z.string().min(1).max(200).nullable(),
  phrases: z.strictObject({
    help: phrase('name', 'ways'),
    also: phrase('name', 'ways'),
    more: phrase('directory'),
    noLine: phrase('directory'),
    call: phrase('number'),
    text: phrase('number'),
    textKeyword: phrase('keyword', 'number'),
    callOrText: phrase('number'),
    chat: phrase('url'),
    or: phrase(),
    emergency: phrase('number'),
    noEmergency: phrase(),
    lineBrief: phrase('name', 'ways'),
    noLineBrief: phrase('directory'),
  }),
  /** By occasion: that the message is automated, and why it stands there. */
  openings,
  /** For languages that address a young person in another way. */
  'openings-minor': openings.optional(),
  'after-cut': phrase(),
  variants: z.strictObject({
    self: body,
    other: body,
    'medical-emergency': numberBefore(body, 'opening', 'help'),
    abuse: body,
    'harm-to-others': body,
    minor: body,
    none: body,
    unavailable: body,
  } satisfies Record<Variant, z.ZodType>),
  /** Added below a reply of the AI that offers no crisis line. */
  support: z.strictObject({
    opening: phrase(),
    full: z.strictObject({
      self: openedBody,
      other: openedBody,
      'medical-emergency': numberBefore(openedBody, 'help'),
      abuse: openedBody,
      'harm-to-others': openedBody,
      minor: openedBody,
    } satisfies Record<CrisisVariant, z.ZodType>),
    brief: note,
    briefEmergency: numberBefore(note, 'help'),
  }),
  /** Shown while a reply is still being checked; a safe reply may follow it. */
  acknowledgement: phrase(),
  /** Put behind a reply that a check has doubts about. */
  annotation: note,
})

/** The texts of one language, as in `texts/en.json`. */
export type TextsFile = z.infer<typeof TextsFileSchema>

export interface SafeTexts {
  languages: readonly string[]
  /** English when there is no such language. */
  get(language: string): TextsFile
  /** The languages that nobody has approved. */
  unapproved(): string[]
}

/** The built-in texts; each of `own` (parsed JSON of the same shape) adds a language or replaces a built-in one whole. */
export function createTexts(own: readonly unknown[] = []): SafeTexts {
  const english = readTexts(en)
  const byLanguage = new Map([[english.language, english]])
  for (const file of [de, es, fr, hi, hiLatn, it, nl, pt, ...own]) {
    const texts = readTexts(file)
    byLanguage.set(texts.language, texts)
  }
  const languages = [...byLanguage.keys()].sort()
  return {
    languages,
    get: (language) => byLanguage.get(language) ?? byLanguage.get('en') ?? english,
    unapproved: () => languages.filter((language) => byLanguage.get(language)?.approvedBy === null),
  }
}

function readTexts(input: unknown): TextsFile {
  const read = TextsFileSchema.safeParse(input)
  if (read.success) return read.data
  const language =
    z.looseObject({ language: z.string() }).safeParse(input).data?.language ?? 'unknown language'
  throw new Error(
    `The safe reply texts (${language}) cannot be used, correct:\n${z.prettifyError(read.error)}`,
  )
}
