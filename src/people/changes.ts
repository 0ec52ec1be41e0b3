import { requireAuthorityOver } from '../access/authority.ts'
import { emailKey } from '../access/form.ts'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { VisibleTenant } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Forbidden, Invalid, NotFound } from '../errors.ts'
import { sortKey } from '../tenants/names.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { getPerson, type Person } from './queries.ts'

/** What a person may be changed into. What is absent stays as it is. */
export type PersonChanges = Partial<{
  name: string
  email: string
  role_id: number | null
  tenant_id: number
  active: boolean
}>

/** Changes that were found to be permitted and possible, to be written in the same transaction. */
export type PlannedChanges = {
  person: Person
  columns: Partial<{
    name: string
    sort_key: string
    email: string
    email_key: string
    role_id: number | null
    active: number
    tenant_id: VisibleTenant<'person.create'>
    invited_at: null
  }>
  /** Whether sessions, tokens and an invitation end with it. */
  ends_access: boolean
}

/** What of `wanted` differs from the person as it is. */
export function changesOf(person: Person, wanted: PersonChanges): PersonChanges {
  const now = { ...person, active: Boolean(person.active) }
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => value !== now[field as keyof PersonChanges]),
  )
}

/**
 * Finds out whether a person may be changed as wanted; undefined when there is nothing to change.
 * Throws NotFound, Forbidden, or Invalid with the field. The same rules hold for one person and for
 * many, for a form, a file and a program.
 */
export async function planChanges(
  db: Reads,
  asker: Asker,
  id: number,
  wanted: PersonChanges,
  now: string,
): Promise<PlannedChanges | undefined> {
  const person = await getPerson(db, asker, id)
  const changes = changesOf(person, wanted)
  if (Object.keys(changes).length === 0) return undefined
  const { name, email, role_id, active, tenant_id } = changes
  await requireTenant(db, asker, 'person.edit', person.tenant_id)
  await requireRights(db, asker, person, changes, now)
  const destination =
    tenant_id === undefined ? undefined : await requireDestination(db, asker, tenant_id)
  const at = destination ?? person.tenant_id
  if (email !== undefined || destination !== undefined)
    await requireFreeEmail(db, at, email ?? person.email, id)
  // An invitation that went to the wrong address is not to let anybody in.
  const is_invited_elsewhere = email !== undefined && person.invited_at !== null
  const ends_access =
    role_id === null ||
    active === false ||
    is_invited_elsewhere ||
    (destination !== undefined && person.role_id !== null)
  return {
    person,
    ends_access,
    columns: {
      ...(name !== undefined && { name, sort_key: sortKey(name) }),
      ...(email !== undefined && { email, email_key: emailKey(email) }),
      ...(role_id !== undefined && { role_id }),
      ...(active !== undefined && { active: Number(active) }),
      ...(destination !== undefined && { tenant_id: destination }),
      ...(ends_access && person.invited_at !== null && { invited_at: null }),
    },
  }
}

/** Who changes more of a user than the name needs authority over them, before and after. */
async function requireRights(
  db: Reads,
  asker: Asker,
  person: Person,
  { name: _, ...changes }: PersonChanges,
  now: string,
) {
  if (Object.keys(changes).length === 0) return
  await requireAuthorityOver(db, asker, person, now)
  const { role_id = person.role_id, tenant_id = person.tenant_id } = changes
  if (role_id === person.role_id && tenant_id === person.tenant_id) return
  // A role brings back what was given besides, to who had lost theirs.
  await atFields(
    () => requireAuthorityOver(db, asker, { id: person.id, tenant_id, role_id }, now),
    {
      Forbidden: role_id === person.role_id ? 'tenant' : 'role',
      NotFound: 'tenant',
    },
  )
}

/** A tenant that people may be put into. Throws Invalid at `tenant`. */
export async function requireDestination(db: Reads, asker: Asker, tenant_id: number) {
  if (tenant_id === ROOT_ID)
    throw new Invalid({ tenant: 'A person belongs to a tenant. All tenants is none.' })
  return atFields(() => requireTenant(db, asker, 'person.create', tenant_id), {
    Forbidden: 'tenant',
    NotFound: 'tenant',
  })
}

/** Says a refusal at the field that it is about. */
export async function atFields<T>(
  ask: () => Promise<T>,
  fields: { Forbidden: string; NotFound: string },
): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Forbidden) throw new Invalid({ [fields.Forbidden]: error.message })
    if (error instanceof NotFound)
      throw new Invalid({ [fields.NotFound]: 'There is no such tenant.' })
    throw error
  }
}

type Address = { tenant_id: number; email_key: string }

const holderOf = prepared((db, { tenant_id, email_key }: Address) =>
  everyTenant(db)
    .selectFrom('person')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenant_id)
    .where('email_key', '=', email_key),
)

/** The person of a tenant who has an address. */
export async function findByEmail(db: Reads, tenant_id: number, email: string) {
  const [holder] = await holderOf(db, { tenant_id, email_key: emailKey(email) })
  return holder
}

/** Throws Invalid at `email` when somebody else of the tenant has the address. */
export async function requireFreeEmail(
  db: Reads,
  tenant_id: number,
  email: string,
  own_id: number | null,
) {
  const holder = await findByEmail(db, tenant_id, email)
  if (holder && holder.id !== own_id) throw emailIsTaken(holder.name)
}

export const emailIsTaken = (holder: string) =>
  new Invalid({ email: `${holder} has this address at the same tenant.` })
