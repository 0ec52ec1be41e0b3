import { CompiledQuery } from 'kysely'
import type { Reads } from './connection.ts'

/** Stands in a query for a value that is given at each run. */
class Parameter {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A place for the value called `name`, to be used where the query builder wants a value. */
export const parameter = <T>(name: string) => new Parameter(name) as unknown as T

type Compilable<Row> = { compile(): CompiledQuery<Row> }

/**
 * A query that is built once, at its first use: building one with Kysely costs several times what
 * SQLite needs to answer it. Returns a function that runs it with the values of its parameters.
 */
export function prepared<Values extends Record<string, unknown>, Row>(
  build: (db: Reads) => Compilable<Row>,
) {
  let built: CompiledQuery<Row> | undefined
  return async (db: Reads, values: Values): Promise<Row[]> => {
    built ??= build(db).compile()
    const parameters = built.parameters.map((given) =>
      given instanceof Parameter ? values[given.name] : given,
    )
    const query: CompiledQuery<Row> = { ...built, parameters }
    const { rows } = await db.executeQuery(query)
    return rows
  }
}
