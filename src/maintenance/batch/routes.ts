import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../access/actor.ts'
import { permitsSomewhere } from '../../access/decide.ts'
import { lacks } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import type { SessionState } from '../../db/schedule-schema.ts'
import { parseFields } from '../../jobs/batch.ts'
import { draftBatch, everyMatch } from '../../jobs/selection.ts'
import { resolveFilter } from '../list-page.ts'
import { readList } from '../session-list.ts'
import { findSessions } from '../session-search.ts'
import { unended } from '../words.ts'
import { SelectionForm } from './form.ts'
import { batchTitle, sessionBatch } from './job.ts'
import type { Batch } from './run.ts'

/** Takes a selection from the list, and leads to the page that shows what would be done with it. */
export function sessionBatchRoutes(app: FastifyInstance, db: Db) {
  app.post(
    '/sessions/batches',
    { config: { permission: 'schedule.view', scope: 'anywhere' } },
    async ({ actor, body }, reply) => {
      if (!permitsSomewhere(actor.access, 'schedule.run')) throw lacks('schedule.run')
      const { match, ids } = parseFields(SelectionForm, body ?? {})
      const selected = match ? await listMatchingIds(db, actor, body) : ids
      const draft = await draftBatch<Batch>(db, actor, selected, {
        kind: sessionBatch.name,
        noun: 'session',
        title: batchTitle,
        input: (chosen) => ({ ids: chosen, whole: false, reason: null }),
      })
      return reply.redirect(draft, 303)
    },
  )
}

/** The ids of all sessions that match now and are not over: of others, nothing can be cancelled. */
async function listMatchingIds(db: Db, actor: Actor, filter: unknown) {
  const wanted = await resolveFilter(db, actor, readList(filter))
  const states = unended.filter((state) => wanted.state === null || wanted.state === state)
  const ids: number[] = []
  for (const state of states) ids.push(...(await listIn(db, actor, { ...wanted, state })))
  return ids
}

type Wanted = Parameters<typeof findSessions>[2] & { state: SessionState }

const listIn = (db: Db, actor: Actor, wanted: Wanted) =>
  everyMatch(async ({ limit, after }) => {
    const page = { limit, after: after === null ? null : Number(after) }
    const { ids, next } = await findSessions(db, actor, wanted, page)
    return { rows: ids.map((id) => ({ id })), next: next === null ? null : String(next) }
  })
