import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { givenTable, rowsJson } from '../db/row-table.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { addElapsed } from '../schedules/windows.ts'
import type { Unfilled } from './open.ts'
import { orderIn } from './place.ts'

/** A local date lies within so long of the same date anywhere else. */
const MOST_MINUTES_APART = 2 * 24 * 60

/** A window for which others of the same local date are looked for. */
type Asked = {
  id: number
  schedule_id: number
  override_id: number
  zone: string
  local_start: string
  date: string
  date_end: string
  from: string
  to: string
}

const ASKED = [
  'id',
  'schedule_id',
  'override_id',
  'zone',
  'local_start',
  'date',
  'date_end',
  'from',
  'to',
] as const

/**
 * The same times of schedules on other clocks: in another zone, or as a tenant gave them times of its
 * own, on the same local date. Several times a day by the same times are each one of their own.
 */
const onThatDay = prepared((db, { list }: { list: string }) =>
  everyTenant(db)
    .selectFrom(givenTable<Asked>(list, ASKED))
    // SQLite keeps the order of a cross join: from what is asked to what there is.
    .crossJoin('maintenance_window as other')
    .select(['given.id as of', 'other.id', 'other.zone', 'other.local_start'])
    .whereRef('other.schedule_id', '=', 'given.schedule_id')
    .whereRef('other.starts_at', '>=', 'given.from')
    .whereRef('other.starts_at', '<=', 'given.to')
    .whereRef('other.id', '<>', 'given.id')
    // One that has not begun may yet lose the computer to this one.
    .where('other.is_ahead', '=', 0)
    .whereRef('other.local_start', '>=', 'given.date')
    .whereRef('other.local_start', '<', 'given.date_end')
    .where((eb) =>
      eb.or([
        eb('other.override_id', '<>', eb.ref('given.override_id')),
        eb.and([
          eb('other.local_start', '=', eb.ref('given.local_start')),
          eb('other.zone', '<>', eb.ref('given.zone')),
        ]),
      ]),
    ),
)

/** A window of the same local date. */
export type Sibling = Awaited<ReturnType<typeof onThatDay>>[number]

/**
 * The windows on whose local date others of the same schedules were, with these: a computer that goes
 * from one clock to another in a night is maintained once. What somebody runs by hand runs all the
 * same.
 */
export async function siblingsOf(tx: Reads, windows: readonly Unfilled[]) {
  const asked = windows
    .filter(({ opening }) => orderIn(opening.local_start) === null)
    .map(({ id, term, opening }): Asked => {
      const { schedule, times_of, zone, local_start } = opening
      const date = local_start.slice(0, 10)
      const from = addElapsed(term.starts_at, -MOST_MINUTES_APART)
      const to = addElapsed(term.starts_at, MOST_MINUTES_APART)
      const own = { schedule_id: schedule.id, override_id: times_of, zone, local_start }
      return { id, ...own, date, date_end: `${date}~`, from, to }
    })
  const found = await onThatDay(tx, { list: rowsJson(asked, ASKED) })
  return Map.groupBy(found, ({ of }) => of)
}

type Turns = { windows: string; computers: string }

const turnsIn = prepared((db, { windows, computers }: Turns) =>
  everyTenant(db)
    .selectFrom('maintenance_session')
    .select(['id', 'computer_id', 'window_id'])
    .where('window_id', 'in', (eb) => eb.selectFrom(idTable(windows)).select('listed.id'))
    .where('computer_id', 'in', (eb) => eb.selectFrom(idTable(computers)).select('listed.id'))
    .where('state', 'in', ['pending', 'waiting', 'running', 'passed', 'partly_passed', 'failed']),
)

const NOBODY: ReadonlyMap<number, string> = new Map()

/** Why computers have no turn: those that had theirs in one of these windows, or have it still. */
export async function turnsHad(
  tx: Reads,
  siblings: readonly Sibling[],
  computers: readonly { id: number }[],
): Promise<ReadonlyMap<number, string>> {
  if (siblings.length === 0) return NOBODY
  const turns = await turnsIn(tx, { windows: idsOf(siblings), computers: idsOf(computers) })
  const byId = new Map(siblings.map((window) => [window.id, window]))
  return new Map(
    turns.map(({ id, computer_id, window_id }) => [computer_id, inWords(id, byId.get(window_id)!)]),
  )
}

const idsOf = (rows: readonly { id: number }[]) => JSON.stringify(rows.map(({ id }) => id))

const inWords = (session_id: number, { zone, local_start }: Sibling) =>
  `It has its turn of that day in session ${session_id}, in the window of ${local_start.replace('T', ' ')} in ${zone}.`
