import type { HistoryEntry } from '../audit/history.ts'
import type { WindowList } from '../maintenance/window-list.ts'
import type { TenantHead } from '../tenants/head.ts'
import type { Form } from '../web/form.ts'
import { view } from '../web/page.ts'
import type { SavedOver } from '../web/saved-over.ts'
import type { listDecisions } from './below.ts'
import type { ComputerOption } from './computer-options.ts'
import type { Draft } from './draft-forecast.ts'
import type { Choices } from './editing.ts'
import { type FormLook, lookOf } from './form-look.ts'
import type { ScheduleHead } from './head.ts'
import type { ListProps } from './list-page.ts'
import type { RunOutlook } from './run-outlook.ts'
import type { StandingSchedule } from './standing.ts'
import type { StandingLine, Step } from './standing-words.ts'
import type { StoredOverride } from './stored.ts'

type Decision = Awaited<ReturnType<typeof listDecisions>>[number]

/** What the page of a schedule shows. */
type SchedulePage = {
  head: ScheduleHead
  target: { words: string; is_missing: boolean }
  chosen: { id: number; name: string; note: string }[]
  covered: string
  /** The windows that came: those that are open, and the last ones. */
  came: WindowList
  next: { opens_at: string; closes_at: string; zone: string; start: string }[]
  rules: { label: string; value: string }[]
  options: { label: string; value: string }[]
  decisions: (Omit<Decision, 'path'> & { opens: boolean })[]
}

type StandingPage = {
  head: TenantHead
  schedule: StandingSchedule
  line: StandingLine
  steps: Step[]
  opens_schedule: boolean
  may_decide: boolean
  own: StoredOverride | undefined
  form: Form
  zones: string[]
}

/** `draft` is the forecast that was asked for, without a script. */
type FormPage = { form: Form; choices: Choices; draft: Draft | null; look: FormLook }

const newSchedule = view<FormPage>('schedules/new')
const edit = view<FormPage & { head: ScheduleHead; saved_over: SavedOver | null }>('schedules/edit')
const standing = view<StandingPage & { look: FormLook }>('schedules/standing')

export const views = {
  list: view<ListProps>('schedules/list'),
  tenant: view<{ head: TenantHead; lines: StandingLine[]; may_create: boolean }>(
    'schedules/tenant',
  ),
  standing: (props: StandingPage) => standing({ ...props, look: lookOf(props.form) }),
  page: view<SchedulePage>('schedules/page'),
  history: view<{
    head: ScheduleHead
    entries: HistoryEntry[]
    older: string | null
    newest: string | null
  }>('schedules/history'),
  newSchedule: (props: Omit<FormPage, 'look'>) =>
    newSchedule({ ...props, look: lookOf(props.form) }),
  edit: (props: Omit<FormPage, 'look'> & { head: ScheduleHead; saved_over: SavedOver | null }) =>
    edit({ ...props, look: lookOf(props.form) }),
  deletion: view<{
    head: ScheduleHead
    covered: string
    /** How many of its windows are open. */
    open: number
    decisions: Decision[]
    form: Form
  }>('schedules/deletion'),
  run: view<{
    head: ScheduleHead
    covered: string
    is_empty: boolean
    outlook: RunOutlook
    form: Form
  }>('schedules/run'),
  sentence: view<{ sentence: string }>('schedules/_sentence'),
  computerOptions: view<{ options: ComputerOption[]; problem: string }>(
    'schedules/_computer-options',
  ),
}
