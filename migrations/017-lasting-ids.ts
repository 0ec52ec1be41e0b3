import { type Kysely, sql } from 'kysely'

const TABLES = [
  'tenant',
  'tenant_alias',
  'preference_entry',
  'exemption',
  'person',
  'tag',
  'person_tag',
  'role',
  'user_group',
  'user_group_member',
  'role_assignment',
  'access_request',
  'api_token',
  'identity_provider',
  'identity',
  'agent',
]

/**
 * No id of a logged row is given twice. The log goes by ids: the history of a tenant that is gone would
 * be that of the next one made, which may be somebody else's, and an undo would take the one for the
 * other.
 */
export async function up(db: Kysely<unknown>) {
  // The names of tables stand in triggers and references, which are to mean the new ones.
  await sql`pragma legacy_alter_table = on`.execute(db)
  for (const table of TABLES) await keepIds(db, table)
  await sql`pragma legacy_alter_table = off`.execute(db)
}

/** SQLite knows this of a table only from when it is made, so it is made anew with all that it has. */
async function keepIds(db: Kysely<unknown>, table: string) {
  const attached = await readAttached(db, table)
  const { sql: text } = attached.find(({ type }) => type === 'table')!
  const fresh = `new_${table}`
  const made = text
    .replace(/^create table "?\w+"?/i, `create table ${fresh}`)
    .replace('id integer primary key,', 'id integer primary key autoincrement,')
  await sql.raw(made).execute(db)
  const columns = sql.raw((await readColumns(db, table)).join(', '))
  await sql`
    insert into ${sql.table(fresh)} (${columns})
    select ${columns} from ${sql.table(table)} order by id`.execute(db)
  await noteLastId(db, table, fresh)
  await sql`drop table ${sql.table(table)}`.execute(db)
  await sql`alter table ${sql.table(fresh)} rename to ${sql.table(table)}`.execute(db)
  for (const one of attached) if (one.type !== 'table') await sql.raw(one.sql).execute(db)
}

/** The table with its indexes and triggers, as they were written. */
async function readAttached(db: Kysely<unknown>, table: string) {
  const { rows } = await sql<{ type: string; sql: string }>`
    select type, sql from sqlite_master
    where tbl_name = ${table} and sql is not null
    order by rowid`.execute(db)
  return rows
}

async function readColumns(db: Kysely<unknown>, table: string) {
  const { rows } = await sql<{ name: string }>`
    select name from pragma_table_info(${table})`.execute(db)
  return rows.map(({ name }) => name)
}

/** The highest id that a row of the table ever had, as the log knows it. */
async function noteLastId(db: Kysely<unknown>, table: string, fresh: string) {
  await sql`delete from sqlite_sequence where name = ${fresh}`.execute(db)
  await sql`
    insert into sqlite_sequence (name, seq)
    select ${fresh}, max(
      coalesce((select max(id) from ${sql.table(table)}), 0),
      coalesce((select max(row_id) from change where table_name = ${table}), 0))`.execute(db)
}
