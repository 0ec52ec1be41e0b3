import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Conflict } from '../errors.ts'
import type { Api } from '../web/api.ts'
import { Nothing } from '../web/api-schemas.ts'
import { createOnce } from '../web/idempotency.ts'
import {
  NewTenant,
  TenantList,
  TenantListQuery,
  TenantParams,
  TenantPatch,
  TenantResource,
} from './api-schemas.ts'
import { createTenant, deleteTenant, updateTenant } from './commands.ts'
import { ROOT_ID, getTenant } from './queries.ts'
import { describeTenant, listTenants } from './resource.ts'

const tags = ['tenants']

/** The tree of tenants as JSON. */
export function tenantApi(api: Api, db: Db) {
  readingApi(api, db)
  creatingApi(api, db)
  updatingApi(api, db)
  deletingApi(api, db)
}

function readingApi(api: Api, db: Db) {
  api.get(
    '/tenants',
    {
      config: { permission: 'tenant.view' },
      schema: {
        operationId: 'listTenants',
        summary: 'Tenants by name, or the children of one of them',
        tags,
        querystring: TenantListQuery,
        response: { 200: TenantList },
      },
    },
    ({ actor, query }) => listTenants(db, actor, query),
  )

  api.get(
    '/tenants/:id',
    {
      config: { permission: 'tenant.view' },
      schema: {
        operationId: 'getTenant',
        summary: 'One tenant, or "All tenants"',
        tags,
        params: TenantParams,
        response: { 200: TenantResource },
      },
    },
    ({ actor, params }) => describeTenant(db, actor, params.id),
  )
}

function creatingApi(api: Api, db: Db) {
  api.post(
    '/tenants',
    {
      config: { permission: 'tenant.create' },
      schema: {
        operationId: 'createTenant',
        summary: 'A new tenant',
        tags,
        body: NewTenant,
        response: { 201: TenantResource },
      },
    },
    (request, reply) => {
      const { parent_id, kind, ...input } = request.body
      const usual = parent_id === ROOT_ID ? 'client' : 'branch_office'
      return createOnce(request, reply, db, 'tenant.create', async (tx) => {
        const id = await createTenant(tx, parent_id, { ...input, kind: kind ?? usual })
        return describeTenant(tx, request.actor, id)
      })
    },
  )
}

function updatingApi(api: Api, db: Db) {
  api.patch(
    '/tenants/:id',
    {
      config: { permission: 'tenant.edit' },
      schema: {
        operationId: 'updateTenant',
        summary: 'Change a tenant, move it, or let it block inheritance',
        tags,
        params: TenantParams,
        body: TenantPatch,
        response: { 200: TenantResource },
      },
    },
    ({ actor, params: { id }, body: { version, ...changes } }) =>
      operation(db, actor, 'tenant.update', async (tx) => {
        const current = await describeTenant(tx, actor, id)
        if (version !== undefined && version !== current.version)
          throw new Conflict(`${current.name} is at version ${current.version} now.`, current)
        await updateTenant(tx, id, changes)
        return describeTenant(tx, actor, id)
      }),
  )
}

function deletingApi(api: Api, db: Db) {
  api.delete(
    '/tenants/:id',
    {
      config: { permission: 'tenant.delete' },
      schema: {
        operationId: 'deleteTenant',
        summary: 'Delete a tenant that is empty',
        tags,
        params: TenantParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await operation(db, actor, 'tenant.delete', async (tx) => {
        await getTenant(tx, actor, id)
        await deleteTenant(tx, id)
      })
      return reply.code(204).send(null)
    },
  )
}
