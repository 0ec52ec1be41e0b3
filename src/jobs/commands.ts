import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'

/** How a job ended, and what there is to say about it. */
export type JobEnd = { state: 'done' | 'failed' | 'cancelled'; result: object }

const KEEP_FINISHED_DAYS = 30
const KEEP_DRAFTS_DAYS = 1

/**
 * Prepares a job that its maker will look at and confirm; returns its id. `size` is how many things
 * it is about: a large one is looked at in the background.
 */
export async function draftJob(
  db: Db,
  actor: Actor,
  { kind, title, input, size }: { kind: string; title: string; input: object; size: number },
): Promise<number> {
  const now = db.now()
  const { id } = await system(db, async (tx) => {
    await pruneJobs(tx, now)
    return tx
      .insertInto('job')
      .values({
        kind,
        title,
        person_id: actor.person_id,
        state: 'draft',
        input: JSON.stringify(input),
        total: size,
        created_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
  })
  return id
}

/** Changes what a draft will do. A job that is a draft no longer stays as it is. */
export const reviseJob = (db: Db, id: number, input: unknown) =>
  system(db, (tx) =>
    tx
      .updateTable('job')
      .set({ input: JSON.stringify(input), result: null })
      .where('id', '=', id)
      .where('state', '=', 'draft')
      .execute(),
  )

/** Makes a draft a running job. False when somebody else was first: a job is started once. */
export async function beginJob(db: Db, id: number) {
  const { numUpdatedRows } = await system(db, (tx) =>
    tx
      .updateTable('job')
      .set({ state: 'running', result: null, done: 0, total: 0 })
      .where('id', '=', id)
      .where('state', '=', 'draft')
      .executeTakeFirstOrThrow(),
  )
  return numUpdatedRows === 1n
}

/** Writes down how far a running job is. */
export const noteProgress = (db: Db, id: number, done: number, total: number) =>
  system(db, (tx) =>
    tx
      .updateTable('job')
      .set({ done, total })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .execute(),
  )

/** Ends a draft or a running job. Its input, which may be large, is not needed any more. */
export const endJob = (db: Db, id: number, { state, result }: JobEnd) =>
  system(db, (tx) =>
    tx
      .updateTable('job')
      .set({ state, result: JSON.stringify(result), input: '{}', ended_at: db.now() })
      .where('id', '=', id)
      .where('state', 'in', ['draft', 'running'])
      .execute(),
  )

/** At start: what was running when the process ended was rolled back, and says so. */
export async function failInterruptedJobs(db: Db) {
  const reason = 'Tenantry stopped while this was running; nothing of it was kept.'
  const now = db.now()
  await system(db, async (tx) => {
    await tx
      .updateTable('job')
      .set({ state: 'failed', result: JSON.stringify({ reason }), input: '{}', ended_at: now })
      .where('state', '=', 'running')
      .execute()
    await pruneJobs(tx, now)
  })
}

async function pruneJobs(tx: SystemTx, now: string) {
  const daysAgo = (days: number) =>
    Temporal.Instant.from(now)
      .subtract({ hours: 24 * days })
      .toString({ smallestUnit: 'millisecond' })
  await tx.deleteFrom('job').where('ended_at', '<', daysAgo(KEEP_FINISHED_DAYS)).execute()
  await tx
    .deleteFrom('job')
    .where('state', '=', 'draft')
    .where('created_at', '<', daysAgo(KEEP_DRAFTS_DAYS))
    .execute()
}
