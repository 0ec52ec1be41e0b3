import type { Selectable } from 'kysely'
import type { Test } from 'tap'
import type {
  MaintenanceSessionTable,
  MaintenanceWindowTable,
} from '../../src/db/schedule-schema.ts'
import { reached, type Walk } from '../schedules/oracle.ts'

/** Every local start of each day that the clock of a zone came to, looking at each minute. */
export function startsUntil(minutes: Walk, times: string[], last: string) {
  const days = new Set(minutes.map(({ clock }) => clock.slice(0, 10)))
  const starts = [...days].flatMap((day) => times.map((time) => `${day}T${time}`))
  return starts
    .filter((local) => local > minutes[0]!.clock)
    .filter((local) => (reached(minutes, local) ?? Infinity) <= Date.parse(last))
    .sort()
}

type Found = {
  /** Those of one schedule in one zone. */
  windows: Pick<Selectable<MaintenanceWindowTable>, 'id' | 'local_start' | 'state'>[]
  sessions: Pick<Selectable<MaintenanceSessionTable>, 'window_id' | 'computer_id'>[]
  /** How many computers there are. */
  computers: number
  /** What must have come, and what can have. */
  due: string[]
  possible: string[]
}

/** Each occurrence has one window, and each window that opened one session for each computer. */
export function requireOnce(t: Test, whose: string, found: Found) {
  const { windows, sessions, computers, due, possible } = found
  const starts = windows.map(({ local_start }) => local_start).sort()
  const lost = due.filter((one) => !starts.includes(one))
  t.same(lost, [], `${whose}: none is lost`)
  const invented = starts.filter((one) => !possible.includes(one))
  t.same(invented, [], `${whose}: none is invented`)
  t.equal(new Set(starts).size, starts.length, `${whose}: none is doubled`)
  const wrong = windows.filter(({ id, state }) => {
    const own = sessions.filter(({ window_id }) => window_id === id)
    const those = new Set(own.map(({ computer_id }) => computer_id))
    const wanted = state === 'open' || state === 'closed' ? computers : 0
    return own.length !== wanted || those.size !== wanted
  })
  t.same(wrong, [], `${whose}: each computer has one session in each that opened`)
}
