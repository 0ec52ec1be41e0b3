import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { givenTable, rowsJson } from '../db/row-table.ts'
import type { MaintenanceWindowTable, WindowState } from '../db/schedule-schema.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import type { Covered } from './covered.ts'
import type { Opening } from './open.ts'
import { textOf } from './place.ts'

/** When a window is open, and why it opened. */
export type Term = Pick<MaintenanceWindowTable, 'starts_at' | 'ends_at' | 'detect_at' | 'cause'>

/** A time of a schedule that came, and what becomes of it; where it opens, whom it may cover. */
export type Came = {
  opening: Opening
  term: Term
  state: WindowState
  reason: string
  covered?: Covered | undefined
}

/** Windows that one statement records. */
const AT_ONCE = 500

/**
 * Records times of schedules that came, in their order. Returns those that are recorded now, with the
 * ids of their windows; not what was recorded before, by whomever, for its key is unique. What a clock
 * that was ahead has skipped, at a moment that has not come, was not recorded before.
 */
export async function recordWindows(tx: SystemTx, came: readonly Came[], now: string) {
  const recorded: (Came & { id: number })[] = []
  for (let start = 0; start < came.length; start += AT_ONCE) {
    const some = came.slice(start, start + AT_ONCE)
    const list = rowsJson(
      some.map((one) => rowOf(one, now)),
      COLUMNS,
    )
    const ids = new Map<string, number>()
    for (const { id, ...key } of await insertWindows(tx, { list })) ids.set(nameOf(key), id)
    for (const one of some) {
      const id = ids.get(nameOf(keyOf(one)))
      if (id !== undefined) recorded.push({ ...one, id })
    }
  }
  return recorded
}

type Row = Omit<
  MaintenanceWindowTable,
  'id' | 'tenant_id' | 'override_id' | 'is_ahead' | 'reason'
> & {
  tenant_id: number
  is_ahead: 0 | 1
  override_id: number
  reason: string
}

const rowOf = (one: Came, now: string): Row => ({
  tenant_id: one.opening.schedule.tenant_id,
  ...keyOf(one),
  ...one.term,
  state: one.state,
  is_ahead: one.state === 'open' && one.term.starts_at > now ? 1 : 0,
  reason: one.reason,
  opened_at: now,
  closed_at: one.state === 'open' || one.state === 'queued' ? null : now,
})

const keyOf = ({ opening: { schedule, times_of, zone, local_start } }: Came): Key => ({
  schedule_id: schedule.id,
  override_id: times_of,
  zone,
  local_start,
})

type Key = Pick<Row, 'schedule_id' | 'override_id' | 'zone' | 'local_start'>

const nameOf = (key: Key) => `${textOf(key)} ${key.local_start}`

const COLUMNS = [
  'tenant_id',
  'schedule_id',
  'override_id',
  'zone',
  'local_start',
  'starts_at',
  'ends_at',
  'detect_at',
  'cause',
  'state',
  'is_ahead',
  'reason',
  'opened_at',
  'closed_at',
] as const

/** What becomes of a time: all but what it is. */
const OUTCOME = COLUMNS.slice(5)

const insertWindows = prepared((db, { list }: { list: string }) =>
  everyTenantTx(db as SystemTx)
    .insertInto('maintenance_window')
    .columns(COLUMNS)
    .expression((eb) =>
      eb
        .selectFrom(givenTable<MaintenanceWindowTable, (typeof COLUMNS)[number]>(list, COLUMNS))
        .select(COLUMNS)
        // Without it, SQLite takes what comes next for a part of the join.
        .where(eb.lit(true)),
    )
    .onConflict((oc) =>
      oc
        .columns(['schedule_id', 'override_id', 'zone', 'local_start'])
        .doUpdateSet((eb) =>
          Object.fromEntries(OUTCOME.map((column) => [column, eb.ref(`excluded.${column}`)])),
        )
        .where('maintenance_window.state', '=', 'skipped')
        .whereRef('maintenance_window.opened_at', '>', 'excluded.opened_at'),
    )
    .returning(['id', 'schedule_id', 'override_id', 'zone', 'local_start']),
)
