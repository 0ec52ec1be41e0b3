import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { givenTable, rowsJson } from '../db/row-table.ts'
import type { MaintenanceSessionTable } from '../db/schedule-schema.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import type { Pace } from '../pace.ts'
import type { InEffect } from '../preferences/in-effect.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import type { ScheduleRegion } from '../schedules/regions.ts'
import { spreadOver } from '../schedules/spread.ts'
import { spanOf } from '../schedules/windows.ts'
import { type Candidate, type Covered, type WindowOf, openTo, readOn } from './covered.ts'
import type { Term } from './record.ts'
import type { Round } from './round.ts'
import { type Sibling, siblingsOf, turnsHad } from './same-day.ts'
import { type Terms, settleTerms, zoneAmong } from './terms.ts'

/** A window that was recorded as open and is to be filled, with whom it may cover. */
export type Unfilled = {
  id: number
  opening: Opening
  term: Term
  covered: Covered
  /** Told of each computer that the window covers. */
  seated?: Set<number>
}

/** Where a window is, and who is in it. */
export type Opening = WindowOf & {
  schedule: OwnedSchedule
  regions: ScheduleRegion[]
  /** Wall-clock time, or '#12' for what order 12 started. */
  local_start: string
}

/** Computers that are given their sessions at a time. */
const AT_ONCE = 1000

/** How many sessions a window was given, and how many of them are still to come. */
export type Opened = { sessions: number; ahead: number; problem: string }

/**
 * Gives each computer that some open windows cover its session, in the transaction in which they were
 * recorded. `problem` says why a schedule covers nobody, where its target is gone.
 */
export async function openSessions(
  tx: SystemTx,
  round: Round,
  windows: readonly Unfilled[],
  pace: Pace,
): Promise<Opened[]> {
  const siblings = await siblingsOf(tx, windows)
  const filling = windows.map((window) => beginFilling(window, siblings.get(window.id) ?? []))
  let waiting: Waiting[] = []
  let count = 0
  for (const window of filling)
    for await (const candidates of readOn(tx, window.covered)) {
      waiting.push({ window, candidates })
      count += candidates.length
      if (count < AT_ONCE) continue
      await seat(tx, round, waiting)
      waiting = []
      count = 0
      await pace(0, 0)
    }
  await seat(tx, round, waiting)
  await pace(0, 0)
  return filling.map(({ opened }) => opened)
}

/** A window that is being filled. */
type Filling = Unfilled & {
  opened: Opened
  isOpenTo: ReturnType<typeof openTo>
  startOf: (computer_id: number) => string
  terms: Map<InEffect, Terms>
  siblings: Sibling[]
}

/** Computers that may have their sessions in a window. */
type Waiting = { window: Filling; candidates: readonly Candidate[] }

function beginFilling(window: Unfilled, siblings: Sibling[]): Filling {
  const { opening, term, covered } = window
  const { id, spread_minutes } = opening.schedule
  return {
    ...window,
    opened: { sessions: 0, ahead: 0, problem: covered.problem },
    isOpenTo: openTo(opening.regions, opening),
    startOf: spreadOver(spanOf(term), id, spread_minutes),
    terms: new Map(),
    siblings,
  }
}

/** Gives those of some computers that take part their sessions, all at once. */
async function seat(tx: SystemTx, round: Round, waiting: readonly Waiting[]) {
  const paths = new Set<string>()
  for (const { candidates } of waiting) for (const { path } of candidates) paths.add(path)
  const valuesAt = await round.valuesAt(tx, paths)
  const zones = { at: (path: string) => zoneAmong(valuesAt(path)) }
  const sessions: NewSession[] = []
  for (const { window, candidates } of waiting) {
    const had = await turnsHad(tx, window.siblings, candidates)
    for (const candidate of candidates) {
      if (!window.isOpenTo(candidate, zones)) continue
      const values = valuesAt(candidate.path)
      const terms = window.terms.get(values) ?? (await termsFor(tx, round, window, values))
      if (!terms.takes_part) continue
      const session = newSession(window, candidate, terms, had.get(candidate.id))
      window.opened.sessions++
      window.seated?.add(candidate.id)
      if (session.state === 'pending') window.opened.ahead++
      sessions.push(session)
    }
  }
  if (sessions.length === 0) return
  await insertSessions(tx, { list: rowsJson(sessions, FROM_LIST), now: round.now })
}

async function termsFor(tx: SystemTx, round: Round, { opening, terms }: Filling, of: InEffect) {
  const settled = await settleTerms(tx, round, of, opening.schedule)
  terms.set(of, settled)
  return settled
}

/** A session as it begins. */
type NewSession = Pick<
  MaintenanceSessionTable,
  | 'computer_id'
  | 'window_tenant_id'
  | 'window_id'
  | 'schedule_id'
  | 'options_id'
  | 'state'
  | 'starts_at'
> & { tenant_id: number; reason: string }

function newSession(
  { id: window_id, opening: { schedule }, startOf }: Filling,
  { id, tenant_id, state }: Candidate,
  { options_id, skipped }: Terms,
  had_turn = '',
): NewSession {
  const starts_at = startOf(id)
  const excluded = state === 'excluded' ? 'This computer is excluded from maintenance.' : ''
  const reason = excluded || skipped(starts_at) || had_turn
  return {
    tenant_id,
    computer_id: id,
    window_tenant_id: schedule.tenant_id,
    window_id,
    schedule_id: schedule.id,
    options_id,
    state: reason ? 'skipped' : 'pending',
    reason,
    starts_at,
  }
}

const FROM_LIST = [
  'tenant_id',
  'computer_id',
  'window_tenant_id',
  'window_id',
  'schedule_id',
  'options_id',
  'state',
  'reason',
  'starts_at',
] as const

/** Of a window that was filled before, what has not started gets its terms anew. */
const insertSessions = prepared((db, { list, now }: { list: string; now: string }) =>
  everyTenantTx(db as SystemTx)
    .insertInto('maintenance_session')
    .columns([...FROM_LIST, 'created_at', 'ended_at'])
    .expression((eb) =>
      eb
        .selectFrom(
          givenTable<MaintenanceSessionTable, (typeof FROM_LIST)[number]>(list, FROM_LIST),
        )
        .select(FROM_LIST)
        .select([
          eb.val(now).as('created_at'),
          eb.case().when('state', '=', 'skipped').then(now).else(null).end().as('ended_at'),
        ])
        .where(eb.lit(true)),
    )
    .onConflict((oc) =>
      oc
        .columns(['window_id', 'computer_id'])
        .doUpdateSet((eb) => ({
          options_id: eb.ref('excluded.options_id'),
          starts_at: eb.ref('excluded.starts_at'),
          reason: eb.ref('excluded.reason'),
          ended_at: eb.ref('excluded.ended_at'),
          withdrawn: 0,
          state: eb
            .case()
            .when('excluded.state', '=', 'skipped')
            .then(eb.ref('excluded.state'))
            .when('maintenance_session.state', '=', 'waiting')
            .then(eb.ref('maintenance_session.state'))
            .else(eb.ref('excluded.state'))
            .end(),
        }))
        .where('maintenance_session.state', 'in', ['pending', 'waiting', 'skipped']),
    ),
)
