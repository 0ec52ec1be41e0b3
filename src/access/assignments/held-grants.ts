import type { Reads } from '../../db/connection.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { ROOT_ID } from '../../tenants/queries.ts'
import type { HeldGrant } from '../explain.ts'
import { EVERYTHING, homePath, permissionsOf } from '../grants.ts'

/** A grant with what there is to tell about it. */
export type NamedGrant = HeldGrant & {
  /** Null for somebody's own role. */
  assignment_id: number | null
  /** Null where everything is denied. */
  role: string | null
  node: { id: number; name: string }
  /** The group that it was given to. */
  group: { id: number; name: string; tenant_path: string } | null
  reason: string
}

/** What each of some people holds anywhere, by their id: also what has expired. */
export async function listHeldGrants(db: Reads, person_ids: number[]) {
  const [own, direct, by_group] = await Promise.all([
    ownRoles(db, person_ids).execute(),
    assignments(db)
      .select('given.person_id as holder_id')
      .where('given.person_id', 'in', person_ids)
      .execute(),
    assignments(db)
      .innerJoin('user_group_member as member', 'member.group_id', 'given.group_id')
      .select('member.person_id as holder_id')
      .where('member.person_id', 'in', person_ids)
      .execute(),
  ])
  const held = new Map<number, NamedGrant[]>(person_ids.map((id) => [id, []]))
  for (const role of own) held.get(role.id)?.push(ownGrant(role))
  for (const given of [...direct, ...by_group]) held.get(given.holder_id!)?.push(toGrant(given))
  return held
}

const ownRoles = (db: Reads, person_ids: number[]) =>
  everyTenant(db)
    .selectFrom('person')
    .innerJoin('tenant as home', 'home.id', 'person.tenant_id')
    .innerJoin('role', 'role.id', 'person.role_id')
    .select(['person.id', 'home.id as home_id', 'home.name as home_name', 'home.path', 'home.kind'])
    .select(['role.key', 'role.permissions', 'role.name as role'])
    .where('person.id', 'in', person_ids)

type OwnRole = Awaited<ReturnType<ReturnType<typeof ownRoles>['execute']>>[number]

const ownGrant = ({ home_id, home_name, path, kind, key, permissions, role }: OwnRole) => ({
  effect: 'allow' as const,
  path: homePath({ kind, path }),
  permissions: permissionsOf({ key, permissions }),
  expires_at: null,
  assignment_id: null,
  role,
  node: kind === 'msp' ? { id: ROOT_ID, name: 'All tenants' } : { id: home_id, name: home_name },
  group: null,
  reason: '',
})

const assignments = (db: Reads) =>
  everyTenant(db)
    .selectFrom('role_assignment as given')
    .innerJoin('tenant as node', 'node.id', 'given.tenant_id')
    .leftJoin('role', 'role.id', 'given.role_id')
    .leftJoin('user_group', 'user_group.id', 'given.group_id')
    .leftJoin('tenant as home', 'home.id', 'user_group.tenant_id')
    .select(['given.id', 'given.effect', 'given.expires_at', 'given.reason', 'given.role_id'])
    .select(['node.id as node_id', 'node.name as node_name', 'node.path'])
    .select(['role.key', 'role.permissions', 'role.name as role'])
    .select(['given.group_id', 'user_group.name as group_name', 'home.path as group_path'])

type Given = Awaited<ReturnType<ReturnType<typeof assignments>['execute']>>[number]

const toGrant = (given: Given): NamedGrant => ({
  effect: given.effect,
  path: given.path,
  permissions:
    given.role_id === null
      ? EVERYTHING
      : permissionsOf({ key: given.key, permissions: given.permissions }),
  expires_at: given.expires_at,
  assignment_id: given.id,
  role: given.role,
  node: { id: given.node_id, name: given.node_name },
  group:
    given.group_id === null
      ? null
      : { id: given.group_id, name: given.group_name!, tenant_path: given.group_path! },
  reason: given.reason,
})
