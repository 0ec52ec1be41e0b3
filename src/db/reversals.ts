import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { paced } from '../pace.ts'
import type { Reads } from './connection.ts'
import type { Tx } from './operation.ts'
import { prepared } from './prepared.ts'
import { allOrNothing } from './savepoint.ts'
import { everyTenant, everyTenantTx } from './scope-guard.ts'
import { idTable } from './search.ts'
import { tables } from './tables.ts'
import type { LoggedRow, Reversal } from './undo.ts'

/** Rows that are read and written at once: with triggers and indexes some 20 ms. */
const CHUNK = 250

/** What an operation changed, from its last change to its first, the other way round. */
export async function* reversals(db: Reads, operation_id: number): AsyncGenerator<Reversal[]> {
  const pace = paced()
  let last_id = Number.MAX_SAFE_INTEGER
  while (true) {
    const changes = await everyTenant(db)
      .selectFrom('change')
      .select(['id', 'table_name', 'row_id', 'before', 'after'])
      .where('operation_id', '=', operation_id)
      .where('id', '<', last_id)
      .orderBy('id', 'desc')
      .limit(CHUNK)
      .execute()
    yield changes.map(({ table_name: table, row_id, before, after }) => ({
      table,
      row_id,
      now: parse(after),
      former: parse(before),
    }))
    await pace(0, 0)
    if (changes.length < CHUNK) return
    last_id = changes.at(-1)!.id
  }
}

const parse = (json: string | null) => (json === null ? null : (JSON.parse(json) as LoggedRow))

/** Rows of one table that are written in the same way, and so by one statement. */
type Group = { table: string; verb: Verb; columns: string[]; rows: Reversal[] }
type Verb = 'insert' | 'update' | 'delete'

type Run = (db: Reads, values: { rows: string }) => Promise<unknown>

/** Writes rows as they were. Each statement is built once for all the rows of an operation. */
export function writerOf(tx: Tx) {
  const everywhere = everyTenantTx(tx)
  const statements = new Map<string, Run>()
  const write = async (group: Group) => {
    const { table, verb, rows } = group
    const columns = verb === 'update' ? group.columns.filter(differsIn(rows)) : group.columns
    if (verb === 'update' && columns.length === 0) return
    const shape = `${verb} ${table} ${columns.join()}`
    const run = statements.get(shape) ?? prepared(statementFor(table, verb, columns))
    statements.set(shape, run)
    await run(everywhere, { rows: JSON.stringify(rows.map(valuesOf(verb, columns))) })
  }
  return async (some: Reversal[]) => {
    try {
      await allOrNothing(everywhere, async () => {
        for (const group of inGroups(some)) await write(group)
      })
    } catch (error) {
      if (!isConstraint(error)) throw error
      // Written together, rows may be in each other's way that are not in the order of the log.
      for (const one of some) for (const group of inGroups([one])) await write(group)
    }
  }
}

const isConstraint = (error: unknown) =>
  String((error as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT')

const differsIn = (rows: Reversal[]) => (name: string) =>
  rows.some(({ now, former }) => now![name] !== former![name])

const valuesOf =
  (verb: Verb, columns: string[]) =>
  ({ row_id, former }: Reversal) =>
    verb === 'delete' ? row_id : [row_id, ...columns.map((name) => former![name])]

/**
 * The rows by what is done to them, in the order of the log where it counts: a row is written once
 * in a group, and the rows of one table in their order.
 */
function* inGroups(rows: Reversal[]): Generator<Group> {
  let open = new Map<string, Group & { ids: Set<number> }>()
  for (const row of rows) {
    const { table, row_id, former } = row
    if (!tables[table as keyof typeof tables]?.tenant_column)
      throw new Error(`the log names a table that is not logged: ${table}`)
    const verb = verbOf(row)
    const columns = former === null ? [] : Object.keys(former)
    const same = open.get(table)
    if (same?.verb === verb && same.columns.join() === columns.join() && !same.ids.has(row_id)) {
      same.rows.push(row)
      same.ids.add(row_id)
      continue
    }
    if (same) {
      yield* open.values()
      open = new Map()
    }
    open.set(table, { table, verb, columns, rows: [row], ids: new Set([row_id]) })
  }
  yield* open.values()
}

const verbOf = ({ now, former }: Reversal): Verb =>
  former === null ? 'delete' : now === null ? 'insert' : 'update'

type Rows = Kysely<Record<string, LoggedRow>>

/**
 * What writes the rows of a group, which come as one list of JSON. The table is known by name only
 * here; its rows are whatever was logged of it.
 */
const statementFor =
  (table: string, verb: Verb, columns: string[]) =>
  (db: Reads, { rows: listed }: { rows: string }) => {
    const rows = db as unknown as Rows
    if (verb === 'delete')
      return rows
        .deleteFrom(table)
        .where('id', 'in', (eb) => eb.selectFrom(idTable(listed)).select('listed.id') as never)
    if (verb === 'insert')
      return rows
        .insertInto(table)
        .columns(columns)
        .expression((eb) =>
          eb
            .selectFrom(rowTable(listed))
            .select(columns.map((name, index) => place(index + 1).as(name))),
        )
    return rows
      .updateTable(table)
      .from(rowTable(listed))
      .set(Object.fromEntries(columns.map((name, index) => [name, place(index + 1)])) as never)
      .set((eb) => ofTenant(eb, table, columns) as never)
      .whereRef(`${table}.id`, '=', place(0) as never)
  }

/** What is written along with the tenant of rows, where that is another one now. */
function ofTenant(
  eb: ExpressionBuilder<Record<string, LoggedRow>, string>,
  table: string,
  columns: string[],
) {
  const { tenant_column, of_tenant = {} } = tables[table as keyof typeof tables]
  const index = columns.indexOf(tenant_column!)
  if (index < 0) return {}
  const facts = Object.entries(of_tenant).map(([name, fact]) => [
    name,
    eb
      .selectFrom('tenant')
      .select(fact)
      .where('tenant.id', '=', place(index + 1)),
  ])
  return Object.fromEntries(facts) as Record<string, unknown>
}

/** Lists of values as a table. */
const rowTable = (rows_json: string) =>
  sql<{ list: string }>`(select value as list from json_each(${rows_json}))`.as('wanted')

const place = (index: number) => sql<string | number | null>`wanted.list ->> ${index}`
