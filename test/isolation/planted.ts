import { hashSecret } from '../../src/access/secrets.ts'
import { openSession } from '../../src/access/sessions.ts'
import type { Tx } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { anyTenant } from '../support/cast.ts'
import type { Step } from './forest.ts'
import { type Assignment, type Model, type Person, type Tenant, ROOT, ancestry } from './model.ts'
import { personRow } from '../support/person.ts'

/** The secrets with which a person of the model asks. */
export type Keys = Map<number, { session: string; token: string }>

/** Puts the model into an empty database, row by row, with a session and a token for everybody. */
export async function plant(open: Tx, model: Model): Promise<Keys> {
  const tx = everyTenantTx(open)
  for (const [id, tenant] of model.tenants) if (id !== ROOT) await addTenant(tx, id, tenant)
  const custom = [...model.roles].slice(4)
  for (const [id, permissions] of custom)
    await tx
      .insertInto('role')
      .values({ id, ...named(`Role ${id}`), permissions: JSON.stringify(permissions) })
      .execute()
  const keys: Keys = new Map()
  for (const [id, person] of model.people) keys.set(id, await addPerson(tx, model.now, id, person))
  for (const [id, { tenant, members }] of model.groups) {
    const tenant_id = anyTenant(tenant)
    await tx
      .insertInto('user_group')
      .values({ id, tenant_id, ...named(`Group ${id}`) })
      .execute()
    for (const person_id of members)
      await tx
        .insertInto('user_group_member')
        .values({ tenant_id, group_id: id, person_id })
        .execute()
  }
  for (const [id, assignment] of model.assignments) await addAssignment(tx, id, assignment)
  return keys
}

const named = (name: string) => ({ name, name_key: name.toLowerCase() })

export const addTenant = (tx: Tx, id: number, { parent, is_msp }: Tenant) =>
  tx
    .insertInto('tenant')
    .values({
      id,
      parent_id: parent,
      kind: is_msp ? 'msp' : 'client',
      ...named(`T${id}`),
      sort_key: `t${id}`,
      slug: `t${id}`,
    })
    .execute()

export async function addPerson(
  tx: Tx,
  now: string,
  id: number,
  { tenant, role, active, limit }: Person,
) {
  const email = `${id}@people.example`
  await tx
    .insertInto('person')
    .values({ id, ...personRow(tenant, `P${id}`, email), active: Number(active), role_id: role })
    .execute()
  await tx
    .insertInto('user_account')
    .values({ person_id: id, email_key: email, password_hash: '!', password_changed_at: now })
    .execute()
  const token = `tnt_${String(id).padStart(43, '0')}`
  await tx
    .insertInto('api_token')
    .values({
      tenant_id: tenant,
      person_id: id,
      name: 'test',
      prefix: token,
      token_hash: hashSecret(token),
      permissions: limit && JSON.stringify(limit),
    })
    .execute()
  return { session: await openSession(tx, now, id, 'test'), token }
}

export const addAssignment = (
  tx: Tx,
  id: number,
  { tenant, person, group, role, ...rest }: Assignment,
) =>
  tx
    .insertInto('role_assignment')
    .values({
      id,
      tenant_id: anyTenant(tenant),
      person_id: person,
      group_id: group,
      role_id: role,
      ...rest,
      operation_id: tx.operation.id,
    })
    .execute()

const pick = <T>(list: Iterable<T>, index: number): T | undefined => {
  const all = [...list]
  return all[index % all.length]
}

/** Lets something happen, in the database and in the model alike. */
export async function take(open: Tx, model: Model, { verb, one, other }: Step) {
  const tx = everyTenantTx(open)
  const { tenants, people, assignments, groups } = model
  const tenant = pick([...tenants.keys()].slice(1), one)
  if (verb === 'wait') model.now = '2026-11-24T09:00:00.001Z'
  else if (verb === 'move tenant' && tenant !== undefined)
    await moveTenant(tx, model, tenant, pick(tenants.keys(), other)!)
  else if (verb === 'delete tenant' && tenant !== undefined) await deleteTenant(tx, model, tenant)
  else if (verb === 'withdraw' && assignments.size > 0) {
    const id = pick(assignments.keys(), one)!
    assignments.delete(id)
    await everyTenantTx(tx).deleteFrom('role_assignment').where('id', '=', id).execute()
  } else if (verb === 'leave group' && groups.size > 0) {
    const id = pick(groups.keys(), one)!
    const group = groups.get(id)!
    const leaver = pick(group.members, other)
    if (leaver === undefined) return
    group.members = group.members.filter((member) => member !== leaver)
    await everyTenantTx(tx)
      .deleteFrom('user_group_member')
      .where('group_id', '=', id)
      .where('person_id', '=', leaver)
      .execute()
  } else await changePerson(tx, model, verb, pick(people.keys(), one)!, other)
}

async function changePerson(tx: Tx, model: Model, verb: Step['verb'], id: number, other: number) {
  const person = model.people.get(id)!
  if (verb === 'suspend') person.active = false
  else if (verb === 'take role') person.role = null
  else if (verb === 'move person') {
    person.tenant = pick([...model.tenants.keys()].slice(1), other)!
    // Whoever moves leaves the groups of the old tenant, and the tokens that were made there.
    for (const group of model.groups.values())
      group.members = group.members.filter((member) => member !== id)
    await everyTenantTx(tx).deleteFrom('user_group_member').where('person_id', '=', id).execute()
    await everyTenantTx(tx).deleteFrom('api_token').where('person_id', '=', id).execute()
    person.limit = []
  } else return
  const { active, role, tenant } = person
  await everyTenantTx(tx)
    .updateTable('person')
    .set({ active: Number(active), role_id: role, tenant_id: anyTenant(tenant) })
    .where('id', '=', id)
    .execute()
}

async function moveTenant(tx: Tx, model: Model, id: number, parent: number) {
  if (ancestry(model, parent).includes(id)) return
  model.tenants.get(id)!.parent = parent
  await everyTenantTx(tx)
    .updateTable('tenant')
    .set({ parent_id: parent })
    .where('id', '=', id)
    .execute()
}

/** Only what nothing hangs on can be deleted; what was assigned there goes with it. */
async function deleteTenant(tx: Tx, model: Model, id: number) {
  const { tenants, people, groups, assignments } = model
  const is_used =
    [...tenants.values()].some(({ parent }) => parent === id) ||
    [...people.values(), ...groups.values()].some(({ tenant }) => tenant === id)
  if (is_used) return
  for (const [assignment_id, { tenant }] of assignments)
    if (tenant === id) assignments.delete(assignment_id)
  await everyTenantTx(tx).deleteFrom('role_assignment').where('tenant_id', '=', id).execute()
  tenants.delete(id)
  await everyTenantTx(tx).deleteFrom('tenant').where('id', '=', id).execute()
}
