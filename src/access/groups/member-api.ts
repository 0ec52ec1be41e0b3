import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import type { Api } from '../../web/api.ts'
import { Nothing, Paging } from '../../web/api-schemas.ts'
import { decodeCursor, encodeCursor } from '../../web/cursor.ts'
import { GroupParams, MemberList, MemberParams } from './api-schemas.ts'
import { keepMember, removeMember } from './commands.ts'
import { getGroup, listMembers } from './queries.ts'

const tags = ['groups']

/** Who is in a group, as JSON. */
export function memberApi(api: Api, db: Db) {
  listingApi(api, db)
  const config = { permission: 'access.grant', scope: 'anywhere' } as const

  api.put(
    '/groups/:id/members/:person_id',
    {
      config,
      schema: {
        operationId: 'addMember',
        summary: 'Have somebody of the same tenant in a group, and with that all that it has',
        tags,
        params: MemberParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, person_id } }, reply) => {
      await operation(db, actor, 'group.add_member', (tx) => keepMember(tx, actor, id, person_id))
      return reply.code(204).send(null)
    },
  )

  api.delete(
    '/groups/:id/members/:person_id',
    {
      config,
      schema: {
        operationId: 'removeMember',
        summary: 'Take somebody out of a group',
        tags,
        params: MemberParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, person_id } }, reply) => {
      await operation(db, actor, 'group.remove_member', (tx) =>
        removeMember(tx, actor, id, person_id),
      )
      return reply.code(204).send(null)
    },
  )
}

function listingApi(api: Api, db: Db) {
  api.get(
    '/groups/:id/members',
    {
      config: { permission: 'access.view', scope: 'anywhere' },
      schema: {
        operationId: 'listMembers',
        summary: 'The members of a group by name',
        tags,
        params: GroupParams,
        querystring: Paging,
        response: { 200: MemberList },
      },
    },
    async ({ actor, params, query: { limit, cursor } }) => {
      const { id } = await getGroup(db, actor, params.id)
      const [sort_key, last_id] = cursor === undefined ? [] : decodeCursor(cursor, 2)
      const after =
        cursor === undefined ? null : { sort_key: String(sort_key), id: Number(last_id) }
      const found = await listMembers(db, actor, id, { after, limit: limit + 1 })
      const last = found.length > limit ? found[limit - 1]! : null
      return {
        members: found
          .slice(0, limit)
          .map(({ sort_key: _, active, ...member }) => ({ ...member, active: active === 1 })),
        next_cursor: last && encodeCursor([last.sort_key, last.id]),
      }
    },
  )
}
