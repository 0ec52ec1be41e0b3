import type { Actor } from '../access/actor.ts'
import { requireTenant } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import type { Api } from '../web/api.ts'
import { Nothing } from '../web/api-schemas.ts'
import { createOnce } from '../web/idempotency.ts'
import { inVersion } from '../web/version.ts'
import {
  ComputerList,
  ComputerListQuery,
  ComputerParams,
  ComputerPatch,
  ComputerResource,
  NewComputer,
} from './api-schemas.ts'
import {
  changesOf,
  createComputer,
  deleteComputer,
  restoreComputer,
  updateComputer,
} from './commands.ts'
import { requirePersonAt } from './find-person.ts'
import { getComputer } from './queries.ts'
import { describeComputer, listComputers } from './resource.ts'

const tags = ['computers']

/** Computers as JSON. */
export function computerApi(api: Api, db: Db) {
  readingApi(api, db)
  creatingApi(api, db)
  updatingApi(api, db)
  deletingApi(api, db)
}

function readingApi(api: Api, db: Db) {
  api.get(
    '/computers',
    {
      config: { permission: 'computer.view', scope: 'anywhere' },
      schema: {
        operationId: 'listComputers',
        summary: 'Computers by name',
        tags,
        querystring: ComputerListQuery,
        response: { 200: ComputerList },
      },
    },
    ({ actor, query }) => listComputers(db, actor, query),
  )

  api.get(
    '/computers/:id',
    {
      config: { permission: 'computer.view', scope: 'anywhere' },
      schema: {
        operationId: 'getComputer',
        summary: 'One computer, deleted or not',
        tags,
        params: ComputerParams,
        response: { 200: ComputerResource },
      },
    },
    ({ actor, params }) => describeComputer(db, actor, params.id),
  )
}

function creatingApi(api: Api, db: Db) {
  api.post(
    '/computers',
    {
      config: { permission: 'computer.create', scope: 'anywhere' },
      schema: {
        operationId: 'createComputer',
        summary: 'A new computer',
        tags,
        body: NewComputer,
        response: { 201: ComputerResource },
      },
    },
    (request, reply) => {
      const { actor } = request
      const { tenant_id, ...input } = request.body
      return createOnce(request, reply, db, 'computer.create', async (tx) => {
        const tenant = await requireTenant(tx, actor, 'computer.create', tenant_id)
        await requirePersonAt(tx, actor, tenant_id, input.primary_person_id)
        const id = await createComputer(tx, tenant, input, 'typed')
        return describeComputer(tx, actor, id)
      })
    },
  )
}

function updatingApi(api: Api, db: Db) {
  api.patch(
    '/computers/:id',
    {
      config: { permission: 'computer.edit', scope: 'anywhere' },
      schema: {
        operationId: 'updateComputer',
        summary: 'Change a computer',
        tags,
        params: ComputerParams,
        body: ComputerPatch,
        response: { 200: ComputerResource },
      },
    },
    async ({ actor, params: { id }, body: { version, ...wanted } }) => {
      const computer = await getComputer(db, actor, id)
      await requireTenant(db, actor, 'computer.edit', computer.tenant_id)
      if (Object.keys(changesOf(computer, wanted)).length === 0)
        return getVersion(db, actor, id, version)
      return operation(db, actor, 'computer.update', async (tx) => {
        const { tenant_id } = await getVersion(tx, actor, id, version)
        await requirePersonAt(tx, actor, tenant_id, wanted.primary_person_id ?? null)
        await updateComputer(tx, actor, id, wanted)
        return describeComputer(tx, actor, id)
      })
    },
  )
}

/** The computer as it is. Throws Conflict when it has another version than the one asked for. */
async function getVersion(db: Reads, actor: Actor, id: number, version: number | undefined) {
  const current = await describeComputer(db, actor, id)
  return inVersion(current, current.name, version)
}

function deletingApi(api: Api, db: Db) {
  api.delete(
    '/computers/:id',
    {
      config: { permission: 'computer.delete', scope: 'anywhere' },
      schema: {
        operationId: 'deleteComputer',
        summary: 'Delete a computer, which can be restored',
        tags,
        params: ComputerParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await operation(db, actor, 'computer.delete', (tx) => deleteComputer(tx, actor, id))
      return reply.code(204).send(null)
    },
  )

  api.post(
    '/computers/:id/restoration',
    {
      config: { permission: 'computer.delete', scope: 'anywhere' },
      schema: {
        operationId: 'restoreComputer',
        summary: 'Bring a deleted computer back',
        tags,
        params: ComputerParams,
        response: { 200: ComputerResource },
      },
    },
    ({ actor, params: { id } }) =>
      operation(db, actor, 'computer.restore', async (tx) => {
        await restoreComputer(tx, actor, id)
        return describeComputer(tx, actor, id)
      }),
  )
}
