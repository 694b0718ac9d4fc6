import type { ReferralRegisterRow } from '../stores/crisis-tables.ts'
import { cleanText } from '../stores/record-values.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import { dayOf } from './day.ts'
import type { Disclosure, DisclosureSource } from './disclosure.ts'
import { createTally } from './tally.ts'

/** Whether the referral reached the team: `no-channel` where none is configured to take it. */
export const deliveries = ['waiting', 'yes', 'no', 'no-channel'] as const
export type Delivered = (typeof deliveries)[number]

/** One sort of referral on one day: everything that the register knows about it. */
export type RegisterKey = Omit<ReferralRegisterRow, 'count'> & { delivered: Delivered }

/** With `observed` nobody was referred anywhere by what we did, with `none` not at all. */
const referrals = new Set<DisclosureSource>(['engine', 'appended', 'intercept', 'withheld', 'halted'])

/**
 * Whether a disclosure belongs into the register. Texts of a halt without a disclosure, probes and drills never come
 * this far, because only disclosures of people are given to the recorder; periods of observing are left out here.
 */
export function isReferral({ mode, source }: Pick<Disclosure, 'mode' | 'source'>): boolean {
  return mode === 'enforce' && referrals.has(source)
}

/** `region` and `ageBand` come from outside: what is not plainly a country or a band could name somebody. */
export function jurisdictionOf(region: string | undefined): string {
  const country = region?.trim().toUpperCase()
  return country !== undefined && /^[A-Z]{2}$/.test(country) ? country : 'unknown'
}

/** Words for bands, ranges and bounds; an exact age is none of them. */
const ageBand =
  /^(?:minor|child|teen|teenager|youth|adult|young-adult|senior|elder|\d{1,2}-\d{1,2}|\d{1,2}\+|[<>]=?\d{1,2}|(?:under|over)-?\d{1,2})$/

export function ageBandOf(given: string | undefined): string {
  const band = given?.trim().toLowerCase() ?? ''
  if (band === '') return 'unknown'
  return ageBand.test(band) ? band : 'other'
}

/** What the register keeps of an event. */
export function registerKeyOf(
  event: {
    at_ms: number
    jurisdiction: string
    age_band: string
    category: string
    source: string
    text_version: string | null
    detector_version: string
  },
  delivered: Delivered,
): RegisterKey {
  return {
    day: dayOf(event.at_ms),
    jurisdiction: event.jurisdiction,
    age_band: event.age_band,
    category: event.category,
    source: event.source,
    text_version: cleanText(event.text_version ?? 'none', 100),
    detector_version: cleanText(event.detector_version, 100),
    delivered,
  }
}

/** Adds referrals, within the transaction that writes their events: counted when those are new, and only then. */
export async function addToRegister(trx: RecordsTransaction, keys: readonly RegisterKey[]): Promise<void> {
  const tally = createTally<RegisterKey>()
  for (const key of keys) tally.add(key)
  for (const row of tally.entries()) {
    await trx
      .insertInto('referral_register')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns([
            'day',
            'jurisdiction',
            'age_band',
            'category',
            'source',
            'text_version',
            'detector_version',
            'delivered',
          ])
          .doUpdateSet((eb) => ({ count: eb('referral_register.count', '+', row.count) })),
      )
      .execute()
  }
}

/** One referral that waited has been delivered, or never will be. */
export async function settleInRegister(
  trx: RecordsTransaction,
  waiting: RegisterKey,
  delivered: 'yes' | 'no',
): Promise<void> {
  const { day, jurisdiction, age_band, category, source, text_version, detector_version } = waiting
  const left = await trx
    .updateTable('referral_register')
    .set((eb) => ({ count: eb('count', '-', 1) }))
    .where('day', '=', day)
    .where('jurisdiction', '=', jurisdiction)
    .where('age_band', '=', age_band)
    .where('category', '=', category)
    .where('source', '=', source)
    .where('text_version', '=', text_version)
    .where('detector_version', '=', detector_version)
    .where('delivered', '=', 'waiting')
    .where('count', '>', 0)
    .returning('count')
    .executeTakeFirst()
  if (left !== undefined) await addToRegister(trx, [{ ...waiting, delivered }])
}

/** The register of one calendar year (UTC), by day. */
export function readRegister(records: Records, year: number): Promise<ReferralRegisterRow[]> {
  return records.read((db) =>
    db
      .selectFrom('referral_register')
      .selectAll()
      .where('day', '>=', `${year}-01-01`)
      .where('day', '<=', `${year}-12-31`)
      .where('count', '>', 0)
      .orderBy('day')
      .orderBy('jurisdiction')
      .orderBy('age_band')
      .orderBy('category')
      .orderBy('source')
      .orderBy('text_version')
      .orderBy('detector_version')
      .orderBy('delivered')
      .execute(),
  )
}
