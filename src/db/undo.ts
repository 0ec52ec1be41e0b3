import { type Kysely, sql } from 'kysely'
import { Conflict, NotFound } from '../errors.ts'
import type { Db, Reads } from './connection.ts'
import { type Author, type Tx, operation } from './operation.ts'
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
 * Takes back a whole operation, as a new operation. Throws NotFound when there is none, Conflict
 * naming the later operations when they touched the same rows.
 */
export async function undoOperation(db: Db, author: Author, id: number, reason: string | null) {
  return operation(db, author, { kind: 'operation.undo', reason, undoes_id: id }, async (tx) => {
    const known = await tx.selectFrom('operation').select('id').where('id', '=', id).executeTakeFirst()
    if (!known) throw new NotFound(`operation ${id}`)
    const obstacles = await listObstacles(tx, id)
    if (obstacles.length > 0)
      throw new Conflict(
        `Later changes stand in the way: ${obstacles.map((one) => `${one.kind} by ${one.actor_name} (operation ${one.operation_id})`).join(', ')}.`,
      )
    await reverse(tx, id)
    return tx.operation.id
  })
}

/** The operations after `id` that changed a row which it changed too. */
export async function listObstacles(db: Reads, id: number): Promise<Obstacle[]> {
  return db
    .selectFrom('change as mine')
    .innerJoin('change as later', (join) =>
      join
        .onRef('later.table_name', '=', 'mine.table_name')
        .onRef('later.row_id', '=', 'mine.row_id')
        .onRef('later.id', '>', 'mine.id')
        .on('later.operation_id', '<>', id),
    )
    .innerJoin('operation', 'operation.id', 'later.operation_id')
    .select(['operation.id as operation_id', 'operation.at', 'operation.kind', 'operation.actor_name'])
    .distinct()
    .where('mine.operation_id', '=', id)
    .orderBy('operation.id')
    .execute()
}

async function reverse(tx: Tx, id: number) {
  // Rows of one operation may point at each other; what counts is that they agree at the end.
  await sql`pragma defer_foreign_keys = on`.execute(tx as unknown as Kysely<unknown>)
  const changes = await tx
    .selectFrom('change')
    .select(['table_name', 'row_id', 'before', 'after'])
    .where('operation_id', '=', id)
    .orderBy('id', 'desc')
    .execute()
  for (const change of changes) await reverseChange(tx, change)
}

async function reverseChange(tx: Tx, { table_name, row_id, before, after }: LoggedChange) {
  const facts = tables[table_name as keyof typeof tables]
  if (!facts?.tenant_column) throw new Error(`the log names a table that is not logged: ${table_name}`)
  // The table is known by name only here; its rows are whatever was logged of it.
  const rows = tx as unknown as Kysely<Record<string, Record<string, unknown>>>
  if (before === null) {
    await rows.deleteFrom(table_name).where('id', '=', row_id).execute()
  } else if (after === null) {
    await rows.insertInto(table_name).values(JSON.parse(before)).execute()
  } else {
    await rows.updateTable(table_name).set(JSON.parse(before)).where('id', '=', row_id).execute()
  }
}

