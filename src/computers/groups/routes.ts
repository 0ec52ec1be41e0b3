import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../../access/actor.ts'
import { permitsSomewhere } from '../../access/decide.ts'
import { readRowHistory } from '../../audit/history.ts'
import type { Db } from '../../db/connection.ts'
import { countOf, formatCount } from '../../web/counts.ts'
import { decodeCursor, encodeCursor } from '../../web/cursor.ts'
import { SearchText, addressOf, stateField } from '../../web/list-state.ts'
import { idText } from '../../web/numbers.ts'
import { readQuery } from '../../web/query.ts'
import { getGroupHead, readGroupId } from './head.ts'
import { groupPage } from './page.ts'
import { COUNTED, type ComputerGroup, countMembers, listGroups } from './queries.ts'
import { type ListedGroup, views } from './views.ts'

type Id = { Params: { id: string } }

const PAGE_SIZE = 25

const ListQuery = z.object({
  q: stateField(SearchText, ''),
  after: stateField<string | null>(z.string().min(1), null),
})

const HistoryQuery = z.object({ before: idText('Start from the beginning.').optional() })

const config = { permission: 'computer.view', scope: 'anywhere' } as const

/** The pages of groups of computers that only show. */
export function computerGroupRoutes(app: FastifyInstance, db: Db) {
  app.get('/computers/groups', { config }, async ({ actor, query }, reply) => {
    const { q, after } = ListQuery.parse(query)
    const { groups, next } = await readPage(db, actor, q, after)
    return reply.page(
      views.list({
        groups: await Promise.all(groups.map((group) => withMembers(db, actor, group))),
        q,
        next_href:
          next &&
          addressOf('/computers/groups', [
            ['q', q],
            ['after', next],
          ]),
        may_create: permitsSomewhere(actor.access, 'computer_group.manage'),
      }),
    )
  })

  app.get<Id>('/computers/groups/:id', { config }, async ({ actor, params, query }, reply) => {
    const page = await groupPage(db, actor, readGroupId(params.id), query)
    return reply.page(views.page(page))
  })

  app.get<Id>(
    '/computers/groups/:id/history',
    { config: { permission: 'history.view', scope: 'anywhere' } },
    async ({ actor, params, query }, reply) => {
      const id = readGroupId(params.id)
      const { before } = readQuery(HistoryQuery, query)
      const head = await getGroupHead(db, actor, id, 'history', 'history.view')
      const { entries, next } = await readRowHistory(db, actor, 'computer_group', id, before)
      const here = `/computers/groups/${id}/history`
      const older = next === null ? null : `${here}?before=${next}`
      return reply.page(views.history({ head, entries, older, newest: before ? here : null }))
    },
  )
}

async function readPage(db: Db, actor: Actor, q: string, after: string | null) {
  const [name_key, id] = after ? decodeCursor(after, 2) : []
  const place = after ? { name_key: String(name_key), id: Number(id) } : null
  const found = await listGroups(db, actor, { q, after: place, limit: PAGE_SIZE + 1 })
  const last = found.length > PAGE_SIZE ? found[PAGE_SIZE - 1]! : null
  return {
    groups: found.slice(0, PAGE_SIZE),
    next: last && encodeCursor([last.name_key, last.id]),
  }
}

async function withMembers(db: Db, actor: Actor, group: ComputerGroup): Promise<ListedGroup> {
  const { count, problem } = await countMembers(db, actor, group)
  const members =
    count === null
      ? `More than ${formatCount(COUNTED)} computers`
      : countOf(count, 'computer', 'computers')
  return { ...group, members, problem }
}
