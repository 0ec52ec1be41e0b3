import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import { readRowHistory } from '../audit/history.ts'
import type { Db } from '../db/connection.ts'
import { catalogue } from '../preferences/catalogue.ts'
import { toRow } from '../preferences/explain.ts'
import { getPreferences } from '../preferences/queries.ts'
import { isOwn, tagsOfComputers } from '../tags/effective.ts'
import { tagsToGive } from '../tags/queries.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { type ComputerHead, getComputerHead, readComputerId } from './head.ts'
import { listAgents } from './queries.ts'
import { type TagsPanel, views } from './views.ts'

type Id = { Params: { id: string } }

const HistoryQuery = z.object({ before: idText('Start from the beginning.').optional() })

/** The tags of a computer, and those that it can be given by who looks. */
async function tagsPanel(
  db: Db,
  actor: Actor,
  { computer, may }: ComputerHead,
): Promise<TagsPanel> {
  const carried = (await tagsOfComputers(db, actor, [computer]))(computer)
  const can_edit = may.edit && computer.state !== 'deleted'
  const own = new Set(carried.filter(isOwn).map(({ id }) => id))
  return {
    tags: carried,
    usable: can_edit ? await tagsToGive(db, computer.tenant_path, own) : [],
    action: can_edit ? `/computers/${computer.id}/tags` : null,
    may_make: can_edit && permitsSomewhere(actor.access, 'tag.manage'),
    may_see_people: may.person,
  }
}

/** The pages of one computer that only show. */
export function computerPageRoutes(app: FastifyInstance, db: Db) {
  app.get<Id>(
    '/computers/:id',
    { config: { permission: 'computer.view', scope: 'anywhere' } },
    async ({ actor, params }, reply) => {
      const id = readComputerId(params.id)
      const head = await getComputerHead(db, actor, id, '')
      const agents = await listAgents(db, actor, id)
      return reply.page(views.overview({ head, agents, tags: await tagsPanel(db, actor, head) }))
    },
  )

  app.get<Id>(
    '/computers/:id/preferences',
    { config: { permission: 'preference.view', scope: 'anywhere' } },
    async ({ actor, params }, reply) => {
      const id = readComputerId(params.id)
      const head = await getComputerHead(db, actor, id, 'preferences', 'preference.view')
      const { tenant_id } = head.computer
      const { preferences } = await getPreferences(db, actor, tenant_id, db.now())
      const rows = preferences.map((one) => ({
        ...toRow(one, tenant_id),
        group: one.preference.group,
      }))
      const groups = [...new Set(catalogue.map(({ group }) => group))].map((name) => ({
        name,
        rows: rows.filter(({ group }) => group === name),
      }))
      return reply.page(views.preferences({ head, groups }))
    },
  )

  app.get<Id>(
    '/computers/:id/history',
    { config: { permission: 'history.view', scope: 'anywhere' } },
    async ({ actor, params, query }, reply) => {
      const id = readComputerId(params.id)
      const { before } = readQuery(HistoryQuery, query)
      const head = await getComputerHead(db, actor, id, 'history', 'history.view')
      const { entries, next } = await readRowHistory(db, actor, 'computer', id, before)
      const here = `/computers/${id}/history`
      const older = next === null ? null : `${here}?before=${next}`
      return reply.page(views.history({ head, entries, older, newest: before ? here : null }))
    },
  )
}
