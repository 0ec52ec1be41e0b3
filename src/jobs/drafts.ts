import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { paced } from '../pace.ts'
import type { AnyJobKind } from './kind.ts'
import { keptOutlook } from './outlook.ts'
import { getJob, type Job, readInput } from './queries.ts'
import type { JobRunner } from './runner.ts'

/** From this size on a draft is looked at in the background. */
const LARGE = 2000

/**
 * What a draft would do. A large one is worked out in the background: undefined while that goes on,
 * or when the draft has ended over it. With `any_age`, what was worked out before will do.
 */
export async function outlookOf(
  { db, runner }: { db: Db; runner: JobRunner },
  actor: Actor,
  { job, kind }: { job: Job; kind: AnyJobKind },
  { any_age, patience_ms }: { any_age: boolean; patience_ms: number },
) {
  const { id } = job
  if (job.total < LARGE) return kind.foresee(db, actor, await readInput(db, id), paced())
  const kept = await keptOutlook(db, actor, job, any_age)
  if (kept || runner.find(id)) return kept
  runner.foresee({ kind, id, actor, input: await readInput(db, id) })
  await runner.settle(id, patience_ms)
  return keptOutlook(db, actor, await getJob(db, actor, id))
}
