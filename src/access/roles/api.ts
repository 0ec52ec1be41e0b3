import { z } from 'zod'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import type { Api } from '../../web/api.ts'
import { Nothing } from '../../web/api-schemas.ts'
import { createOnce } from '../../web/idempotency.ts'
import { idText } from '../../web/numbers.ts'
import { inVersion } from '../../web/version.ts'
import { type Permission, permissions } from '../permissions.ts'
import { createRole, deleteRole, updateRole } from './commands.ts'
import { PermissionList, RoleDescription, RoleName } from './form.ts'
import { type Role, getRole, listRoles } from './queries.ts'

const tags = ['roles']

const RoleResource = z
  .strictObject({
    id: z.int(),
    name: z.string(),
    description: z.string(),
    is_builtin: z.boolean().describe('What a built-in role permits grows with the program.'),
    permissions: z.array(z.enum(permissions as [Permission, ...Permission[]])),
    requires_second_factor: z.boolean(),
    version: z.int().describe('Rises with each change.'),
  })
  .meta({ id: 'Role' })

const NewRole = z.strictObject({
  name: RoleName,
  description: RoleDescription.default(''),
  permissions: PermissionList,
  requires_second_factor: z.boolean('Give true or false.').default(false),
})

const RolePatch = z
  .strictObject({
    name: RoleName,
    description: RoleDescription,
    permissions: PermissionList,
    requires_second_factor: z.boolean('Give true or false.'),
    version: z.int('Give a version.').positive('Give a version.'),
  })
  .partial()
  .refine(({ version: _, ...changes }) => Object.keys(changes).length > 0, 'Say what to change.')
  .describe('What is left out stays. With `version`, refused (409) if the role has another.')

const RoleParams = z.strictObject({ id: idText() })

const reading = { permission: 'access.view', scope: 'anywhere' } as const
const writing = { permission: 'role.manage', scope: 'all_tenants' } as const

/** Roles as JSON. */
export function roleApi(api: Api, db: Db) {
  readingApi(api, db)
  creatingApi(api, db)
  changingApi(api, db)
}

function readingApi(api: Api, db: Db) {
  api.get(
    '/roles',
    {
      config: reading,
      schema: {
        operationId: 'listRoles',
        summary: 'Every role',
        tags,
        response: { 200: z.strictObject({ roles: z.array(RoleResource) }) },
      },
    },
    async ({ actor }) => ({ roles: (await listRoles(db, actor)).map(describeRole) }),
  )

  api.get(
    '/roles/:id',
    {
      config: reading,
      schema: {
        operationId: 'getRole',
        summary: 'One role',
        tags,
        params: RoleParams,
        response: { 200: RoleResource },
      },
    },
    async ({ actor, params }) => describeRole(await getRole(db, actor, params.id)),
  )
}

function creatingApi(api: Api, db: Db) {
  api.post(
    '/roles',
    {
      config: writing,
      schema: {
        operationId: 'createRole',
        summary: 'A new role, of permissions that you have throughout All tenants',
        tags,
        body: NewRole,
        response: { 201: RoleResource },
      },
    },
    (request, reply) =>
      createOnce(request, reply, db, 'role.create', async (tx) => {
        const id = await createRole(tx, request.actor, request.body)
        return describeRole(await getRole(tx, request.actor, id))
      }),
  )
}

function changingApi(api: Api, db: Db) {
  api.patch(
    '/roles/:id',
    {
      config: writing,
      schema: {
        operationId: 'updateRole',
        summary: 'Change a role',
        tags,
        params: RoleParams,
        body: RolePatch,
        response: { 200: RoleResource },
      },
    },
    ({ actor, params: { id }, body: { version, ...wanted } }) =>
      operation(db, actor, 'role.update', async (tx) => {
        const role = describeRole(await getRole(tx, actor, id))
        inVersion(role, role.name, version)
        await updateRole(tx, actor, id, definedOf(wanted))
        return describeRole(await getRole(tx, actor, id))
      }),
  )

  api.delete(
    '/roles/:id',
    {
      config: writing,
      schema: {
        operationId: 'deleteRole',
        summary: 'Delete a role that nobody has',
        tags,
        params: RoleParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params }, reply) => {
      await operation(db, actor, 'role.delete', (tx) => deleteRole(tx, actor, params.id))
      return reply.code(204).send(null)
    },
  )
}

const describeRole = ({ people: _, assignments: __, permissions: set, ...role }: Role) => ({
  ...role,
  permissions: [...set],
})

/** Without the fields that were not sent. */
const definedOf = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>
  }
