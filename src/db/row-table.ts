import { type AliasedExpression, expressionBuilder, sql } from 'kysely'

/**
 * Rows as a table called `given`, sent as one value: one statement writes any number of rows, and is
 * prepared once however many there are.
 */
export const rowTable = <Row extends object, Column extends keyof Row & string>(
  rows: readonly Row[],
  columns: readonly Column[],
) => givenTable<Row, Column>(rowsJson(rows, columns), columns)

/** Rows as `givenTable` takes them. */
export const rowsJson = <Row extends object>(
  rows: readonly Row[],
  columns: readonly (keyof Row & string)[],
) => JSON.stringify(rows.map((row) => columns.map((column) => row[column])))

/** As `rowTable`, of what `rowsJson` made of the rows: for a query that is built once. */
export function givenTable<
  Row extends object,
  Column extends keyof Row & string = keyof Row & string,
>(json: string, columns: readonly Column[]) {
  const given = expressionBuilder<object>()
    .selectFrom(sql<{ value: string }>`json_each(${json})`.as('listed'))
    .select(columns.map((column, index) => sql`value ->> ${`$[${index}]`}`.as(column)))
  return given.as('given') as unknown as AliasedExpression<Pick<Row, Column>, 'given'>
}
