import type { Selectable } from 'kysely'
import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import type { MaintenanceWindowTable, SessionState, WindowState } from '../db/schedule-schema.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import { sessionTable } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import type { ScheduleRegion } from '../schedules/regions.ts'
import { spreadStart } from '../schedules/spread.ts'
import type { Zones } from '../schedules/tenant-zones.ts'
import { type Candidate, type WindowOf, candidatesOf, openTo } from './covered.ts'
import type { Round } from './round.ts'
import { type Terms, settleTerms } from './terms.ts'

/** What tells one time of a schedule from all others. */
export type WindowKey = {
  schedule: OwnedSchedule
  times_of: number
  zone: string
  /** Wall-clock time, or '#12' for what order 12 started. */
  local_start: string
}

/** When a window is open, and why it opened. */
export type Term = {
  starts_at: string
  ends_at: string
  detect_at: string
  cause: MaintenanceWindowTable['cause']
}

/** Where a window is, and who is in it. */
export type Opening = WindowKey & WindowOf & { regions: ScheduleRegion[]; zones: Zones }

/** Computers that are given their sessions at a time. */
const AT_ONCE = 500

type NewWindow = Omit<Selectable<MaintenanceWindowTable>, 'id'>

const insertWindow = prepared((db, row: NewWindow) =>
  everyTenantTx(db as SystemTx)
    .insertInto('maintenance_window')
    .values({
      tenant_id: row.tenant_id as never,
      schedule_id: row.schedule_id,
      override_id: row.override_id,
      zone: row.zone,
      local_start: row.local_start,
      starts_at: row.starts_at,
      ends_at: row.ends_at,
      detect_at: row.detect_at,
      cause: row.cause,
      state: row.state,
      reason: row.reason,
      opened_at: row.opened_at,
      closed_at: row.closed_at,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('id'),
)

/**
 * Records that a time of a schedule came, and what became of it. Returns the id of the window; null
 * where it was recorded before, by whomever: its key is unique.
 */
export async function recordWindow(
  tx: SystemTx,
  { schedule, times_of, zone, local_start }: WindowKey,
  term: Term,
  { state, reason, now }: { state: WindowState; reason: string; now: string },
) {
  const [row] = await insertWindow(tx, {
    tenant_id: schedule.tenant_id,
    schedule_id: schedule.id,
    override_id: times_of,
    zone,
    local_start,
    ...term,
    state,
    reason,
    opened_at: now,
    closed_at: state === 'open' || state === 'queued' ? null : now,
  })
  return row?.id ?? null
}

/** How many sessions a window was given, and how many of them are still to come. */
export type Opened = { sessions: number; ahead: number; problem: string }

/**
 * Gives each computer that an open window covers its session, in the transaction in which the window
 * was recorded. `problem` says why a schedule covers nobody, where its target is gone.
 */
export async function openSessions(
  tx: SystemTx,
  round: Round,
  window_id: number,
  opening: Opening,
  term: Term,
  pace: Pace,
): Promise<Opened> {
  const { schedule } = opening
  const isOpenTo = openTo(opening.regions, opening.zones, opening)
  const terms = new Map<number, Terms>()
  const termsOf = async (tenant_id: number) => {
    const known = terms.get(tenant_id)
    if (known) return known
    const settled = await settleTerms(tx, round, tenant_id, schedule, term.starts_at)
    terms.set(tenant_id, settled)
    return settled
  }
  const { read, problem } = await candidatesOf(tx, schedule, round.now)
  const opened = { sessions: 0, ahead: 0, problem }
  for (let after = 0; ;) {
    const candidates = await read(tx, after, AT_ONCE)
    const sessions: NewSession[] = []
    for (const candidate of candidates.filter(isOpenTo)) {
      const settled = await termsOf(candidate.tenant_id)
      if (settled.takes_part) sessions.push(newSession(schedule, candidate, settled, term))
    }
    await insertSessions(tx, window_id, schedule, sessions, round.now)
    opened.sessions += sessions.length
    opened.ahead += sessions.filter(({ state }) => state === 'pending').length
    await pace(opened.sessions, opened.sessions)
    if (candidates.length < AT_ONCE) return opened
    after = candidates.at(-1)!.id
  }
}

/** A session as it begins. */
export type NewSession = {
  tenant_id: number
  computer_id: number
  options_id: number
  state: SessionState
  reason: string
  starts_at: string
}

function newSession(
  schedule: OwnedSchedule,
  { id, tenant_id, excluded }: Candidate,
  { options_id, skipped }: Terms,
  { starts_at, ends_at }: Term,
): NewSession {
  const reason = excluded ? 'This computer is excluded from maintenance.' : skipped
  const window = { opens_at: starts_at, closes_at: ends_at }
  const own = { schedule_id: schedule.id, computer_id: id }
  return {
    tenant_id,
    computer_id: id,
    options_id,
    state: reason ? 'skipped' : 'pending',
    reason,
    starts_at: spreadStart(window, own, schedule.spread_minutes),
  }
}

const FROM_LIST = [
  'tenant_id',
  'computer_id',
  'options_id',
  'state',
  'reason',
  'starts_at',
] as const

type Sessions = {
  list: string
  window_tenant_id: number
  window_id: number
  schedule_id: number
  now: string
}

const insertList = prepared(
  (db, { list, window_tenant_id, window_id, schedule_id, now }: Sessions) =>
    everyTenantTx(db as SystemTx)
      .insertInto('maintenance_session')
      .columns([
        ...FROM_LIST,
        'window_tenant_id',
        'window_id',
        'schedule_id',
        'created_at',
        'ended_at',
      ])
      .expression((eb) =>
        eb
          .selectFrom(sessionTable(list))
          .select(FROM_LIST)
          .select([
            eb.val(window_tenant_id).as('window_tenant_id'),
            eb.val(window_id).as('window_id'),
            eb.val(schedule_id).as('schedule_id'),
            eb.val(now).as('created_at'),
            eb.case().when('state', '=', 'skipped').then(now).else(null).end().as('ended_at'),
          ]),
      )
      .returning('id'),
)

async function insertSessions(
  tx: SystemTx,
  window_id: number,
  schedule: OwnedSchedule,
  sessions: NewSession[],
  now: string,
) {
  if (sessions.length === 0) return
  await insertList(tx, {
    list: JSON.stringify(sessions),
    window_tenant_id: schedule.tenant_id,
    window_id,
    schedule_id: schedule.id,
    now,
  })
}
