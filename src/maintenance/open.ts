import { sql } from 'kysely'
import type { SystemTx } from '../db/operation.ts'
import type { MaintenanceWindowTable, SessionState } from '../db/schedule-schema.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import type { Pace } from '../pace.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import type { ScheduleRegion } from '../schedules/regions.ts'
import { spreadMinutes } from '../schedules/spread.ts'
import type { Zones } from '../schedules/tenant-zones.ts'
import type { Window } from '../schedules/windows.ts'
import { type Candidate, type WindowOf, openTo, readCandidates } from './covered.ts'
import { type Terms, readTerms } from './terms.ts'

/** A window that is to open. */
export type Opening = WindowOf & {
  schedule: OwnedSchedule
  regions: ScheduleRegion[]
  zones: Zones
  window: Window
  detect_at: string
  cause: MaintenanceWindowTable['cause']
}

/** Computers that are given their sessions at a time. */
const AT_ONCE = 500

/**
 * Opens a window: once, whoever tries, since its key is unique; and with it, in the same
 * transaction, a session for each computer that it covers. Returns the id; null where it was opened
 * before, or covers nobody.
 */
export async function openWindow(tx: SystemTx, opening: Opening, now: string, pace: Pace) {
  const id = await insertWindow(tx, opening, now)
  if (id === null) return null
  const isOpenTo = openTo(opening.regions, opening.zones, opening)
  const terms = new Map<number, Terms>()
  let count = 0
  for (let after = 0; ;) {
    const candidates = await readCandidates(tx, opening.schedule, after, AT_ONCE)
    const covered = candidates.filter(isOpenTo)
    for (const { tenant_id } of covered)
      if (!terms.has(tenant_id))
        terms.set(tenant_id, await readTerms(tx, tenant_id, opening, now))
    const sessions = covered.flatMap((one) => sessionOf(opening, one, terms.get(one.tenant_id)!))
    await insertSessions(tx, id, opening, sessions, now)
    count += sessions.length
    await pace(count, count)
    if (candidates.length < AT_ONCE) break
    after = candidates.at(-1)!.id
  }
  return { id, sessions: count }
}
