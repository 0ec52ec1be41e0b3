import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
import { lacks } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { readId } from '../web/numbers.ts'
import { type TabLink, linkTabs } from '../web/tabs.ts'
import { tabLabels } from './list.ts'
import { type OwnedSchedule, getSchedule } from './queries.ts'
import { timesInWords, zoneInWords } from './says.ts'

/** What stands above each page of a schedule. */
export type ScheduleHead = {
  schedule: OwnedSchedule
  state_label: string
  times: string
  zone: string
  /** For the top bar. */
  path: { name: string; href?: string }[]
  tabs: TabLink[]
  may: Record<'edit' | 'run' | 'tenant', boolean>
  /** Whether a lock keeps the reader from changing it, who otherwise might. */
  is_kept: boolean
}

/** The pages of a schedule, in order. A feature with a page for each schedule adds its own. */
const tabs = [
  { path: '', label: 'Overview', permission: 'schedule.view' },
  { path: 'forecast', label: 'Forecast', permission: 'schedule.view' },
  { path: 'windows', label: 'Windows', permission: 'schedule.view' },
  { path: 'sessions', label: 'Sessions', permission: 'schedule.view' },
  { path: 'history', label: 'History', permission: 'history.view' },
  { path: 'edit', label: 'Edit', permission: 'schedule.edit' },
] as const satisfies { path: string; label: string; permission: Permission }[]

export type ScheduleTab = (typeof tabs)[number]['path']

/**
 * The schedule with the given id, and the head of its page on the tab `current`, which takes the
 * permission `needed`. Throws NotFound when there is none that the actor may see.
 */
export async function getScheduleHead(
  db: Reads,
  actor: Actor,
  id: number,
  current: ScheduleTab,
  needed: Permission = 'schedule.view',
): Promise<ScheduleHead> {
  const schedule = await getSchedule(db, actor, id)
  const may = (permission: Permission) => permits(actor.access, permission, schedule.path)
  if (!may(needed)) throw lacks(needed)
  const is_kept = schedule.locked && may('schedule.edit') && !may('schedule.lock')
  const open = tabs
    .filter(({ permission }) => may(permission))
    .filter(({ path }) => path !== 'edit' || (schedule.state !== 'deleted' && !is_kept))
  return {
    schedule,
    state_label: tabLabels[schedule.state],
    times: timesInWords(schedule),
    zone: zoneInWords(schedule),
    path: [{ name: 'Schedules', href: '/schedules' }, { name: schedule.name }],
    tabs: linkTabs(`/schedules/${id}`, open, current),
    may: {
      edit: may('schedule.edit') && !is_kept,
      run: may('schedule.run') && schedule.state !== 'deleted',
      tenant: may('tenant.view'),
    },
    is_kept,
  }
}

/** The id in an address. Throws NotFound for a text that is none. */
export function readScheduleId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('such schedule')
  return id
}
