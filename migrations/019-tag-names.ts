import { type Kysely, sql } from 'kysely'

/** Tags by name wherever they were made, so that whoever sees them all reads only the first. */
export async function up(db: Kysely<unknown>) {
  await sql`create index tag_by_name on tag (name_key, id)`.execute(db)
}
