import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import type { SessionState } from '../db/schedule-schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { isPostponed, sessionIsPostponed } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import { standingIn } from '../schedules/regions.ts'
import type { Zones } from '../schedules/tenant-zones.ts'
import { openTo } from './covered.ts'
import { endSessions } from './ending.ts'
import type { Unfilled } from './open.ts'
import type { Round } from './round.ts'
import { zoneAmong } from './terms.ts'
import { readComing } from './to-come.ts'

type Listed = { ids: string }

/** Those of some schedules of which sessions wait for the next window. */
const waitingOf = prepared((db, { ids }: Listed) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .select('listed.id')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('maintenance_session')
          .select('maintenance_session.id')
          .whereRef('maintenance_session.schedule_id', '=', 'listed.id')
          .where(isPostponed),
      ),
    ),
)

/**
 * Ends sessions that waited for some windows which have just opened: each takes over those of which it
 * is to start one in their place. What it leaves out, though its time is theirs, has waited in vain.
 */
export async function endPostponed(
  tx: SystemTx,
  round: Round,
  windows: readonly Unfilled[],
  pace: Pace,
) {
  const ids = [...new Set(windows.map(({ opening }) => opening.schedule.id))]
  const rows = await waitingOf(tx, { ids: JSON.stringify(ids) })
  const waiting = new Set(rows.map(({ id }) => id))
  for (const window of windows)
    if (waiting.has(window.opening.schedule.id)) await endWaitingFor(tx, round, window, pace)
}

/** Sessions that are looked at at a time. */
const AT_ONCE = 1000

/** What becomes of a session in whose place another one is to come. */
export const takenOver = (ended_at: string) =>
  ({ state: 'skipped', reason: 'Taken over by the next window.', ended_at }) as const

const missed = (reason: string, ended_at: string) =>
  ({ state: 'missed', reason, ended_at }) as const

const LEFT_OUT = 'The next window does not cover it any more.'
export const NO_NEXT = 'There is no next window.'

const TO_COME = new Set<SessionState>(['pending', 'waiting', 'running'])

async function endWaitingFor(tx: SystemTx, round: Round, window: Unfilled, pace: Pace) {
  const fateIn = fatesIn(window)
  let isToCome: Awaited<ReturnType<typeof readComing>> | undefined
  for (let after = FIRST; ;) {
    const some = await listPostponed(tx, window, after)
    const valuesAt = await round.valuesAt(tx, new Set(some.map(({ path }) => path)))
    const zones = { at: (path: string) => zoneAmong(valuesAt(path)) }
    const byFate = Map.groupBy(some, (one) => fateIn(one, zones))
    const elsewhere = byFate.get('elsewhere') ?? []
    if (elsewhere.length > 0)
      isToCome ??= await readComing(tx, [window.opening.schedule.id], await round.zones(tx))
    const inVain = elsewhere.filter((one) => !isToCome!(one))
    await endSessions(tx, byFate.get('taken_over') ?? [], takenOver(round.now))
    await endSessions(tx, byFate.get('left_out') ?? [], missed(LEFT_OUT, round.now))
    await endSessions(tx, inVain, missed(NO_NEXT, round.now))
    await pace(0, 0)
    if (some.length < AT_ONCE) return
    after = some.at(-1)!
  }
}

type Fate = 'taken_over' | 'left_out' | 'elsewhere' | 'goes_on'

/**
 * Tells what a window means for a session that waits. Its computer may have no session there, though
 * the window is its own, or though the schedule is off where it is; or its own is another one. What
 * the window skips goes on waiting, and nothing waits for what somebody runs.
 */
function fatesIn({ opening, term }: Unfilled) {
  const isOpenTo = openTo(opening.regions, opening)
  const standingAt = standingIn(opening.regions)
  return (one: Postponed, zones: Pick<Zones, 'at'>): Fate => {
    if (one.own_state !== null) return TO_COME.has(one.own_state) ? 'taken_over' : 'goes_on'
    if (term.cause === 'run_now') return 'goes_on'
    const isItsOwn = standingAt(one.path)?.effect !== 'on' || isOpenTo(one, zones)
    return isItsOwn ? 'left_out' : 'elsewhere'
  }
}

type After = { id: number; window_id: number }

const FIRST: After = { id: 0, window_id: 0 }

type Postponed = Awaited<ReturnType<typeof listPostponed>>[number]

/** Some of the postponed sessions of a schedule, with what their computers have in this window. */
const listPostponed = (db: Reads, { id, opening: { schedule } }: Unfilled, after: After) =>
  postponedOf(db, schedule.id)
    .leftJoin('maintenance_session as own', (join) =>
      join.on('own.window_id', '=', id).onRef('own.computer_id', '=', 'session.computer_id'),
    )
    .select('own.state as own_state')
    .where('session.window_id', '<>', id)
    .where('session.window_id', '>=', after.window_id)
    .where((eb) =>
      eb.or([eb('session.window_id', '>', after.window_id), eb('session.id', '>', after.id)]),
    )
    .orderBy('session.window_id')
    .orderBy('session.id')
    .limit(AT_ONCE)
    .execute()

/** The postponed sessions of a schedule, with what tells which windows their computers have now. */
export const postponedOf = (db: Reads, schedule_id: number) =>
  everyTenant(db)
    .selectFrom('maintenance_session as session')
    .innerJoin('computer', 'computer.id', 'session.computer_id')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .select(['session.id', 'session.window_id', 'session.schedule_id'])
    .select(['tenant.path', 'computer.time_zone'])
    .where('session.schedule_id', '=', schedule_id)
    .where(sessionIsPostponed)
