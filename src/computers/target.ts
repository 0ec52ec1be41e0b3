import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import type { ComputerKind } from '../db/computer-schema.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { Schema } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import { ANY, type Place, type Traits, conditionsOf, shapeOf, valuesOf } from './conditions.ts'
import { tabsOf } from './groups/filter.ts'
import { type Membership, membershipOf, placeOf, tagOf } from './groups/membership.ts'
import { meet } from './meeting.ts'

/**
 * What something is for: every computer, those that carry a tag, those of a group, or a few. `as_of`
 * is a tenant whose computers a group is to be looked for among, as if it were the group's.
 */
export type Target =
  | { kind: 'all' }
  | { kind: 'tag'; tag_id: number }
  | { kind: 'group'; group_id: number; as_of?: number }
  | { kind: 'computer'; computer_ids: readonly number[] }

/** The kinds of computers to which a target may be limited. */
export const targetFilters = {
  servers: 'server',
  workstations: 'workstation',
  portables: 'portable',
} as const satisfies Record<string, ComputerKind>

export type TargetFilter = keyof typeof targetFilters

/** A target with whose it is: it is for computers of that tenant, and of those below it if it applies there. */
export type Aim = {
  target: Target
  filter: TargetFilter | null
  tenant_id: number
  applies_to_children: boolean
}

/**
 * What the computers are that an aim is for at the moment `now`, chosen ones apart: never deleted,
 * excluded ones among them. No traits, and a problem in words, where it is for something that is
 * gone.
 */
async function aimedAt(
  db: Reads,
  { target, filter, tenant_id, applies_to_children }: Aim,
  now: string,
): Promise<Membership> {
  const owner = await placeOf(db, tenant_id, !applies_to_children)
  if (!owner) return { tabs: [], traits: null, problem: 'Its tenant has been deleted.' }
  return aimedFrom(db, target, filter, owner, now)
}

/** The same where it is known whose it is. */
export async function aimedFrom(
  db: Reads,
  target: Target,
  filter: TargetFilter | null,
  owner: Place,
  now: string,
): Promise<Membership> {
  const { tabs, traits, problem } = await reachOf(db, target, now)
  const own: Traits = { ...ANY, tenant: owner, kind: filter && targetFilters[filter] }
  return { tabs, traits: traits && meet(traits, own), problem }
}

/**
 * The same as a condition on `computer`. It looks at whatever tenant and confines no query: put it to
 * rows that are confined already.
 */
export async function inTarget(
  db: Reads,
  aim: Aim,
  now: string,
): Promise<{ condition: Expression<SqlBool>; problem: string }> {
  const { target } = aim
  const { tabs, traits: met, problem } = await aimedAt(db, aim, now)
  if (!met) return { condition: NONE, problem }
  const conditions = [
    eb('computer.tab', 'in', tabs),
    ...conditionsOf(shapeOf(met, 'indexed'), valuesOf(met)),
    ...(target.kind === 'computer' ? [isOneOf(target.computer_ids)] : []),
  ]
  return { condition: eb.and(conditions), problem }
}

const eb = expressionBuilder<Schema, 'computer'>()

/** No computer has this id. */
const NONE = eb('computer.id', '=', 0)

const isOneOf = (ids: readonly number[]) => eb('computer.id', 'in', idsIn(ids))

/** What a target is for, whoever's it is. */
async function reachOf(db: Reads, target: Target, now: string): Promise<Membership> {
  if (target.kind === 'tag') return reachOfTag(db, target.tag_id)
  if (target.kind !== 'group') return { ...PRESENT, traits: ANY }
  const [group] = await groupById(db, { id: target.group_id })
  if (!group) return gone('group')
  const { as_of = group.tenant_id } = target
  return membershipOf(db, { ...group, tenant_id: as_of }, now)
}

async function reachOfTag(db: Reads, id: number): Promise<Membership> {
  const tag = await tagOf(db, id)
  return tag ? { ...PRESENT, traits: { ...ANY, tags: [tag] } } : gone('tag')
}

const PRESENT = { tabs: tabsOf('present'), problem: '' }

const gone = (noun: string): Membership => ({
  tabs: [],
  traits: null,
  problem: `The ${noun} that it is for has been deleted.`,
})

const groupById = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .selectFrom('computer_group')
    .select(['tenant_id', 'filter', 'missing'])
    .where('id', '=', id),
)
