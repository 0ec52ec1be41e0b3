import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Conflict } from '../errors.ts'
import type { Api } from '../web/api.ts'
import { Nothing, Paging } from '../web/api-schemas.ts'
import { createOnce } from '../web/idempotency.ts'
import { NewTag, TagList, TagParams, TagPatch, TagResource } from './api-schemas.ts'
import { createTag, deleteTag, updateTag } from './commands.ts'
import { describeKnownTag, pageOfKnownTags } from './known.ts'
import { getManagedTag } from './queries.ts'

const tags = ['tags']

/** Tags as JSON. */
export function tagApi(api: Api, db: Db) {
  readingApi(api, db)
  makingApi(api, db)
  changingApi(api, db)
}

function readingApi(api: Api, db: Db) {
  const config = { permission: 'tenant.view', scope: 'anywhere' } as const
  api.get(
    '/tags',
    {
      config,
      schema: {
        operationId: 'listTags',
        summary: 'The tags that can be met where you may see tenants, by name',
        tags,
        querystring: Paging,
        response: { 200: TagList },
      },
    },
    ({ actor, query }) => pageOfKnownTags(db, actor, query),
  )

  api.get(
    '/tags/:id',
    {
      config,
      schema: {
        operationId: 'getTag',
        summary: 'One tag',
        tags,
        params: TagParams,
        response: { 200: TagResource },
      },
    },
    ({ actor, params }) => describeKnownTag(db, actor, params.id),
  )
}

const config = { permission: 'tag.manage', scope: 'anywhere' } as const

function makingApi(api: Api, db: Db) {
  api.post(
    '/tags',
    {
      config,
      schema: {
        operationId: 'createTag',
        summary: 'A new tag, to be used at its tenant and below',
        tags,
        body: NewTag,
        response: { 201: TagResource },
      },
    },
    (request, reply) => {
      const { actor } = request
      const { tenant_id, ...input } = request.body
      return createOnce(request, reply, db, 'tag.create', async (tx) =>
        describeKnownTag(tx, actor, await createTag(tx, actor, tenant_id, input)),
      )
    },
  )
}

function changingApi(api: Api, db: Db) {
  api.patch(
    '/tags/:id',
    {
      config,
      schema: {
        operationId: 'updateTag',
        summary: 'Change a tag',
        tags,
        params: TagParams,
        body: TagPatch,
        response: { 200: TagResource },
      },
    },
    ({ actor, params: { id }, body: { version, ...wanted } }) =>
      operation(db, actor, 'tag.update', async (tx) => {
        const tag = await getManagedTag(tx, actor, id)
        if (version !== undefined && version !== tag.version)
          throw new Conflict(
            `${tag.name} is at version ${tag.version} now.`,
            await describeKnownTag(tx, actor, id),
          )
        const { name, color, description } = { ...tag, ...wanted }
        await updateTag(tx, actor, id, { name, color, description }, tag.version)
        return describeKnownTag(tx, actor, id)
      }),
  )

  api.delete(
    '/tags/:id',
    {
      config,
      schema: {
        operationId: 'deleteTag',
        summary: 'Delete a tag, and take it from whatever carries it',
        tags,
        params: TagParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await operation(db, actor, 'tag.delete', (tx) => deleteTag(tx, actor, id))
      return reply.code(204).send(null)
    },
  )
}
