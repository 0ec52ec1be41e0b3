import type { CompiledQuery } from 'kysely'
import type { Reads } from './connection.ts'
import { type Branch, type Scope, WHOLE_TREE } from './scope.ts'

/** Stands in a query for a value that is given at each run. */
class Parameter {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Names every value that the query asks for. */
const places = new Proxy({}, { get: (_, name) => new Parameter(String(name)) })

/**
 * A query that is built once, at its first use: building one with Kysely costs several times what
 * SQLite needs to answer it. While it is built its values are mere places, so `build` may hand them
 * to the query and nothing else. Returns a function that runs the query with real values.
 */
export function prepared<Values extends object, Row>(
  build: (db: Reads, values: Values) => { compile(): CompiledQuery<Row> },
) {
  let built: CompiledQuery<Row> | undefined
  return async (db: Reads, values: Values): Promise<Row[]> => {
    built ??= keepPlan(build(db, places as Values).compile())
    const parameters = built.parameters.map((given) =>
      given instanceof Parameter ? values[given.name as keyof Values] : given,
    )
    const query: CompiledQuery<Row> = { ...built, parameters }
    const { rows } = await db.executeQuery(query)
    return rows
  }
}

/** So many shapes of scope are remembered for a query; those of others are built each time. */
const REMEMBERED_SHAPES = 40

/**
 * As `prepared`, for a query that is confined to a scope: built once for each number of branches
 * that a scope allows and denies, since nearly all have one branch or the whole tree.
 */
export function preparedInScope<Values extends object, Row>(
  build: (db: Reads, scope: Scope, values: Values) => { compile(): CompiledQuery<Row> },
) {
  const shapes = new Map<string, ReturnType<typeof prepared<Values, Row>>>()
  return (db: Reads, scope: Scope, values: Values): Promise<Row[]> => {
    if (scope === WHOLE_TREE) {
      const whole = shapes.get('') ?? prepared((db, values: Values) => build(db, scope, values))
      shapes.set('', whole)
      return whole(db, values)
    }
    const { allow, deny } = scope
    const shape = `${allow.length} ${deny.length}`
    let run = shapes.get(shape)
    if (!run) {
      run = prepared((db, places: Values) => build(db, placesOf(scope), places))
      if (shapes.size < REMEMBERED_SHAPES) shapes.set(shape, run)
    }
    return run(db, { ...values, ...bounds('allow', allow), ...bounds('deny', deny) })
  }
}

/** A scope of the same shape, with places instead of paths. */
function placesOf({ allow, deny }: Scope): Scope {
  const place = (side: string) => (_: Branch, index: number) =>
    ({
      from: new Parameter(`${side} ${index} from`),
      to: new Parameter(`${side} ${index} to`),
    }) as unknown as Branch
  return { allow: allow.map(place('allow')), deny: deny.map(place('deny')) }
}

const bounds = (side: string, branches: readonly Branch[]) =>
  Object.fromEntries(
    branches.flatMap(({ from, to }, index) => [
      [`${side} ${index} from`, from],
      [`${side} ${index} to`, to],
    ]),
  )

/**
 * Where SQLite compares a column with `?`, or limits by it, it plans for the very value that is
 * bound, and so parses and plans the statement anew at each run, which takes several times as long
 * as most of our queries. It does not look behind a plus. Constants are compared as they are, since
 * a partial index needs to be seen to hold for them: whole numbers are written out.
 */
function keepPlan<Row>(query: CompiledQuery<Row>): CompiledQuery<Row> {
  let index = 0
  const parameters: unknown[] = []
  const sql = query.sql.replace(/(limit )?\?/g, (found, limit = '') => {
    const given = query.parameters[index++]
    if (Number.isSafeInteger(given)) return `${limit}${String(given)}`
    parameters.push(given)
    return limit || given instanceof Parameter ? `${limit}+?` : found
  })
  if (index !== query.parameters.length) throw new Error(`a "?" stands for no value: ${query.sql}`)
  return { ...query, sql, parameters }
}
