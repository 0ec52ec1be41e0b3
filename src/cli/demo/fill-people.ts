import type { Actor } from '../../access/actor.ts'
import { assignRole } from '../../access/assignments/commands.ts'
import { addMember, createGroup } from '../../access/groups/commands.ts'
import { requireTenant } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { type Tx, operation } from '../../db/operation.ts'
import { createPerson } from '../../people/commands.ts'
import { createTag, giveTag } from '../../tags/commands.ts'
import type { PlacedTag } from '../../tags/queries.ts'
import { ROOT_ID } from '../../tenants/queries.ts'
import { provider } from './decisions.ts'
import { assignments, group, people, tags } from './people.ts'

/** The id of a tenant by its path. */
type Places = ReadonlyMap<string, number>

/** Adds the people of the provider and of its customers, and what they have and are denied. */
export async function fillPeople(db: Db, actor: Actor, places: Places) {
  const reason = 'Taken over from the spreadsheet'
  const known = await operation(db, actor, { kind: 'person.import', reason }, (tx) =>
    createPeople(tx, actor, places),
  )
  const group_id = await operation(
    db,
    actor,
    { kind: 'group.create', reason: group.description },
    (tx) => fillGroup(tx, actor, places.get(provider.name)!),
  )
  const roles = await roleIds(db)
  for (const { at, role, effect, reason, ...who } of assignments) {
    const subject = 'group' in who ? { group_id } : { person_id: known.get(who.person)! }
    const given = { tenant_id: places.get(at)!, effect, reason, expires_at: null }
    const role_id = role && roles.get(role)!
    const kind = effect === 'deny' ? 'access.deny' : 'access.grant'
    await operation(db, actor, { kind, reason }, (tx) =>
      assignRole(tx, actor, { subject, ...given, role_id }),
    )
  }
}

async function createPeople(tx: Tx, actor: Actor, places: Places) {
  const carried = await createTags(tx, actor)
  const roles = await roleIds(tx)
  const known = new Map<string, number>()
  for (const [path, colleagues] of Object.entries(people)) {
    const tenant_id = places.get(path)
    if (tenant_id === undefined) throw new Error(`the outline has no ${path}`)
    const at = await requireTenant(tx, actor, 'person.edit', tenant_id)
    for (const { name, email, role, tags = [] } of colleagues) {
      const role_id = role ? roles.get(role)! : null
      const input = { name, email, role_id, source: 'imported' } as const
      const id = await createPerson(tx, actor, tenant_id, input)
      for (const tag of tags) await giveTag(tx, at, id, carried.get(tag)!)
      known.set(email, id)
    }
  }
  return known
}

async function createTags(tx: Tx, actor: Actor) {
  const made = new Map<string, PlacedTag>()
  for (const tag of tags) {
    const id = await createTag(tx, actor, ROOT_ID, tag)
    made.set(tag.name, { ...tag, id, tenant_id: ROOT_ID, path: `/${ROOT_ID}/` })
  }
  return made
}

async function fillGroup(tx: Tx, actor: Actor, tenant_id: number) {
  const { members, ...input } = group
  const id = await createGroup(tx, actor, tenant_id, input)
  for (const email of members) await addMember(tx, actor, id, email)
  return id
}

/** The ids of the built-in roles. */
async function roleIds(db: Pick<Db, 'selectFrom'>) {
  const roles = await db.selectFrom('role').select(['id', 'key']).execute()
  return new Map(roles.map(({ id, key }) => [key, id]))
}
