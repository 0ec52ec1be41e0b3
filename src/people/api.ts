import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import type { Api } from '../web/api.ts'
import { Nothing } from '../web/api-schemas.ts'
import { createOnce } from '../web/idempotency.ts'
import { inVersion } from '../web/version.ts'
import {
  NewPerson,
  PersonList,
  PersonListQuery,
  PersonParams,
  PersonPatch,
  PersonResource,
} from './api-schemas.ts'
import { createPerson, deletePerson, updatePerson } from './commands.ts'
import { describePerson, listPeople } from './resource.ts'

const tags = ['people']

/** People as JSON, by the same rules as on the pages. */
export function personApi(api: Api, db: Db) {
  readingApi(api, db)
  creatingApi(api, db)
  updatingApi(api, db)
  deletingApi(api, db)
}

function readingApi(api: Api, db: Db) {
  const config = { permission: 'person.view', scope: 'anywhere' } as const
  api.get(
    '/people',
    {
      config,
      schema: {
        operationId: 'listPeople',
        summary: 'People by name',
        tags,
        querystring: PersonListQuery,
        response: { 200: PersonList },
      },
    },
    ({ actor, query }) => listPeople(db, actor, query),
  )

  api.get(
    '/people/:id',
    {
      config,
      schema: {
        operationId: 'getPerson',
        summary: 'One person',
        tags,
        params: PersonParams,
        response: { 200: PersonResource },
      },
    },
    ({ actor, params }) => describePerson(db, actor, params.id),
  )
}

function creatingApi(api: Api, db: Db) {
  api.post(
    '/people',
    {
      config: { permission: 'person.create', scope: 'anywhere' },
      schema: {
        operationId: 'createPerson',
        summary: 'A new person',
        tags,
        body: NewPerson,
        response: { 201: PersonResource },
      },
    },
    (request, reply) => {
      const { actor, body } = request
      const { tenant_id, ...input } = body
      return createOnce(request, reply, db, 'person.create', (tx) =>
        byTheirIds(async () => {
          const id = await createPerson(tx, actor, tenant_id, input)
          return describePerson(tx, actor, id)
        }),
      )
    },
  )
}

function updatingApi(api: Api, db: Db) {
  api.patch(
    '/people/:id',
    {
      config: { permission: 'person.edit', scope: 'anywhere' },
      schema: {
        operationId: 'updatePerson',
        summary: 'Change a person, move them, give or withdraw a role, deactivate or activate',
        tags,
        params: PersonParams,
        body: PersonPatch,
        response: { 200: PersonResource },
      },
    },
    async ({ actor, params: { id }, body: { version, ...wanted } }) => {
      const current = await describePerson(db, actor, id)
      inVersion(current, current.name, version)
      return operation(db, actor, 'person.update', (tx) =>
        byTheirIds(async () => {
          await updatePerson(tx, actor, id, wanted, version)
          return describePerson(tx, actor, id)
        }),
      )
    },
  )
}

/** Says a refusal at the field of the API, which names roles and tenants by their ids. */
async function byTheirIds<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change()
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    const { role, tenant, ...fields } = error.fields
    throw new Invalid({
      ...fields,
      ...(role !== undefined && { role_id: role }),
      ...(tenant !== undefined && { tenant_id: tenant }),
    })
  }
}

function deletingApi(api: Api, db: Db) {
  api.delete(
    '/people/:id',
    {
      config: { permission: 'person.delete', scope: 'anywhere' },
      schema: {
        operationId: 'deletePerson',
        summary: 'Delete a person with what hangs on them',
        tags,
        params: PersonParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await operation(db, actor, 'person.delete', (tx) => deletePerson(tx, actor, id))
      return reply.code(204).send(null)
    },
  )
}
