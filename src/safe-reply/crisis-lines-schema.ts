import * as z from 'zod'

const IsoDate = z.iso.date()
const Phone = z.string().regex(/^[*+(]?\d[\d ()*-]{1,19}$/, 'expected a phone number, such as 116 123')
const Source = z.url({ protocol: /^https?$/ })

/** When and where a number was seen. `checked` is only for numbers that somebody read at `sources` on `checkedOn`. */
const seen = {
  checked: z.boolean(),
  checkedOn: IsoDate.nullable(),
  sources: z.array(Source),
  note: z.string().min(1).optional(),
}

interface Seen {
  checked: boolean
  checkedOn: string | null
  sources: string[]
}

function seenHoldsTogether({ checked, checkedOn, sources }: Seen): boolean {
  return checked ? checkedOn !== null && sources.length > 0 : checkedOn === null
}
const seenRule =
  'checked needs checkedOn and at least one source; a number that was not checked has checkedOn: null'

const LineSchema = z
  .strictObject({
    kind: z.enum(['suicide', 'crisis', 'child', 'domestic-violence']),
    name: z.string().min(1).max(60),
    call: Phone.optional(),
    text: z.strictObject({ number: Phone, keyword: z.string().min(1).max(20).optional() }).optional(),
    chat: z.url({ protocol: /^https$/ }).optional(),
    /** Local time, the same each day. Null: not known. */
    hours: z
      .string()
      .regex(/^(24\/7|[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d)$/, 'expected 24/7 or HH:MM-HH:MM')
      .nullable(),
    /** BCP 47 languages, the main one first. */
    languages: z.array(z.string().regex(/^[a-z]{2,3}$/)).min(1),
    ...seen,
  })
  .refine((line) => line.call ?? line.text ?? line.chat, 'a line needs call, text or chat')
  .refine(seenHoldsTogether, seenRule)

const EmergencySchema = z
  .strictObject({ ambulance: Phone.optional(), police: Phone.optional(), ...seen })
  .refine((numbers) => numbers.ambulance ?? numbers.police, 'an emergency entry needs ambulance or police')
  .refine(seenHoldsTogether, seenRule)

const RowSchema = z.strictObject({
  /** ISO 3166-1 alpha-2. */
  region: z.string().regex(/^[A-Z]{2}$/),
  name: z.string().min(1),
  emergency: EmergencySchema,
  lines: z.array(LineSchema),
})

/** The file `crisis-lines.json`: one row per country, in the order of their codes. */
export const CrisisLinesSchema = z
  .array(RowSchema)
  .min(1)
  .refine((rows) => new Set(rows.map((row) => row.region)).size === rows.length, 'a country has two rows')

export type CrisisRow = z.infer<typeof RowSchema>
export type CrisisLine = z.infer<typeof LineSchema>
export type LineKind = CrisisLine['kind']
