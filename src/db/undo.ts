import { type Kysely, sql } from 'kysely'
import { Conflict, NotFound } from '../errors.ts'
import type { Db, Reads } from './connection.ts'
import { type Author, type Tx, operation } from './operation.ts'
import { everyTenant, everyTenantTx } from './scope-guard.ts'
import { tables } from './tables.ts'

/** A later operation that touched the same rows, and so stands in the way of an undo. */
export type Obstacle = { operation_id: number; at: string; kind: string; actor_name: string }

type LoggedChange = {
  table_name: string
  row_id: number
  before: string | null
  after: string | null
}

/**
 * Takes back a whole operation, as a new operation, whose id it returns. Throws NotFound when there
 * is none; Conflict when later operations touched the same rows, naming them, or when what exists
 * now does not go together with what would come back.
 */
export async function undoOperation(db: Db, author: Author, id: number, reason: string | null) {
  const what = { kind: 'operation.undo', reason, undoes_id: id }
  try {
    return await operation(db, author, what, async (tx) => {
      await requireOperation(tx, id)
      refuseObstacles(await listObstacles(tx, id))
      await reverse(tx, id)
      return tx.operation.id
    })
  } catch (error) {
    throw explain(error as Error & { code?: string })
  }
}

async function requireOperation(tx: Tx, id: number) {
  const query = tx.selectFrom('operation').select('id').where('id', '=', id)
  const known = await query.where('id', '<>', tx.operation.id).executeTakeFirst()
  if (!known) throw new NotFound(`operation ${id}`)
}

function refuseObstacles(obstacles: Obstacle[]) {
  if (obstacles.length === 0) return
  const named = obstacles.map(
    ({ kind, actor_name, operation_id }) => `${kind} by ${actor_name} (operation ${operation_id})`,
  )
  throw new Conflict(`Later changes stand in the way: ${named.join(', ')}.`)
}

/** Rows that nobody touched may still not go together with what was made since. */
function explain(error: Error & { code?: string }) {
  if (error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY')
    return new Conflict('Something that was made since needs what would be taken away.')
  if (error.code === 'SQLITE_CONSTRAINT_UNIQUE')
    return new Conflict('Something that was made since has taken a name that would come back.')
  if (error.code === 'SQLITE_CONSTRAINT_NOTNULL')
    return new Conflict('A secret that is gone cannot come back: make a new one.')
  return error
}

/**
 * The operations after `id` that changed a row which it changed too. Those that were taken back
 * themselves do not count, nor what took them back: together they left the rows as they were.
 */
export async function listObstacles(db: Reads, id: number): Promise<Obstacle[]> {
  const later = await listLater(db, id)
  const undone = new Set<number>()
  const obstacles = later.filter(({ operation_id, undoes_id }) => {
    if (undone.has(operation_id)) return false
    if (undoes_id === null || undoes_id <= id) return true
    undone.add(undoes_id)
    return false
  })
  return obstacles
    .reverse()
    .map(({ operation_id, at, kind, actor_name }) => ({ operation_id, at, kind, actor_name }))
}

/** The newest first, so that what takes back is met before what it took back. */
const listLater = (db: Reads, id: number) =>
  // What stands in the way does so wherever it lies.
  everyTenant(db)
    .selectFrom('change as mine')
    .innerJoin('change as later', (join) =>
      join
        .onRef('later.table_name', '=', 'mine.table_name')
        .onRef('later.row_id', '=', 'mine.row_id')
        .onRef('later.id', '>', 'mine.id')
        .on('later.operation_id', '<>', id),
    )
    .innerJoin('operation', 'operation.id', 'later.operation_id')
    .select(['operation.id as operation_id', 'operation.undoes_id'])
    .select(['operation.at', 'operation.kind', 'operation.actor_name'])
    .distinct()
    .where('mine.operation_id', '=', id)
    .orderBy('operation.id', 'desc')
    .execute()

async function reverse(tx: Tx, id: number) {
  // Rows of one operation may point at each other; what counts is that they agree at the end.
  await sql`pragma defer_foreign_keys = on`.execute(tx as unknown as Kysely<unknown>)
  const changes = await everyTenant(tx)
    .selectFrom('change')
    .select(['table_name', 'row_id', 'before', 'after'])
    .where('operation_id', '=', id)
    .orderBy('id', 'desc')
    .execute()
  for (const change of changes) await reverseChange(tx, change)
}

async function reverseChange(tx: Tx, { table_name, row_id, before, after }: LoggedChange) {
  const facts = tables[table_name as keyof typeof tables]
  if (!facts?.tenant_column)
    throw new Error(`the log names a table that is not logged: ${table_name}`)
  // The table is known by name only here; its rows are whatever was logged of it.
  const rows = everyTenantTx(tx) as unknown as Kysely<Record<string, Record<string, unknown>>>
  if (before === null) {
    await rows.deleteFrom(table_name).where('id', '=', row_id).execute()
  } else if (after === null) {
    await rows.insertInto(table_name).values(JSON.parse(before)).execute()
  } else {
    await rows.updateTable(table_name).set(JSON.parse(before)).where('id', '=', row_id).execute()
  }
}
