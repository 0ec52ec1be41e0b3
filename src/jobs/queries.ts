import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { NotFound } from '../errors.ts'

const PAGE = 50

/** Jobs are seen by the person who made them, and by nobody else. */
const ownJobs = (db: Reads, actor: Actor) =>
  db.selectFrom('job').where('person_id', '=', actor.person_id)

/** A job of the actor's. Throws NotFound when there is none, or when it is another person's. */
export async function getJob(db: Reads, actor: Actor, id: number) {
  const job = await ownJobs(db, actor)
    .select(['id', 'kind', 'title', 'state', 'result', 'done', 'total', 'created_at', 'ended_at'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!job) throw new NotFound(`job ${id}`)
  return job
}

export type Job = Awaited<ReturnType<typeof getJob>>

/** What a job was told to do. By itself, since it may be a large file. */
export async function readInput(db: Reads, id: number): Promise<unknown> {
  const { input } = await db
    .selectFrom('job')
    .select('input')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return JSON.parse(input)
}

/**
 * The actor's jobs, newest first: those older than `before`, a page at a time. On a page, what was
 * only looked at comes after what was done.
 */
export async function listJobs(db: Reads, actor: Actor, before?: number) {
  let query = ownJobs(db, actor)
    .select(['id', 'title', 'state', 'done', 'total', 'created_at', 'ended_at'])
    .orderBy('id', 'desc')
    .limit(PAGE + 1)
  if (before !== undefined) query = query.where('id', '<', before)
  const jobs = await query.execute()
  const page = jobs.slice(0, PAGE)
  const isDraft = ({ state }: (typeof jobs)[number]) => Number(state === 'draft')
  return {
    jobs: page.toSorted((one, other) => isDraft(one) - isDraft(other)),
    next: jobs.length > PAGE ? jobs[PAGE - 1]!.id : null,
  }
}
