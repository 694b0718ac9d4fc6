import { type Kysely, sql } from 'kysely'

/** Makes the database itself refuse to change or remove rows of `table`, whoever asks. */
export async function makeAppendOnly(
  db: Kysely<unknown>,
  kind: 'sqlite' | 'postgres',
  table: string,
): Promise<void> {
  const message = `${table} is append-only`
  if (kind === 'sqlite') {
    for (const verb of ['update', 'delete']) {
      const name = sql.id(`${table}_no_${verb}`)
      await sql`create trigger ${name} before ${sql.raw(verb)} on ${sql.id(table)}
        begin select raise(abort, ${sql.lit(message)}); end`.execute(db)
    }
    return
  }
  const refuse = sql.id(`${table}_refuse_change`)
  await sql`create function ${refuse}() returns trigger language plpgsql as $$
    begin raise exception ${sql.lit(message)}; end $$`.execute(db)
  await sql`create trigger ${sql.id(`${table}_no_change`)} before update or delete on ${sql.id(table)}
    for each row execute function ${refuse}()`.execute(db)
  await sql`create trigger ${sql.id(`${table}_no_truncate`)} before truncate on ${sql.id(table)}
    for each statement execute function ${refuse}()`.execute(db)
}
