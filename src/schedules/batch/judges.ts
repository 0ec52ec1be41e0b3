import { permits } from '../../access/decide.ts'
import { type Asker, lacks } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { ScheduleState } from '../../db/schedule-schema.ts'
import { Conflict, Forbidden } from '../../errors.ts'
import { type Verdict, done, refused, unchanged } from '../../jobs/batch.ts'
import { type Cancellable, countOpen, findCancellable } from '../../maintenance/queries.ts'
import { countOf, formatCount } from '../../web/counts.ts'
import { inputOf } from '../commands.ts'
import { countCovered, coveredInWords } from '../coverage.ts'
import { tabLabels } from '../list.ts'
import type { OwnedSchedule } from '../queries.ts'
import { leftOutInWords, reachableTarget } from '../reachable.ts'
import { type BatchAction, permissionsFor } from './actions.ts'

/** What changes the state of a schedule, and to which. */
export const stateAfter = {
  enable: 'enabled',
  disable: 'disabled',
  delete: 'deleted',
  restore: 'disabled',
} as const satisfies Partial<Record<BatchAction, ScheduleState>>

const DELETED = new Conflict('It is deleted. Restore it first.')
const EMPTY = new Conflict('It covers no computer.')
const LOCKED = new Forbidden('It is locked. Only those who may lock schedules there can change it.')
const NONE_OPEN: Verdict = { ...unchanged, detail: 'No window is open.' }
const NONE_OF_THEIRS = new Conflict('There is no session in its windows that you may cancel.')

/** Says what becomes of one schedule at the moment `now`. Only reads. */
export async function judge(
  db: Reads,
  asker: Asker,
  action: BatchAction,
  schedule: OwnedSchedule,
  now: string,
): Promise<Verdict> {
  const permission = permissionsFor[action]
  if (!permits(asker.access, permission, schedule.path)) return refused(lacks(permission))
  switch (action) {
    case 'duplicate':
      return judgeCopying(db, asker, schedule)
    case 'run':
      return judgeRun(db, asker, schedule, now)
    case 'cancel':
      return judgeCancelling(db, asker, schedule)
    default:
      return judgeState(db, asker, action, schedule)
  }
}

async function judgeState(
  db: Reads,
  { access }: Asker,
  action: keyof typeof stateAfter,
  { id, state, path, locked }: OwnedSchedule,
): Promise<Verdict> {
  if (locked && !permits(access, 'schedule.lock', path)) return refused(LOCKED)
  const to = stateAfter[action]
  if (state === to || (action === 'restore' && state !== 'deleted')) return unchanged
  if (state === 'deleted' && action !== 'restore') return refused(DELETED)
  const change = `${tabLabels[state]} → ${tabLabels[to]}`
  return done([change, openInWords(to, await countOpen(db, id))].filter(Boolean).join('. '))
}

const openInWords = (to: ScheduleState, open: number) =>
  open === 0 || to === 'enabled'
    ? ''
    : `${countOf(open, 'window is', 'windows are')} open now: ${
        to === 'deleted' ? 'what has not started there is cancelled' : 'what is in them goes on'
      }`

async function judgeCopying(db: Reads, asker: Asker, schedule: OwnedSchedule) {
  if (schedule.state === 'deleted') return refused(DELETED)
  const target = await reachableTarget(db, asker, schedule, await inputOf(db, schedule))
  return done(`A disabled copy. ${leftOutInWords(target.left_out, false)}`.trimEnd())
}

async function judgeRun(db: Reads, asker: Asker, schedule: OwnedSchedule, now: string) {
  if (schedule.state === 'deleted') return refused(DELETED)
  const covered = await countCovered(db, asker, schedule, now)
  return covered === 0 ? refused(EMPTY) : done(coveredInWords(covered))
}

/** What runs is cancelled also where the schedule is deleted or locked, as on the page of a window. */
async function judgeCancelling(db: Reads, asker: Asker, schedule: OwnedSchedule) {
  const { unfinished, ...found } = await findCancellable(db, asker, schedule)
  if (unfinished === 0) return NONE_OPEN
  return found.windows.length === 0 ? refused(NONE_OF_THEIRS) : done(cancelledInWords(found))
}

/** What is, or was, cancelled: windows with their sessions, or sessions alone. */
export function cancelledInWords({ are_whole, windows }: Cancellable) {
  const sum = windows.reduce((total, { sessions }) => total + sessions, 0)
  const sessions = countOf(sum, 'session', 'sessions')
  const count = countOf(windows.length, 'window', 'windows')
  if (!are_whole) return `${sessions} in ${count} that ${windows.length === 1 ? 'goes' : 'go'} on`
  const queued = windows.filter(({ state }) => state === 'queued').length
  return `${count}${queued > 0 ? ` (${formatCount(queued)} queued)` : ''} with ${sessions}`
}
