import type { Actor } from '../../access/actor.ts'
import { permits } from '../../access/decide.ts'
import type { Permission } from '../../access/permissions.ts'
import { lacks, nameTenants } from '../../access/visible.ts'
import type { Db, Reads } from '../../db/connection.ts'
import { NotFound } from '../../errors.ts'
import { readId } from '../../web/numbers.ts'
import { findTag } from '../../tags/queries.ts'
import { type TabLink, linkTabs } from '../../web/tabs.ts'
import { readFilter } from './filter.ts'
import { type Membership, membershipOf } from './membership.ts'
import { type ComputerGroup, getGroup } from './queries.ts'
import { filterInWords } from './words.ts'

/** What stands above each page of a group. */
export type GroupHead = {
  group: ComputerGroup
  membership: Membership
  /** What it asks of its members, line by line. */
  wants: { label: string; value: string }[]
  /** For the top bar. */
  path: { name: string; href?: string }[]
  tabs: TabLink[]
  may: Record<'manage' | 'tenant' | 'export', boolean>
}

const tabs = [
  { path: '', label: 'Members', permission: 'computer.view' },
  { path: 'history', label: 'History', permission: 'history.view' },
  { path: 'edit', label: 'Edit', permission: 'computer_group.manage' },
] as const satisfies { path: string; label: string; permission: Permission }[]

type TabPath = (typeof tabs)[number]['path']

/**
 * The group with the given id, and the head of its page on the tab `current`, which takes the
 * permission `needed`. Throws NotFound when there is none that the actor may see.
 */
export async function getGroupHead(
  db: Db,
  actor: Actor,
  id: number,
  current: TabPath,
  needed: Permission = 'computer.view',
): Promise<GroupHead> {
  const group = await getGroup(db, actor, id)
  const may = (permission: Permission) => permits(actor.access, permission, group.tenant_path)
  if (!may(needed)) throw lacks(needed)
  const membership = await membershipOf(db, group, db.now())
  const open = tabs.filter(({ permission }) => may(permission))
  return {
    group,
    membership,
    wants: await wantsOf(db, actor, group),
    path: [
      { name: 'Computers', href: '/computers' },
      { name: 'Groups', href: '/computers/groups' },
      { name: group.name },
    ],
    tabs: linkTabs(`/computers/groups/${id}`, open, current),
    may: {
      manage: may('computer_group.manage'),
      tenant: may('tenant.view'),
      export: may('computer.export'),
    },
  }
}

async function wantsOf(db: Reads, actor: Actor, group: ComputerGroup) {
  const filter = readFilter(group.filter)
  if (!filter) return []
  const names = await nameTenants(db, actor, filter.tenant_id ? [filter.tenant_id] : [])
  const tag = filter.tag_id && (await findTag(db, actor, 'computer.view', filter.tag_id))
  const nameOf = (noun: 'tenant' | 'tag', name: string | undefined) => {
    if (group.missing === noun) return `A ${noun} that was deleted`
    return name ?? `A ${noun} that you may not see`
  }
  return filterInWords(filter, {
    tenant: nameOf('tenant', names.get(filter.tenant_id ?? 0)?.name),
    tag: nameOf('tag', tag ? tag.name : undefined),
  })
}

/** The id in an address. Throws NotFound for a text that is none. */
export function readGroupId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('such group of computers')
  return id
}
