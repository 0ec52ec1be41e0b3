import type { FastifyInstance } from 'fastify'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { type ListState, readList } from './list.ts'
import { listPage } from './list-page.ts'
import { findSchedules, resolveFilter } from './search.ts'
import { views } from './views.ts'

const PAGE_SIZE = 50

/** The list of schedules, state by state, with its search and its filter. */
export function scheduleListRoutes(app: FastifyInstance, db: Db) {
  app.get(
    '/schedules',
    { config: { permission: 'schedule.view', scope: 'anywhere' } },
    async ({ actor, query }, reply) => {
      const state = readList(query)
      const { wanted, found, problem } = await find(db, actor, state)
      const page = await listPage(db, actor, state, wanted, { found, problem })
      return reply.code(problem ? 422 : 200).page(views.list(page))
    },
  )
}

/** What matches; where the filter means nothing, nothing does, and why. */
async function find(db: Db, actor: Actor, state: ListState) {
  try {
    const wanted = await resolveFilter(db, actor, state)
    const page = { limit: PAGE_SIZE, after: state.after }
    return { wanted, found: await findSchedules(db, actor, wanted, page), problem: '' }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return { wanted: null, found: { rows: [], next: null }, problem: error.message }
  }
}
