import { type Asker, visibleScope } from '../access/visible.ts'
import { type Target, inTarget } from '../computers/target.ts'
import type { Reads } from '../db/connection.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { branchOf, filterByBranch, inScope } from '../db/scope.ts'
import { idsIn } from '../db/search.ts'
import type { OwnedSchedule } from './queries.ts'
import { nearest } from './regions.ts'
import type { Change, Shift, Verdict } from './shifts.ts'
import { listChosen } from './targets.ts'

/** Computers are looked at up to so many for each target: a branch may have a million. */
export const LOOKED_AT = 5000

/** How many there are of something at each path, and whether there are more than were looked at. */
export type Places = { counts: Map<string, number>; is_more: boolean }

/** Counts the paths of the things that were found. */
export function placesAt(rows: { path: string }[]): Places {
  const counts = new Map<string, number>()
  for (const { path } of rows.slice(0, LOOKED_AT)) counts.set(path, (counts.get(path) ?? 0) + 1)
  return { counts, is_more: rows.length > LOOKED_AT }
}

/** How many of them are where something becomes of a schedule. */
export function countWhere({ counts }: Places, { verdicts }: Change, verdict: Verdict) {
  let sum = 0
  for (const [path, count] of counts) if (nearest(verdicts, path) === verdict) sum += count
  return sum
}

/**
 * Finds the computers of a shift that a schedule is for and that the asker sees, without those that
 * are excluded from maintenance. Schedules that are for the same are looked up once.
 */
export function findPlaces(db: Reads, asker: Asker, now: string) {
  const known = new Map<string, Places>()
  return async (shift: Shift, schedule: OwnedSchedule, verdict: Verdict): Promise<Places> => {
    const target = await targetIn(db, shift, schedule, verdict)
    const key = JSON.stringify([shift.at.id, shift.at.only, target, schedule.target_kinds])
    const places = known.get(key) ?? (await placesOf(db, asker, shift, schedule, target, now))
    known.set(key, places)
    return places
  }
}

/** What a schedule is for; where it is new, as it will be. */
async function targetIn(
  db: Reads,
  { at, after }: Shift,
  { id, target, target_tag_id, target_group_id }: OwnedSchedule,
  verdict: Verdict,
): Promise<Target> {
  const comes = verdict === 'gained'
  if (target === 'computers') return { kind: 'computer', computer_ids: await listChosen(db, id) }
  if (target === 'group')
    return { kind: 'group', group_id: target_group_id ?? 0, ...(comes && { as_of: at.id }) }
  if (target === 'all') return { kind: 'all' }
  const tag_id = target_tag_id ?? 0
  const above = after.nodes.map(({ tenant_id }) => tenant_id)
  return comes && (await isCoveredFrom(db, tag_id, above))
    ? { kind: 'all' }
    : { kind: 'tag', tag_id }
}

/** Whether a tag on one of these tenants covers all below them. */
async function isCoveredFrom(db: Reads, tag_id: number, tenant_ids: number[]) {
  const found = await everyTenant(db)
    .selectFrom('tenant_tag')
    .select('id')
    .where('tag_id', '=', tag_id)
    .where('covers_children', '=', 1)
    .where('tenant_id', 'in', tenant_ids)
    .limit(1)
    .execute()
  return found.length > 0
}

async function placesOf(
  db: Reads,
  asker: Asker,
  { at, computer_ids }: Shift,
  { target_kinds }: OwnedSchedule,
  target: Target,
  now: string,
): Promise<Places> {
  const filter = target_kinds === 'any' || target_kinds === 'not_servers' ? null : target_kinds
  const aim = { target, filter, tenant_id: at.id, applies_to_children: !at.only }
  const { condition } = await inTarget(db, aim, now)
  // SQLite keeps the order of a cross join: tenants first.
  let query = db
    .selectFrom('tenant')
    .crossJoin('computer')
    .select('tenant.path')
    .where(filterByBranch(branchOf(at.path), 'tenant.path'))
    .where(inScope(visibleScope(asker, 'computer.view'), 'tenant.path'))
    .whereRef('computer.tenant_id', '=', 'tenant.id')
    .where('computer.state', '<>', 'excluded')
    .where(condition)
    .limit(LOOKED_AT + 1)
  if (at.only) query = query.where('tenant.id', '=', at.id)
  if (computer_ids) query = query.where('computer.id', 'in', idsIn(computer_ids))
  if (target_kinds === 'not_servers') query = query.where('computer.kind', '<>', 'server')
  return placesAt(await query.execute())
}
