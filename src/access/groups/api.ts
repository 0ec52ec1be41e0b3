import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import type { Api } from '../../web/api.ts'
import { Nothing, Paging } from '../../web/api-schemas.ts'
import { decodeCursor, encodeCursor } from '../../web/cursor.ts'
import { createOnce } from '../../web/idempotency.ts'
import { inVersion } from '../../web/version.ts'
import { GroupList, GroupParams, GroupPatch, GroupResource, NewGroup } from './api-schemas.ts'
import { createGroup, deleteGroup, updateGroup } from './commands.ts'
import { type Group, getGroup, listGroups } from './queries.ts'

const tags = ['groups']

const reading = { permission: 'access.view', scope: 'anywhere' } as const
const writing = { permission: 'access.grant', scope: 'anywhere' } as const

/** Groups of people as JSON, by the same rules as on the pages. */
export function groupApi(api: Api, db: Db) {
  readingApi(api, db)
  creatingApi(api, db)
  changingApi(api, db)
}

function readingApi(api: Api, db: Db) {
  api.get(
    '/groups',
    {
      config: reading,
      schema: {
        operationId: 'listGroups',
        summary: 'Groups by name',
        tags,
        querystring: Paging,
        response: { 200: GroupList },
      },
    },
    async ({ actor, query: { limit, cursor } }) => {
      const [name_key, id] = cursor === undefined ? [] : decodeCursor(cursor, 2)
      const after = cursor === undefined ? null : { name_key: String(name_key), id: Number(id) }
      const found = await listGroups(db, actor, { after, limit: limit + 1 })
      const last = found.length > limit ? found[limit - 1]! : null
      return {
        groups: found.slice(0, limit).map(describeGroup),
        next_cursor: last && encodeCursor([last.name_key, last.id]),
      }
    },
  )

  api.get(
    '/groups/:id',
    {
      config: reading,
      schema: {
        operationId: 'getGroup',
        summary: 'One group',
        tags,
        params: GroupParams,
        response: { 200: GroupResource },
      },
    },
    async ({ actor, params }) => describeGroup(await getGroup(db, actor, params.id)),
  )
}

function creatingApi(api: Api, db: Db) {
  api.post(
    '/groups',
    {
      config: writing,
      schema: {
        operationId: 'createGroup',
        summary: 'A new group of a tenant',
        tags,
        body: NewGroup,
        response: { 201: GroupResource },
      },
    },
    (request, reply) => {
      const { actor, body } = request
      const { tenant_id, ...input } = body
      return createOnce(request, reply, db, 'group.create', async (tx) => {
        const id = await createGroup(tx, actor, tenant_id, input)
        return describeGroup(await getGroup(tx, actor, id))
      })
    },
  )
}

function changingApi(api: Api, db: Db) {
  api.patch(
    '/groups/:id',
    {
      config: writing,
      schema: {
        operationId: 'updateGroup',
        summary: 'Rename or describe a group',
        tags,
        params: GroupParams,
        body: GroupPatch,
        response: { 200: GroupResource },
      },
    },
    ({ actor, params: { id }, body: { version, name, description } }) =>
      operation(db, actor, 'group.update', async (tx) => {
        const group = describeGroup(await getGroup(tx, actor, id))
        inVersion(group, group.name, version)
        const input = {
          name: name ?? group.name,
          description: description ?? group.description,
        }
        await updateGroup(tx, actor, id, input, group.version)
        return describeGroup(await getGroup(tx, actor, id))
      }),
  )

  api.delete(
    '/groups/:id',
    {
      config: writing,
      schema: {
        operationId: 'deleteGroup',
        summary: 'Delete a group to which nothing is assigned',
        tags,
        params: GroupParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params }, reply) => {
      await operation(db, actor, 'group.delete', (tx) => deleteGroup(tx, actor, params.id))
      return reply.code(204).send(null)
    },
  )
}

const describeGroup = ({ id, tenant_id, name, description, members, version }: Group) => ({
  id,
  tenant_id,
  name,
  description,
  members,
  version,
})
