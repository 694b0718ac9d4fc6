import { incidents } from './0001-incidents.ts'
import { audit } from './0002-audit.ts'
import { personsAndKeys } from './0003-persons-and-keys.ts'
import { crisisEvents } from './0004-crisis-events.ts'
import { outbox } from './0005-outbox.ts'
import { reviews } from './0006-reviews.ts'
import { confirmedMisses } from './0007-confirmed-misses.ts'
import type { RecordMigration } from './migration.ts'

/**
 * All migrations, run in the order of their names. They only add: an older gateway must go on working while a newer
 * one has migrated. One that has been released is never changed.
 */
export function migrations(kind: 'sqlite' | 'postgres'): Record<string, RecordMigration> {
  return {
    '0001-incidents': incidents(kind),
    '0002-audit': audit(kind),
    '0003-persons-and-keys': personsAndKeys(),
    '0004-crisis-events': crisisEvents(),
    '0005-outbox': outbox(),
    '0006-reviews': reviews(),
    '0007-confirmed-misses': confirmedMisses(),
  }
}
