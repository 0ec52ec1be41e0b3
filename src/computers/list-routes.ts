import type { FastifyInstance } from 'fastify'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { tagChoices } from '../tags/queries.ts'
import { countTabs } from './counts.ts'
import { groupChoices } from './groups/choices.ts'
import { type ListState, readList } from './list.ts'
import { listPage } from './list-page.ts'
import { type Found, findComputers } from './search.ts'
import { staleWatch } from './staleness.ts'
import { countUndecided } from './undecided.ts'
import { views } from './views.ts'
import { resolveFilter } from './wanted.ts'

const PAGE_SIZE = 50

/** The list of computers, tab by tab, with its search and its filters. */
export function computerListRoutes(app: FastifyInstance, db: Db) {
  watchStaleness(app, db)
  app.get(
    '/computers',
    { config: { permission: 'computer.view', scope: 'anywhere' } },
    async ({ actor, query }, reply) => {
      const state = readList(query)
      const { found, problem } = await find(db, actor, state)
      const counts = await countTabs(db, actor)
      const undecided = await countUndecided(db, actor)
      const groups = await groupChoices(db, actor, state.group)
      const tags = await tagChoices(db, actor, 'computer.view', state.tag)
      const listed = { found, counts, undecided, problem, groups, tags }
      const page = await listPage(db, actor, state, listed)
      return reply.code(problem ? 422 : 200).page(views.list(page))
    },
  )
}

/** While the server runs, it looks which computers have become stale. */
function watchStaleness(app: FastifyInstance, db: Db) {
  const watch = staleWatch(db, (error) =>
    app.log.error({ err: error }, 'staleness was not looked at'),
  )
  app.addHook('onReady', async () => watch.start())
  app.addHook('preClose', () => watch.stop())
}

/** What matches; where the filter means nothing, nothing does, and why. */
async function find(db: Db, actor: Actor, state: ListState) {
  const nothing: Found = { rows: [], next: null, total: 0 }
  const { sort, after } = state
  try {
    const wanted = await resolveFilter(db, actor, state)
    const found = await findComputers(db, actor, wanted, { limit: PAGE_SIZE, sort, after })
    return { found, problem: '' }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return { found: nothing, problem: error.message }
  }
}
