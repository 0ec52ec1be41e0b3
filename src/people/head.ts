import { hasAuthorityOver } from '../access/authority.ts'
import { permits } from '../access/decide.ts'
import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { type Tag, tagsOf } from '../tags/queries.ts'
import { readId } from '../web/numbers.ts'
import type { TabLink } from '../web/tabs.ts'
import { getPerson, type Person } from './queries.ts'
import { expiryOf, stateLooks, type StateName, stateOf } from './state.ts'
import { type TabPath, tabLinks } from './tabs.ts'

/** What stands above each page of a person, and what the actor may do there. */
export type PersonHead = {
  person: Person
  state: { name: StateName; label: string; variant: string }
  /** When an open invitation ends. */
  invited_until: string | null
  tags: Tag[]
  tabs: TabLink[]
  path: { name: string; href?: string }[]
  may: { edit: boolean; manage: boolean; remove: boolean; see_tenant: boolean }
}

/** The person with the given id, and the head of the page. Throws NotFound for one unseen. */
export async function getPersonHead(
  db: Reads,
  actor: Actor,
  id: number,
  current: TabPath,
  now: string,
): Promise<PersonHead> {
  const person = await getPerson(db, actor, id)
  const carried = await tagsOf(db, [person])
  const may = (permission: Parameters<typeof permits>[1]) =>
    permits(actor.access, permission, person.tenant_path)
  const name = stateOf(person, now)
  const has_authority = await hasAuthorityOver(db, actor, person, now)
  return {
    person,
    state: { name, ...stateLooks[name] },
    invited_until: person.invited_at && expiryOf(person.invited_at),
    tags: carried(id),
    tabs: tabLinks(id, current, { edit: may('person.edit'), see_access: may('access.view') }),
    path: [{ name: 'People', href: '/people' }, { name: person.name }],
    may: {
      edit: may('person.edit'),
      manage: may('user.manage') && has_authority,
      remove: may('person.delete') && has_authority,
      see_tenant: may('tenant.view'),
    },
  }
}

/** The id in an address. Throws NotFound for a text that is none. */
export function readPersonId(text: string): number {
  const id = readId(text)
  if (id === undefined) throw new NotFound('person of this name')
  return id
}
