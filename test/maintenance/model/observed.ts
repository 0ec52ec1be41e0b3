import type { Reads } from '../../../src/db/connection.ts'
import { everyTenant } from '../../../src/db/scope-guard.ts'
import type { ModelState, ModelWindow } from './state.ts'

/** What words say, told apart by how they begin. */
const REASONS: [words: string, why: string][] = [
  ['Nothing was running at its time, and the schedule skips', 'not_caught_up'],
  ['Nothing was running at its time, and that was too long ago', 'too_long_ago'],
  ['Nothing was running at its time. Another', 'made_up_for'],
  ['The window before it was still open.', 'overlap'],
  ['Its time was over before the window before it was.', 'turn_too_late'],
  ['Its schedule was disabled before its turn came.', 'disabled'],
  ['Its times did not count any more when its turn came.', 'no_times'],
  ['It covers no computer.', 'nobody'],
  ['The window ended before it started. It waits', 'waits'],
  ['The window ended before it started.', 'ended'],
  ['Taken over by the next window.', 'taken_over'],
  ['The next window does not cover it any more.', 'not_covered_next'],
  ['There is no next window.', 'in_vain'],
  ['The computer came to a tenant', 'away'],
  ['The window does not cover it any more.', 'not_covered'],
  ['Its window was cancelled.', 'cancelled'],
  ['It has its turn of that day', 'had_turn'],
]

const whyOf = (words: string) =>
  REASONS.find(([beginning]) => words.startsWith(beginning))?.[1] ?? words

/** What there is of all that can be told from outside, by what it is. */
export type Items = Map<string, string>

export function itemsOf({ windows, next }: Pick<ModelState, 'windows' | 'next'>): Items {
  const items: Items = new Map()
  for (const { id, state, why, cause, opens, closes, sessions } of windows.values()) {
    const term = [opens, closes].map((at) => new Date(at).toISOString()).join(' to ')
    items.set(`window ${id}`, `${state} ${why} ${cause} ${term}`)
    for (const [computer, session] of sessions)
      items.set(`session ${computer} of ${id}`, `${session.state} ${session.why}`)
  }
  for (const [place, start] of next) items.set(`next ${place}`, start)
  return items
}

type Found = Pick<ModelState, 'windows' | 'next' | 'noted_at'>

/** What is found in the database. */
export async function observe(db: Reads): Promise<Found> {
  const all = everyTenant(db)
  const settled = await db.selectFrom('window_to_settle').select('window_id').execute()
  const noted = new Set(settled.map(({ window_id }) => window_id))
  const windows = new Map<string, ModelWindow>()
  const byId = new Map<number, ModelWindow>()
  for (const row of await all
    .selectFrom('maintenance_window')
    .selectAll()
    .orderBy('id')
    .execute()) {
    const id = `${row.override_id} ${row.zone} ${row.local_start}`
    const opens = Date.parse(row.starts_at)
    const window = {
      id,
      times_of: row.override_id,
      zone: row.zone,
      start: row.local_start,
      opens,
      closes: Date.parse(row.ends_at),
      cause: row.cause,
      state: row.state,
      why: whyOf(row.reason),
      recorded_at: Date.parse(row.opened_at),
      is_ahead: row.is_ahead === 1,
      is_noted: noted.has(row.id),
      sessions: new Map(),
    }
    windows.set(id, window)
    byId.set(row.id, window)
  }
  const reviewed = await db.selectFrom('session_to_review').select('session_id').execute()
  const moved = new Set(reviewed.map(({ session_id }) => session_id))
  const columns = ['id', 'window_id', 'computer_id', 'state', 'reason', 'withdrawn'] as const
  for (const row of await all.selectFrom('maintenance_session').select(columns).execute())
    byId.get(row.window_id)!.sessions.set(row.computer_id, {
      state: row.state,
      why: whyOf(row.reason),
      is_moved: moved.has(row.id),
      is_withdrawn: row.withdrawn === 1,
    })
  const rows = await all.selectFrom('next_window').selectAll().execute()
  const next = new Map(rows.map((row) => [`${row.override_id} ${row.zone}`, row.local_start]))
  const [to_plan] = await db
    .selectFrom('schedule_to_plan')
    .select('noted_at')
    .orderBy('schedule_id', 'desc')
    .limit(1)
    .execute()
  return { windows, next, noted_at: to_plan ? Date.parse(to_plan.noted_at) : null }
}

/** Where what is found differs from what is expected. */
export function differences(found: Items, expected: Items) {
  const names = new Set([...found.keys(), ...expected.keys()])
  return [...names]
    .filter((name) => found.get(name) !== expected.get(name))
    .map((name) => `${name}: ${found.get(name)} instead of ${expected.get(name)}`)
    .sort()
}

/** What is found after a look that was killed, and is as it was after none of its steps. */
export function halfDone(found: Items, steps: Items[]) {
  const names = new Set([found, ...steps].flatMap((items) => [...items.keys()]))
  const odd = [...names]
    .filter((name) => steps.every((items) => items.get(name) !== found.get(name)))
    .map((name) => {
      const possible = new Set(steps.map((items) => items.get(name)))
      return `${name}: ${found.get(name)} instead of ${[...possible].join(', or ')}`
    })
  // A window that has come has all its sessions.
  const [first, last] = [steps[0]!, steps.at(-1)!]
  for (const name of last.keys()) {
    const [, window] = / of (.*)$/.exec(name) ?? []
    if (!window || first.has(name) || found.has(name)) continue
    const isThere = found.has(`window ${window}`) && !first.has(`window ${window}`)
    if (isThere) odd.push(`${name}: missing from a window that was opened`)
  }
  return odd
}
