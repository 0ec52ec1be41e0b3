import { type Kysely, sql } from 'kysely'
import { paced } from '../pace.ts'
import type { Tx } from './operation.ts'
import { everyTenant } from './scope-guard.ts'
import { type Stretch, stretchesOf } from './stretches.ts'
import type { LoggedRow } from './undo.ts'

// A reference may be open until a transaction is committed, and then SQLite does not say which one
// it was. An undo is also tried without being committed, and names what stands in its way.

/** A row that points at what is not there: it, and where it points. */
export type BrokenReference = { table: string; row_id: number; parent: string; parent_id: number }

/** A foreign key: the columns of `table`, and those of `parent` that they name. */
type ForeignKey = { table: string; parent: string; from: string[]; to: string[] }

/** So many are enough to say what is in the way. */
const ENOUGH = 100

/** The references that what was written in this operation leaves open, at most some hundred. */
export async function findBrokenReferences(tx: Tx): Promise<BrokenReference[]> {
  const db = everyTenant(tx) as unknown as Rows
  const changed = new Set(await changedTables(db, tx.operation.id))
  const stretches = await stretchesOf(tx, tx.operation.id)
  const pace = paced()
  const broken: BrokenReference[] = []
  for (const key of await foreignKeys(db)) {
    const queries = [
      ...(changed.has(key.table) ? [pointingNowhere] : []),
      ...(changed.has(key.parent) ? [pointedAt] : []),
    ]
    for (const query of queries)
      for (const stretch of stretches) {
        if (broken.length >= ENOUGH) return broken
        const found = await query(db, key, stretch).limit(ENOUGH).execute()
        for (const row of found) broken.push({ ...row, table: key.table, parent: key.parent })
        await pace(0, 0)
      }
  }
  return broken
}

/** Tables by name, as a schema that is read at run time has them. */
type Rows = Kysely<Record<string, LoggedRow>>

async function changedTables(db: Rows, operation_id: number) {
  const rows = await db
    .selectFrom('change')
    .select('table_name')
    .distinct()
    .where('operation_id', '=', operation_id)
    .execute()
  return rows.map(({ table_name }) => String(table_name))
}

/** Tables without row ids are not logged: their rows go with what they point at. */
async function foreignKeys(db: Rows): Promise<ForeignKey[]> {
  const { rows } = await sql<{
    name: string
    key: number
    parent: string
    from: string
    to: string
  }>`
    select listed.name, key.id as key, key."table" as parent, key."from", key."to"
    from sqlite_schema as listed, pragma_foreign_key_list(listed.name) as key
    where listed.type = 'table' and listed.name not in (select name from pragma_table_list where wr)
    order by listed.name, key.id, key.seq`.execute(db)
  const keys = Map.groupBy(rows, ({ name, key }) => `${name} ${key}`)
  return [...keys.values()].map((columns) => ({
    table: columns[0]!.name,
    parent: columns[0]!.parent,
    from: columns.map(({ from }) => from),
    to: columns.map(({ to }) => to),
  }))
}

/** The rows that were written and point at what is not there. */
const pointingNowhere = (db: Rows, key: ForeignKey, stretch: Stretch) =>
  open(db, key, stretch, key.table).whereRef('child.rowid', '=', 'change.row_id')

/** The rows that point at what was there before, and is not any more. */
const pointedAt = (db: Rows, key: ForeignKey, stretch: Stretch) => {
  const former = (name: string) => sql<number>`change.before ->> ${name}`
  let query = open(db, key, stretch, key.parent)
    .where('change.before', 'is not', null)
    // Without it, whatever points at rows that only changed would be looked up.
    .where(({ not, exists, selectFrom }) => {
      let still = selectFrom(`${key.parent} as still`).select('still.rowid')
      for (const name of key.to) still = still.where(`still.${name}`, '=', former(name))
      return not(exists(still))
    })
  for (const [index, name] of key.to.entries())
    query = query.where(`child.${key.from[index]!}`, '=', former(name))
  return query
}

/** The rows of a table that point nowhere, beside the changes of the table `changed`. */
function open(
  db: Rows,
  { table, parent, from, to }: ForeignKey,
  stretch: Stretch,
  changed: string,
) {
  // A cross join, since SQLite keeps its order: from what was changed to what points there.
  let query = db
    .selectFrom('change')
    .crossJoin(`${table} as child`)
    .select(['child.rowid as row_id', `child.${from.at(-1)!} as parent_id`])
    .$castTo<{ row_id: number; parent_id: number }>()
    .distinct()
    .where('change.operation_id', '=', stretch.operation_id)
    .where('change.id', '>=', stretch.first)
    .where('change.id', '<=', stretch.last)
    .where('change.table_name', '=', changed)
  for (const name of from) query = query.where(`child.${name}`, 'is not', null)
  return query.where(({ not, exists, selectFrom }) => {
    let target = selectFrom(`${parent} as target`).select('target.rowid')
    for (const [index, name] of to.entries())
      target = target.whereRef(`target.${name}`, '=', `child.${from[index]!}`)
    return not(exists(target))
  })
}
