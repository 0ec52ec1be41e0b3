import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { givenTable, rowsJson } from '../db/row-table.ts'
import type { MaintenanceWindowTable, WindowState } from '../db/schedule-schema.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import { chunks } from '../pace.ts'
import type { Opening } from './open.ts'
import { textOf } from './place.ts'

/** When a window is open, and why it opened. */
export type Term = Pick<MaintenanceWindowTable, 'starts_at' | 'ends_at' | 'detect_at' | 'cause'>

/** A time of a schedule that came, and what became of it. */
export type Came = { opening: Opening; term: Term; state: WindowState; reason: string }

/** Windows that one statement records. */
const AT_ONCE = 500

/**
 * Records times of schedules that came, in their order. Returns the ids of the windows: none for one
 * that was recorded before, by whomever, for its key is unique.
 */
export async function recordWindows(tx: SystemTx, came: readonly Came[], now: string) {
  const ids = new Map<Came, number>()
  for (const some of chunks([...came], AT_ONCE)) {
    const rows = new Map(some.map((one) => [one, rowOf(one, now)]))
    const list = rowsJson([...rows.values()], COLUMNS)
    const recorded = await insertWindows(tx, { list })
    const byName = new Map(recorded.map(({ id, ...key }) => [nameOf(key), id]))
    for (const [one, row] of rows) {
      const id = byName.get(nameOf(row))
      if (id !== undefined) ids.set(one, id)
    }
  }
  return ids
}

type Row = Omit<MaintenanceWindowTable, 'id' | 'tenant_id' | 'override_id' | 'reason'> & {
  tenant_id: number
  override_id: number
  reason: string
}

function rowOf({ opening, term, state, reason }: Came, now: string): Row {
  const { schedule, times_of, zone, local_start } = opening
  return {
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
  }
}

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
  'reason',
  'opened_at',
  'closed_at',
] as const

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
    .onConflict((oc) => oc.doNothing())
    .returning(['id', 'schedule_id', 'override_id', 'zone', 'local_start']),
)
