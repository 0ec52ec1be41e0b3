import type { CompiledQuery, Kysely, QueryExecutor } from 'kysely'
import type { Db } from '../../src/db/connection.ts'
import { openConnection, writerOf } from '../../src/db/connection.ts'
import type { Schema } from '../../src/db/schema.ts'

/**
 * Notes every query that is read through `db` from now on, those of `everyTenant` too. The list
 * that it returns grows; set its length to 0 to begin anew.
 */
export function watchQueries(db: Db): CompiledQuery[] {
  const queries: CompiledQuery[] = []
  watch((db as unknown as Kysely<Schema>).getExecutor(), queries)
  return queries
}

function watch(executor: QueryExecutor, queries: CompiledQuery[]) {
  const run = executor.executeQuery.bind(executor)
  executor.executeQuery = (query, ...others) => {
    queries.push(query)
    return run(query, ...others)
  }
  const unguarded = executor.withoutPlugins.bind(executor)
  executor.withoutPlugins = () => watch(unguarded(), queries)
  return executor
}

/** What SQLite does for a query: the lines of `explain query plan`. */
export function planOf(path: string, query: CompiledQuery): string[] {
  const sqlite = openConnection(path, { readonly: true })
  try {
    const steps = sqlite.prepare(`explain query plan ${query.sql}`).all(...query.parameters)
    return (steps as { detail: string }[]).map((step) => step.detail)
  } finally {
    sqlite.close()
  }
}

/** The steps that read a whole table of business data, row by row. */
export const fullScans = (plan: string[]) =>
  plan.filter((step) => /^SCAN (?:tenant|change|operation|preference_entry|person)$/.test(step))

/** Notes the text of every statement that is written through `db` from now on, each once. */
export function watchWrites(db: Db): Set<string> {
  const { sqlite } = writerOf(db)
  const written = new Set<string>()
  const prepare = sqlite.prepare.bind(sqlite)
  sqlite.prepare = (sql: string) => {
    written.add(sql)
    return prepare(sql)
  }
  return written
}

/** What SQLite does for a statement, whatever its values: the lines of `explain query plan`. */
export function planOfText(path: string, sql: string): string[] {
  const sqlite = openConnection(path)
  try {
    const values = Array.from(sql.matchAll(/\?/g), () => null)
    const steps = sqlite.prepare(`explain query plan ${sql}`).all(...values)
    return (steps as { detail: string }[]).map((step) => step.detail)
  } finally {
    sqlite.close()
  }
}
