import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { branchOf } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import {
  type ChainNode,
  type FindOverride,
  type Overrides,
  type ScheduleChain,
  type StandingSchedule,
  finderOf,
  standAt,
} from './chains.ts'
import type { OwnedSchedule } from './queries.ts'
import { nearest } from './regions.ts'

/** Computers that would come under other tenants, by what is above them as it is and as it would be. */
export type Shift = {
  /** Where they are: at a tenant and all below it, or just at it. */
  at: { id: number; path: string; only: boolean }
  /** Only these of them; all of them without. */
  computer_ids?: number[]
  /** Paths below which it is not about. */
  except?: string[]
  /** The chains above; for computers just at a tenant, to that tenant. */
  before: ScheduleChain
  after: ScheduleChain
  /** The time zones that would be in effect there. */
  zone_before: string
  zone_after: string
}

/** What becomes of a schedule somewhere: off, on, or on with other times. */
export type Verdict = 'lost' | 'gained' | 'other_times'

/** What becomes of a schedule in a shift. */
export type Change = {
  schedule: OwnedSchedule
  /** All below a path, but for what a path further in says. */
  verdicts: Map<string, Verdict | null>
  /** How it stands where something becomes of it: as it was where it is lost, else as it would be. */
  standing: Partial<Record<Verdict, StandingSchedule>>
}

/** So many tenants that decide something are looked at in a branch. */
const MOST_DECIDING = 1000

/**
 * What becomes of the enabled schedules that lie above, in all of a shift. Reads only the tenants that
 * decide something about them, never the branch itself.
 */
export async function changesIn(db: Reads, shift: Shift): Promise<Change[]> {
  const [before, after] = [enabledIn(shift.before), enabledIn(shift.after)]
  const all = new Map([...before, ...after])
  if (all.size === 0) return []
  const inside = shift.at.only ? NOTHING_INSIDE : await readInside(db, shift.at, [...all.keys()])
  const findBefore = finderOf([...shift.before.overrides, ...inside.overrides])
  const findAfter = finderOf([...shift.after.overrides, ...inside.overrides])
  return [...all].flatMap(([id, schedule]) => {
    const ways = waysTo(shift.at.path, inside, id)
    const change: Change = { schedule, verdicts: new Map(), standing: {} }
    for (const path of shift.except ?? []) change.verdicts.set(path, null)
    for (const [path, nodes] of ways) {
      if (shift.except?.some((other) => path.startsWith(other))) continue
      const was = stand(before.get(id), [...shift.before.nodes, ...nodes], findBefore)
      const comes = stand(after.get(id), [...shift.after.nodes, ...nodes], findAfter)
      const verdict = verdictOf(was, comes)
      change.verdicts.set(path, verdict)
      if (verdict) change.standing[verdict] ??= (verdict === 'lost' ? was : comes)!
    }
    return Object.keys(change.standing).length > 0 ? [change] : []
  })
}

const enabledIn = ({ owned }: ScheduleChain) =>
  new Map(owned.filter(({ state }) => state === 'enabled').map((one) => [one.id, one]))

/** A schedule where it is in effect; null else. */
function stand(schedule: OwnedSchedule | undefined, nodes: ChainNode[], find: FindOverride) {
  const standing = schedule && standAt(schedule, nodes, find)
  return standing?.standing.effect === 'on' ? standing : null
}

function verdictOf(was: StandingSchedule | null, comes: StandingSchedule | null): Verdict | null {
  if (!was || !comes) return was ? 'lost' : comes ? 'gained' : null
  return was.standing.times_of === comes.standing.times_of ? null : 'other_times'
}

/** A tenant of a branch that decides something. */
type Deciding = ChainNode & { path: string }

type Inside = {
  root: Deciding | null
  blocking: Deciding[]
  overrides: (Overrides[number] & Placed)[]
}

type Placed = { name: string; path: string; blocks_inheritance: number }

const NOTHING_INSIDE: Inside = { root: null, blocking: [], overrides: [] }

const rootAndBlocking = prepared((db, { from, to }: { from: string; to: string }) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id as tenant_id', 'name', 'path', 'blocks_inheritance'])
    .where('path', '>=', from)
    .where('path', '<', to)
    .where((eb) => eb.or([eb('path', '=', from), eb('blocks_inheritance', '=', 1)]))
    .orderBy('path')
    .limit(MOST_DECIDING),
)

const overridesWithin = prepared(
  (db, { from, to, ids }: { from: string; to: string; ids: string }) =>
    everyTenant(db)
      .selectFrom(idTable(ids))
      .innerJoin('schedule_override as own', 'own.schedule_id', 'listed.id')
      .innerJoin('tenant', 'tenant.id', 'own.tenant_id')
      .selectAll('own')
      .select(['tenant.name', 'tenant.path', 'tenant.blocks_inheritance'])
      .where('tenant.path', '>=', from)
      .where('tenant.path', '<', to)
      .limit(MOST_DECIDING),
)

async function readInside(db: Reads, { path }: Shift['at'], ids: number[]): Promise<Inside> {
  const branch = branchOf(path)
  const rows = await rootAndBlocking(db, branch)
  const [root, ...blocking] = rows.map((row) => ({
    ...row,
    blocks_inheritance: row.blocks_inheritance === 1,
  }))
  const overrides = await overridesWithin(db, { ...branch, ids: JSON.stringify(ids) })
  return { root: root ?? null, blocking, overrides }
}

/** The nodes of a branch on the way to each that decides something about a schedule, its top first. */
function waysTo(top: string, { root, blocking, overrides }: Inside, schedule_id: number) {
  const ways = new Map<string, ChainNode[]>([[top, root ? [root] : []]])
  const deciding = new Map(blocking.map((node) => [node.path, node]))
  for (const { schedule_id: of, tenant_id, name, path, blocks_inheritance } of overrides)
    if (of === schedule_id && path !== top)
      deciding.set(path, { tenant_id, name, path, blocks_inheritance: blocks_inheritance === 1 })
  for (const [path, node] of [...deciding].sort(([one], [other]) => one.length - other.length))
    ways.set(path, [...nearest(ways, path)!, node])
  return ways
}
