import type { ScheduleHead } from '../schedules/head.ts'
import type { TenantHead } from '../tenants/head.ts'
import type { Form } from '../web/form.ts'
import { view } from '../web/page.ts'
import type { SessionListing } from './list-page.ts'
import type { getSession, getWindow } from './queries.ts'
import type { StateCount } from './window-counts.ts'
import type { ListedWindow } from './window-list.ts'

type Session = Awaited<ReturnType<typeof getSession>>
type Window = Awaited<ReturnType<typeof getWindow>>

/** The page of a session. */
type SessionPage = {
  session: Session
  computer_name: string
  state: { label: string; tone: string }
  options: { label: string; value: string }[]
  schedule: { name: string; opens: boolean }
  window: Pick<Window, 'id' | 'starts_at' | 'ends_at' | 'zone'>
  opens_window: boolean
  /** Who did, as far as the reader may see them. */
  cancelled_by: string | null
  may_cancel: boolean
  /** What keeps the reader from cancelling it who else might, or ''. */
  lock: string
  opens_computer: boolean
  form: Form
}

type WindowPage = {
  window: Window
  state_label: string
  cause: string
  counts: StateCount[]
  /** Who did, as far as the reader may see them. */
  ran_by: string | null
  cancelled_by: string | null
  may_cancel: boolean
  /** Whether that ends the window itself. */
  is_whole: boolean
  form: Form
}

export const views = {
  list: view<{ listing: SessionListing }>('maintenance/list'),
  tenant: view<{ head: TenantHead; listing: SessionListing }>('maintenance/tenant'),
  schedule: view<{ head: ScheduleHead; listing: SessionListing }>('maintenance/schedule'),
  windows: view<{ head: ScheduleHead; windows: ListedWindow[]; next_href: string | null }>(
    'maintenance/windows',
  ),
  session: view<SessionPage>('maintenance/session'),
  window: view<WindowPage>('maintenance/window'),
  counts: view<{ window: Window; state_label: string; counts: StateCount[] }>(
    'maintenance/_counts',
  ),
}
