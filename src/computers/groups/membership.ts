import type { ComputerTab } from '../../db/computer-schema.ts'
import type { Db, Reads } from '../../db/connection.ts'
import { prepared } from '../../db/prepared.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { Invalid } from '../../errors.ts'
import { ANY, type Traits } from '../conditions.ts'
import { meet } from '../meeting.ts'
import type { Wanted } from '../search.ts'
import { seenBounds } from '../seen.ts'
import { readFilter, tabsOf } from './filter.ts'

/** What decides about who is a member of a group. */
export type Deciding = { tenant_id: number; filter: string; missing: '' | 'tenant' | 'tag' }

/** What the members of a group are now. */
export type Membership = {
  tabs: ComputerTab[]
  /** Null where nothing can be a member. */
  traits: Traits | null
  /** Why the filter cannot be used any more, so that nothing is a member; or ''. */
  problem: string
}

const tenantById = prepared((db, { id }: { id: number }) =>
  everyTenant(db).selectFrom('tenant').select(['id', 'path']).where('id', '=', id),
)

/**
 * What the members of a group are at this moment, whoever asks: the computers at or below its tenant
 * that its filter matches. A filter that names what is gone matches nothing.
 */
export async function membershipOf(
  db: Reads,
  { tenant_id, filter: json, missing }: Deciding,
  now: string,
): Promise<Membership> {
  const filter = readFilter(json)
  if (!filter) return nothing('This version of Tenantry cannot read the filter of this group.')
  const { state, q, kind, platform, seen, maintenance } = filter
  const owner = await placeOf(db, tenant_id, false)
  const tenant = filter.tenant_id && (await placeOf(db, filter.tenant_id, filter.without_children))
  const tag = filter.tag_id && (await tagOf(db, filter.tag_id))
  if (missing === 'tenant' || !owner || tenant === undefined)
    return nothing('The tenant that the filter names has been deleted.')
  if (missing === 'tag' || tag === undefined)
    return nothing('The tag that the filter names has been deleted.')
  const matching: Traits = {
    texts: q === '' ? [] : [q],
    tenant: tenant || null,
    kind,
    platform,
    maintenance,
    tags: tag ? [tag] : [],
    ...seenBounds(seen, now),
  }
  const traits = meet({ ...ANY, tenant: owner }, matching)
  return { tabs: tabsOf(state), traits, problem: '' }
}

const tagById = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .selectFrom('tag')
    .innerJoin('tenant', 'tenant.id', 'tag.tenant_id')
    .select(['tag.id', 'tenant.path'])
    .where('tag.id', '=', id),
)

/** A tag, with where it was made; undefined where it is gone. */
export const tagOf = async (db: Reads, id: number) => (await tagById(db, { id }))[0]

const nothing = (problem: string): Membership => ({ tabs: [], traits: null, problem })

/** A tenant as the place of computers, alone or with what is below it; undefined where it is gone. */
export async function placeOf(db: Reads, id: number, only: boolean) {
  const [tenant] = await tenantById(db, { id })
  return tenant && { ...tenant, only }
}

/**
 * What is wanted, of the members of a group only; null for what nothing can be. Throws Invalid at
 * `group` where its filter cannot be used any more.
 */
export async function membersWanted(
  db: Pick<Db, 'now'> & Reads,
  group: Deciding,
  { tab, ...wanted }: Wanted,
): Promise<Wanted | null> {
  const { tabs, traits, problem } = await membershipOf(db, group, db.now())
  if (problem) throw new Invalid({ group: `${problem} Nothing is in this group.` })
  const met = traits && tabs.includes(tab) ? meet(traits, wanted) : null
  return met && { ...met, tab }
}
