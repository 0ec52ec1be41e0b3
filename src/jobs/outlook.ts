import type { Actor } from '../access/actor.ts'
import { fingerprintOf } from '../access/current-actor.ts'
import type { Db, Reads } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import type { Job } from './queries.ts'

/** What a draft would do, as it was worked out at some moment; kept where its result will be. */
type Outlook = {
  outlook: object
  at: string
  operation_id: number
  /** What the person might see and do then. */
  access: string
}

/**
 * So long an outlook is shown although the tree has changed since it was begun. Otherwise nobody
 * would ever see one where somebody changes something all the time.
 */
const SHOWN_SECONDS = 10

/** Works out what a draft would do, and notes the newest operation that this may know of. */
export async function lookAhead(
  db: Db,
  actor: Actor,
  foresee: () => Promise<object>,
): Promise<Outlook> {
  const operation_id = await newestOperation(db)
  const outlook = await foresee()
  return { outlook, at: db.now(), operation_id, access: fingerprintOf(actor.access) }
}

/** Keeps what a draft would do, while it is one. */
export const keepOutlook = (db: Db, id: number, outlook: Outlook) =>
  system(db, (tx) =>
    tx
      .updateTable('job')
      .set({ result: JSON.stringify(outlook) })
      .where('id', '=', id)
      .where('state', '=', 'draft')
      .execute(),
  )

/**
 * What a draft would do, if that was worked out for the rights that the actor has now; also what may
 * have changed since, if `any_age`.
 */
export async function keptOutlook(
  db: Db,
  actor: Actor,
  job: Job,
  any_age = false,
): Promise<object | undefined> {
  if (job.result === null) return undefined
  const { outlook, at, operation_id, access } = JSON.parse(job.result) as Outlook
  if (access !== fingerprintOf(actor.access)) return undefined
  const age = Temporal.Instant.from(at).until(db.now()).total('seconds')
  const is_good = any_age || age < SHOWN_SECONDS || operation_id === (await newestOperation(db))
  return is_good ? outlook : undefined
}

async function newestOperation(db: Reads) {
  const { id } = await db
    .selectFrom('operation')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirstOrThrow()
  return id
}
