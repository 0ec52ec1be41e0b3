import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { branchOf, filterByBranch, inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import { isLeft, isUnfinished } from '../db/session-table.ts'
import { LOOKED_AT, countWhere, placesAt } from './affected.ts'
import type { StandingSchedule } from './chains.ts'
import { localAt } from './local-time.ts'
import type { Change, Shift, Verdict } from './shifts.ts'
import { recurrenceOf } from './stored.ts'
import { clockOfTenant, zoneFor } from './tenant-zones.ts'
import { addElapsed, nextWindow } from './windows.ts'

/** What opens within this time is told. */
const SOON_MINUTES = 24 * 60

const openOf = prepared((db, { schedule_id }: { schedule_id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_window')
    .select(['id', 'override_id', 'zone', 'ends_at'])
    .where('schedule_id', '=', schedule_id)
    .where(isUnfinished)
    .where('state', '=', 'open')
    .orderBy('id'),
)

/** A window that is open, and how many of its sessions would be skipped, or more than so many. */
export type OpenWindow = { id: number; until: string; skipped: number; is_more: boolean }

/**
 * The windows of a schedule that are open: of one that is lost, those in which something of the shift
 * has not started; of one that comes, that which the computers come too late for.
 */
export async function openWindowsIn(
  db: Reads,
  asker: Asker,
  shift: Shift,
  change: Change,
  verdict: Verdict,
): Promise<OpenWindow[]> {
  if (verdict === 'other_times') return []
  const found: OpenWindow[] = []
  const { schedule } = change
  const standing = change.standing[verdict]!
  const zone_there = zoneThere(shift, standing, verdict)
  for (const { id, override_id, zone, ends_at } of await openOf(db, { schedule_id: schedule.id })) {
    const until = inWords(localAt(ends_at, zone), zone)
    if (verdict === 'lost') {
      const places = await sessionsAhead(db, asker, shift, id)
      const skipped = countWhere(places, change, verdict)
      if (skipped > 0) found.push({ id, until, skipped, is_more: places.is_more })
    } else if (override_id === standing.standing.times_of && zone === zone_there)
      found.push({ id, until, skipped: 0, is_more: false })
  }
  return found
}

/** Where the sessions of a window are that have not started, in a shift. */
async function sessionsAhead(
  db: Reads,
  asker: Asker,
  { at, computer_ids }: Shift,
  window_id: number,
) {
  let query = db
    .selectFrom('maintenance_session as session')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .select('tenant.path')
    .where('session.window_id', '=', window_id)
    .where(isLeft)
    .where('session.state', '<>', 'running')
    .where(filterByBranch(branchOf(at.path), 'tenant.path'))
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .limit(LOOKED_AT + 1)
  if (at.only) query = query.where('tenant.id', '=', at.id)
  if (computer_ids) query = query.where('session.computer_id', 'in', idsIn(computer_ids))
  return placesAt(await query.execute())
}

/** When a schedule opens next, in words, if that is within a day; '' else. */
export function opensSoon(shift: Shift, standing: StandingSchedule, verdict: Verdict, now: string) {
  const zone = zoneThere(shift, standing, verdict)
  const window = nextWindow(recurrenceOf(standing.times), zone, now)
  const is_soon = window && window.opens_at <= addElapsed(now, SOON_MINUTES)
  return is_soon ? inWords(window.start, zone) : ''
}

/** Whose clock counts at the top of a shift, where the zone of computers is not known. */
function zoneThere(shift: Shift, { times }: StandingSchedule, verdict: Verdict) {
  const zone = verdict === 'lost' ? shift.zone_before : shift.zone_after
  return zoneFor(times, { at: () => zone }, clockOfTenant(shift.at.path))
}

const inWords = (local: string, zone: string) => `${local.replace('T', ' ')} in ${zone}`
