import { type Kysely, sql } from 'kysely'
import { hashOperation } from './audit-chain.ts'
import { noteAuditHead } from './audit-head.ts'
import { type Db, type Reads, writerOf } from './connection.ts'
import { requireInvariants } from './invariants.ts'
import { prepared } from './prepared.ts'
import type { Schema } from './schema.ts'
import { beginWriting } from './write-lock.ts'

/** Who does it: a person, or the program itself under a name such as "Set-up". */
export type Author = { person_id: number | null; name: string }

/** What the change log says of an operation. `kind` is noun.verb: `tenant.create`. */
export type OperationFacts = { kind: string; reason?: string | null; undoes_id?: number }

/** The open transaction of an operation: what commands take, and the only way to write. */
export type Tx = Reads &
  Pick<Kysely<Schema>, 'insertInto' | 'updateTable' | 'deleteFrom'> & {
    /** `at` is never before that of an earlier operation; `clock` is what the clock says. */
    readonly operation: { id: number; at: string; clock: string }
  }

/** The open transaction of `system`: for tables that are not business data. */
export type SystemTx = Reads & Pick<Kysely<Schema>, 'insertInto' | 'updateTable' | 'deleteFrom'>

/**
 * Runs `write` as one operation: one transaction, recorded with author, time, kind and reason, in
 * which every changed row is logged. Throws what `write` throws, or Busy, and then nothing has
 * happened. Inside, only `tx` may be awaited.
 */
export async function operation<T>(
  db: Db,
  author: Author,
  what: string | OperationFacts,
  write: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { result, head } = await writing(db, async (kysely) => {
    const tx = await openOperation(kysely, db.now(), author, what)
    const result = await write(tx)
    return { result, head: await closeOperation(db, kysely, tx.operation) }
  })
  noteAuditHead(db, head)
  return result
}

/**
 * Runs `write` as an operation, and takes everything back. Throws what would keep the operation from
 * being committed, but for references that are open in the end: these SQLite looks at only then.
 * For what is short: the writer is held meanwhile.
 */
export async function preview<T>(
  db: Db,
  author: Author,
  write: (tx: Tx) => Promise<T>,
): Promise<T> {
  const discarded = Symbol('discarded')
  let result: T | undefined
  try {
    await writing(db, async (kysely) => {
      const tx = await openOperation(kysely, db.now(), author, 'preview')
      result = await write(tx)
      await closeOperation(db, kysely, tx.operation)
      throw discarded
    })
  } catch (error) {
    if (error !== discarded) throw error
  }
  return result as T
}

/** Writes to the machinery's own tables (sessions, jobs): a transaction without an operation. */
export function system<T>(db: Db, write: (tx: SystemTx) => Promise<T>): Promise<T> {
  return writing(db, write)
}

function writing<T>(db: Db, write: (kysely: Kysely<Schema>) => Promise<T>): Promise<T> {
  const { kysely, sqlite, patience_ms } = writerOf(db)
  const give_up_at = performance.now() + patience_ms
  return kysely.connection().execute(async (connection) => {
    await beginWriting(connection, give_up_at)
    try {
      const result = await write(connection)
      await sql`commit`.execute(connection)
      return result
    } catch (error) {
      if (sqlite.inTransaction) await sql`rollback`.execute(connection)
      throw error
    }
  })
}

const newest = prepared((db, _: object) =>
  db.selectFrom('operation').select('id').orderBy('id', 'desc').limit(1),
)

/** The last operation: while it is the same, nothing of the business has changed. */
export const lastOperationId = async (db: Reads) => (await newest(db, {}))[0]?.id ?? 0

async function openOperation(
  kysely: Kysely<Schema>,
  now: string,
  author: Author,
  what: string | OperationFacts,
): Promise<Tx> {
  const { kind, reason = null, undoes_id = null } = typeof what === 'string' ? { kind: what } : what
  const last = await kysely
    .selectFrom('operation')
    .select('at')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  // A clock that was set back must not make a later operation seem the earlier one.
  const at = last && last.at > now ? last.at : now
  const { id } = await kysely
    .insertInto('operation')
    .values({ at, kind, reason, undoes_id, actor_id: author.person_id, actor_name: author.name })
    .returning('id')
    .executeTakeFirstOrThrow()
  await kysely.insertInto('open_operation').values({ slot: 1, operation_id: id }).execute()
  return Object.assign(kysely, { operation: { id, at, clock: now } })
}

async function closeOperation(db: Db, kysely: Kysely<Schema>, { id, at }: Tx['operation']) {
  const { hash, change_count, changed_tables } = await hashOperation(kysely, id)
  await requireInvariants(db, kysely, at, changed_tables)
  await kysely.updateTable('operation').set({ hash, change_count }).where('id', '=', id).execute()
  await kysely.deleteFrom('open_operation').execute()
  return { id, hash }
}
