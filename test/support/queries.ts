import type { CompiledQuery } from 'kysely'
import type { Db } from '../../src/db/connection.ts'

/** How many queries `act` makes through the connection that reads. */
export async function countQueries(db: Db, act: () => Promise<unknown>) {
  const queries = await listQueries(db, act)
  return queries.length
}

/** The steps in which SQLite answers the queries that `act` makes. */
export async function queryPlans(db: Db, act: () => Promise<unknown>) {
  const steps: string[] = []
  for (const query of await listQueries(db, act)) {
    const explain = { ...query, sql: `explain query plan ${query.sql}` }
    const { rows } = await db.executeQuery<{ detail: string }>(explain)
    steps.push(...rows.map((row) => row.detail))
  }
  return steps
}

async function listQueries(db: Db, act: () => Promise<unknown>) {
  const queries: CompiledQuery[] = []
  const execute = db.executeQuery
  db.executeQuery = function (query: CompiledQuery, ...rest: []) {
    queries.push(query)
    return execute.call(db, query, ...rest)
  } as typeof execute
  await act()
  db.executeQuery = execute
  return queries
}
