import type { Db, Reads } from '../db/connection.ts'
import { type Invariant, keepInvariant } from '../db/invariants.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Conflict } from '../errors.ts'
import { permissionsOf } from './grants.ts'
import { type Permission, permissions } from './permissions.ts'

const ROOT_ID = 1

/**
 * Nobody can lock out the last administrator of All tenants, by whatever operation: somebody who
 * can sign in keeps every permission throughout All tenants, for good and with nothing denied.
 * Where nobody had before (nothing is set up, or the file was tampered with), none is asked for.
 */
const someAdministratorStays: Invariant = {
  tables: ['person', 'role', 'role_assignment', 'user_group', 'user_group_member', 'tenant'],
  async require(after, before, at) {
    if (await hasAdministrator(after, at)) return
    if (!(await hasAdministrator(before, at))) return
    throw new Conflict(
      'Nobody would be left who has every permission throughout All tenants, without an end and with nothing denied. Make somebody else an administrator first.',
    )
  },
}

/** Holds this for every operation on the database. */
export const protectLastAdministrator = (db: Db) => keepInvariant(db, someAdministratorStays)

async function hasAdministrator(db: Reads, now: string) {
  if ((await plainAdministrator(db, { now })).length > 0) return true
  const grants = await grantsAtRoot(db, { now })
  const held = new Map<number, Set<Permission>>()
  for (const { person_id, ...role } of grants) {
    const own = held.get(person_id) ?? new Set()
    for (const permission of permissionsOf(role)) own.add(permission)
    held.set(person_id, own)
  }
  return [...held.values()].some(({ size }) => size === permissions.length)
}

/** The people who can sign in and to whom nothing is denied anywhere. */
const unhindered = (db: Reads, now: string) =>
  everyTenant(db)
    .selectFrom('person')
    .innerJoin('user_account', 'user_account.person_id', 'person.id')
    .where('person.active', '=', 1)
    .where('person.role_id', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('role_assignment as denial')
            .select('denial.id')
            .where('denial.effect', '=', 'deny')
            .where(({ or, eb }) =>
              or([eb('denial.expires_at', 'is', null), eb('denial.expires_at', '>', now)]),
            )
            .where(({ or, eb, selectFrom }) =>
              or([
                eb('denial.person_id', '=', eb.ref('person.id')),
                eb(
                  'denial.group_id',
                  'in',
                  selectFrom('user_group_member as within')
                    .select('within.group_id')
                    .whereRef('within.person_id', '=', 'person.id'),
                ),
              ]),
            ),
        ),
      ),
    )

/** The usual case, which costs one look at an index: an administrator among an MSP's users. */
const plainAdministrator = prepared((db, { now }: { now: string }) =>
  unhindered(db, now)
    .innerJoin('role', 'role.id', 'person.role_id')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .select('person.id')
    .where('role.key', '=', 'administrator')
    .where('tenant.kind', '=', 'msp')
    .limit(1),
)

/** All that people have at All tenants for good: by their own role, by assignment, by a group. */
const grantsAtRoot = prepared((db, { now }: { now: string }) => {
  const columns = ['person.id as person_id', 'role.key', 'role.permissions'] as const
  const own = unhindered(db, now)
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .innerJoin('role', 'role.id', 'person.role_id')
    .select(columns)
    .where('tenant.kind', '=', 'msp')
  const assigned = unhindered(db, now)
    .innerJoin('role_assignment as given', 'given.person_id', 'person.id')
    .innerJoin('role', 'role.id', 'given.role_id')
    .select(columns)
    .where('given.tenant_id', '=', ROOT_ID as never)
    .where('given.effect', '=', 'allow')
    .where('given.expires_at', 'is', null)
  const by_group = unhindered(db, now)
    .innerJoin('user_group_member as member', 'member.person_id', 'person.id')
    .innerJoin('role_assignment as given', 'given.group_id', 'member.group_id')
    .innerJoin('role', 'role.id', 'given.role_id')
    .select(columns)
    .where('given.tenant_id', '=', ROOT_ID as never)
    .where('given.effect', '=', 'allow')
    .where('given.expires_at', 'is', null)
  return own.unionAll(assigned).unionAll(by_group)
})
