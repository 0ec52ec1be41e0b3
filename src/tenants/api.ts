import type { Actor } from '../access/actor.ts'
import { requireTenant } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import type { Api } from '../web/api.ts'
import { Nothing } from '../web/api-schemas.ts'
import { createOnce } from '../web/idempotency.ts'
import { inVersion } from '../web/version.ts'
import {
  NewTenant,
  TenantList,
  TenantListQuery,
  TenantParams,
  TenantPatch,
  TenantResource,
} from './api-schemas.ts'
import { wouldChange } from './changes.ts'
import { createTenant, deleteTenant, updateTenant } from './commands.ts'
import { admitChanges, admitNewTenant } from './rights.ts'
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
      config: { permission: 'tenant.view', scope: 'anywhere' },
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
      config: { permission: 'tenant.view', scope: 'tenant' },
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
      config: { permission: 'tenant.create', scope: 'anywhere' },
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
        const { actor } = request
        const tenant = { ...input, kind: kind ?? usual }
        const parent = await admitNewTenant(tx, actor, parent_id, tenant)
        return describeTenant(tx, actor, await createTenant(tx, parent, tenant))
      })
    },
  )
}

function updatingApi(api: Api, db: Db) {
  api.patch(
    '/tenants/:id',
    {
      config: { permission: 'tenant.edit', scope: 'tenant' },
      schema: {
        operationId: 'updateTenant',
        summary: 'Change a tenant, move it, or let it block inheritance',
        tags,
        params: TenantParams,
        body: TenantPatch,
        response: { 200: TenantResource },
      },
    },
    async ({ actor, params: { id }, body: { version, ...wanted } }) => {
      const tenant = await getTenant(db, actor, id)
      if (!wouldChange(tenant, wanted)) return getVersion(db, actor, id, version)
      return operation(db, actor, 'tenant.update', async (tx) => {
        await getVersion(tx, actor, id, version)
        const admitted = await admitChanges(tx, actor, id, wanted)
        await updateTenant(tx, admitted.id, admitted.changes)
        return describeTenant(tx, actor, id)
      })
    },
  )
}

/** The tenant as it is. Throws Conflict when it has another version than the one asked for. */
async function getVersion(db: Reads, actor: Actor, id: number, version: number | undefined) {
  const current = await describeTenant(db, actor, id)
  return inVersion(current, current.name, version)
}

function deletingApi(api: Api, db: Db) {
  api.delete(
    '/tenants/:id',
    {
      config: { permission: 'tenant.delete', scope: 'tenant' },
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
        await deleteTenant(tx, actor, await requireTenant(tx, actor, 'tenant.delete', id))
      })
      return reply.code(204).send(null)
    },
  )
}
