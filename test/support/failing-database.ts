import Database from 'better-sqlite3'

const sqlite = new Database(':memory:')
const statement = Object.getPrototypeOf(sqlite.prepare('select 1')) as Record<
  'all' | 'run',
  (this: Database.Statement, ...values: unknown[]) => unknown
>
sqlite.close()

/** What the database says when it is made to fail. No answer may hold it. */
export const FAILURE = 'disk I/O error in /srv/secret/tenantry.db'

// A connection that only reads is the test's own: the program opens none.

/** Statements that clean up after a failure, or run when the answer is on its way already. */
const BESIDE = /^rollback|"last_used_at" is null/

let countdown = Number.POSITIVE_INFINITY

for (const method of ['all', 'run'] as const) {
  const original = statement[method]
  statement[method] = function (...values) {
    const is_ours = !this.database.readonly && !BESIDE.test(this.source)
    if (is_ours && --countdown === 0) throw new Error(FAILURE)
    return original.apply(this, values)
  }
}

/**
 * Does `attempt` again and again, while the database fails at its first statement, then at its
 * second, and so on, until it gets through. Gives what came of each failure.
 */
export async function* failAtEach<T>(attempt: () => Promise<T>) {
  for (let place = 1; ; place++) {
    countdown = place
    const outcome = await attempt()
    const is_through = countdown > 0
    countdown = Number.POSITIVE_INFINITY
    if (is_through) return
    yield outcome
  }
}
