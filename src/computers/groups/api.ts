import { requireTenant } from '../../access/visible.ts'
import type { Db, Reads } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Conflict } from '../../errors.ts'
import type { Api } from '../../web/api.ts'
import { Nothing, Paging } from '../../web/api-schemas.ts'
import { createOnce } from '../../web/idempotency.ts'
import {
  ComputerGroupList,
  ComputerGroupListQuery,
  ComputerGroupParams,
  ComputerGroupPatch,
  ComputerGroupResource,
  MemberList,
  NewComputerGroup,
} from './api-schemas.ts'
import {
  type GroupInput,
  type GroupUpdate,
  createGroup,
  deleteGroup,
  differs,
  updateGroup,
} from './commands.ts'
import { type ComputerGroup, getGroup } from './queries.ts'
import { describeGroup, pageOfGroups, pageOfMembers } from './resource.ts'

const tags = ['computer groups']

const reading = { permission: 'computer.view', scope: 'anywhere' } as const
const writing = { permission: 'computer_group.manage', scope: 'anywhere' } as const

/** Groups of computers as JSON. */
export function computerGroupApi(api: Api, db: Db) {
  readingApi(api, db)
  creatingApi(api, db)
  changingApi(api, db)
}

function readingApi(api: Api, db: Db) {
  api.get(
    '/computer-groups',
    {
      config: reading,
      schema: {
        operationId: 'listComputerGroups',
        summary: 'Groups of computers by name',
        tags,
        querystring: ComputerGroupListQuery,
        response: { 200: ComputerGroupList },
      },
    },
    ({ actor, query }) => pageOfGroups(db, actor, query),
  )

  api.get(
    '/computer-groups/:id',
    {
      config: reading,
      schema: {
        operationId: 'getComputerGroup',
        summary: 'One group of computers',
        tags,
        params: ComputerGroupParams,
        response: { 200: ComputerGroupResource },
      },
    },
    async ({ actor, params }) => describeGroup(db, await getGroup(db, actor, params.id), db.now()),
  )

  api.get(
    '/computer-groups/:id/computers',
    {
      config: reading,
      schema: {
        operationId: 'listComputersOfGroup',
        summary: 'The members of a group at this moment',
        tags,
        params: ComputerGroupParams,
        querystring: Paging,
        response: { 200: MemberList },
      },
    },
    ({ actor, params, query }) => pageOfMembers(db, actor, params.id, query),
  )
}

function creatingApi(api: Api, db: Db) {
  api.post(
    '/computer-groups',
    {
      config: writing,
      schema: {
        operationId: 'createComputerGroup',
        summary: 'A new group of computers',
        tags,
        body: NewComputerGroup,
        response: { 201: ComputerGroupResource },
      },
    },
    (request, reply) => {
      const { actor, body } = request
      const { tenant_id, ...input } = body
      return createOnce(request, reply, db, 'computer_group.create', async (tx) => {
        const id = await createGroup(tx, actor, tenant_id, input)
        return describeGroup(tx, await getGroup(tx, actor, id), tx.operation.at)
      })
    },
  )
}

const wantedOf = (group: ComputerGroup, wanted: Partial<GroupInput>): GroupUpdate => ({
  name: wanted.name ?? group.name,
  description: wanted.description ?? group.description,
  filter: wanted.filter ?? null,
})

/** Throws Conflict when a group has another version than the one asked for. */
async function requireVersion(
  db: Reads,
  group: ComputerGroup,
  version: number | undefined,
  now: string,
) {
  if (version === undefined || version === group.version) return
  const current = await describeGroup(db, group, now)
  throw new Conflict(`${group.name} is at version ${group.version} now.`, current)
}

function changingApi(api: Api, db: Db) {
  api.patch(
    '/computer-groups/:id',
    {
      config: writing,
      schema: {
        operationId: 'updateComputerGroup',
        summary: 'Change a group of computers',
        tags,
        params: ComputerGroupParams,
        body: ComputerGroupPatch,
        response: { 200: ComputerGroupResource },
      },
    },
    async ({ actor, params: { id }, body: { version, ...wanted } }) => {
      const now = db.now()
      const before = await getGroup(db, actor, id)
      await requireTenant(db, actor, 'computer_group.manage', before.tenant_id)
      if (!differs(before, wantedOf(before, wanted))) {
        await requireVersion(db, before, version, now)
        return describeGroup(db, before, now)
      }
      return operation(db, actor, 'computer_group.update', async (tx) => {
        const group = await getGroup(tx, actor, id)
        await requireVersion(tx, group, version, now)
        await updateGroup(tx, actor, id, wantedOf(group, wanted), group.version)
        return describeGroup(tx, await getGroup(tx, actor, id), now)
      })
    },
  )

  api.delete(
    '/computer-groups/:id',
    {
      config: writing,
      schema: {
        operationId: 'deleteComputerGroup',
        summary: 'Delete a group of computers that nothing uses',
        tags,
        params: ComputerGroupParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params }, reply) => {
      await operation(db, actor, 'computer_group.delete', (tx) => deleteGroup(tx, actor, params.id))
      return reply.code(204).send(null)
    },
  )
}
