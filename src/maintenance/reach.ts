import { permits, permitsThroughout } from '../access/decide.ts'
import { type Asker, visibleScope } from '../access/visible.ts'
import { inScope } from '../db/scope.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'

/** Whoever runs schedules, or cancels what runs, sees what comes of it. */
const NEEDED = ['schedule.run', 'schedule.view'] as const

/** Whether the asker may run schedules at the tenant with this path. */
export const mayRun = ({ access }: Asker, path: string) =>
  NEEDED.every((permission) => permits(access, permission, path))

/** Whether they may also everywhere below it. */
export const mayRunThroughout = ({ access }: Asker, path: string) =>
  NEEDED.every((permission) => permitsThroughout(access, permission, path))

/** Confines a query to the sessions of computers that are where the asker may run schedules. */
export const mayRunThese = (asker: Asker, column: string) =>
  NEEDED.map((permission) => inScope(visibleScope(asker, permission), column))

/**
 * What keeps the asker from cancelling a session, in words: its schedule is locked above them. ''
 * where nothing does. A computer that left the branch of the owner left its lock, too.
 */
export function lockOn(
  asker: Asker,
  { path }: { path: string },
  schedule: OwnedSchedule | undefined,
) {
  if (!schedule?.locked || !path.startsWith(schedule.path) || mayRun(asker, schedule.path))
    return ''
  const { name, tenant_name } = schedule
  return `“${name}” is locked by ${tenant_name}. Only who may run schedules there can cancel this.`
}
