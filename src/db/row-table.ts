import { type AliasedExpression, expressionBuilder, sql } from 'kysely'

/**
 * Rows as a table called `given`, sent as one value: one statement writes any number of rows, and is
 * prepared once however many there are.
 */
export function rowTable<Row extends object, Column extends keyof Row & string>(
  rows: readonly Row[],
  columns: readonly Column[],
) {
  const json = JSON.stringify(rows.map((row) => columns.map((column) => row[column])))
  const given = expressionBuilder<object>()
    .selectFrom(sql<{ value: string }>`json_each(${json})`.as('listed'))
    .select(columns.map((column, index) => sql`value ->> ${`$[${index}]`}`.as(column)))
  return given.as('given') as unknown as AliasedExpression<Pick<Row, Column>, 'given'>
}
