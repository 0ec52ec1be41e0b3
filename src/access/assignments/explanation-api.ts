import { z } from 'zod'
import type { Db } from '../../db/connection.ts'
import type { Api } from '../../web/api.ts'
import { Instant, NextCursor, Paging, TenantIdText } from '../../web/api-schemas.ts'
import type { Actor } from '../actor.ts'
import { type Access, permits } from '../decide.ts'
import { explainAccess } from '../explain.ts'
import { nodePath } from '../node-path.ts'
import { type Permission, permissions } from '../permissions.ts'
import { isSeen, readAccess } from './access-tab.ts'
import { type NamedGrant, listHeldGrants } from './held-grants.ts'

const tags = ['access']

const PermissionName = z.enum(permissions as [Permission, ...Permission[]])

const Node = z.strictObject({
  id: z.int().nullable().describe('Null for a tenant that you may not see.'),
  name: z.string().nullable(),
})

const GrantResource = z.strictObject({
  effect: z.enum(['allow', 'deny']),
  role: z.string().nullable().describe('Null where everything is denied.'),
  node: Node.describe('For it and everything below it.'),
  by_group: z.boolean(),
  expires_at: Instant.nullable(),
  verdict: z
    .enum(['gives', 'denied', 'waits', 'denies', 'idle', 'expired'])
    .describe('What becomes of it here.'),
  permissions: z.array(PermissionName).describe('What it gives here; of a denial, what it takes.'),
})

const AccessList = z.strictObject({
  people: z.array(
    z.strictObject({
      id: z.int().nullable().describe('Null for somebody whom you may not see.'),
      name: z.string(),
      permissions: z.array(PermissionName),
      grants: z.array(GrantResource),
    }),
  ),
  next_cursor: NextCursor,
})

const Me = z.strictObject({
  id: z.int(),
  name: z.string(),
  email: z.string(),
  tenant_id: z.int(),
  confined_to: z
    .array(PermissionName)
    .nullable()
    .describe('What the token is confined to; null for no such limit.'),
  grants: z
    .array(GrantResource)
    .describe('Each with what becomes of it at its own node, without regard to the token.'),
})

/** Who can do what, and why, as JSON. */
export function explanationApi(api: Api, db: Db) {
  api.get(
    '/tenants/:id/access',
    {
      config: { permission: 'access.view', scope: 'tenant' },
      schema: {
        operationId: 'explainAccess',
        summary: 'Who can do what at a tenant, by which role, from which ancestor',
        tags,
        params: z.strictObject({ id: TenantIdText }),
        querystring: Paging.extend({ permission: PermissionName.optional() }),
        response: { 200: AccessList },
      },
    },
    async ({ actor, params: { id }, query: { permission = null, cursor, limit } }) => {
      const path = await nodePath(db, id)
      const query = { permission, cursor, limit }
      const { people, next_cursor } = await readAccess(db, actor, path, db.now(), query)
      return {
        people: people.map((person) => ({
          id: isSeen(actor, person) ? person.id : null,
          name: person.name,
          permissions: [...person.explained.permissions],
          grants: person.explained.grants.map((one) => describe(actor.access, one, true)),
        })),
        next_cursor,
      }
    },
  )

  api.get(
    '/me',
    {
      config: { permission: 'signed_in' },
      schema: {
        operationId: 'getMe',
        summary: 'Who you are, and what you may do where',
        tags,
        response: { 200: Me },
      },
    },
    ({ actor }) => describeMe(db, actor),
  )
}

async function describeMe(db: Db, { person_id, name, email, tenant_id, access }: Actor) {
  const grants = (await listHeldGrants(db, [person_id])).get(person_id)!
  const holder = { grants, can_sign_in: true }
  return {
    id: person_id,
    name,
    email,
    tenant_id,
    confined_to: access.limit && [...access.limit],
    grants: grants.map((grant) => {
      const here = explainAccess(holder, grant.path, db.now()).grants
      return describe(
        access,
        here.find((one) => one.grant === grant)!,
        false,
      )
    }),
  }
}

type Explained = ReturnType<typeof explainAccess<NamedGrant>>['grants'][number]

/** `is_known`: whether the names of the nodes may be told, as those above a tenant that one sees. */
function describe(reader: Access, { grant, verdict, permissions }: Explained, is_known: boolean) {
  const is_seen = permits(reader, 'tenant.view', grant.path)
  return {
    effect: grant.effect,
    role: grant.role,
    node: {
      id: is_seen ? grant.node.id : null,
      name: is_seen || is_known ? grant.node.name : null,
    },
    by_group: grant.group !== null,
    expires_at: grant.expires_at,
    verdict,
    permissions: [...permissions],
  }
}
