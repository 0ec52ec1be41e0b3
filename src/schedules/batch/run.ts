import { permits } from '../../access/decide.ts'
import { type Asker, lacks, visibleScope } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { allOrNothing } from '../../db/savepoint.ts'
import type { ScheduleState } from '../../db/schedule-schema.ts'
import { inScope } from '../../db/scope.ts'
import { idTable } from '../../db/search.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../errors.ts'
import {
  type BatchLine,
  type Verdict,
  done,
  refused,
  requireWhole,
  unchanged,
} from '../../jobs/batch.ts'
import { runNow } from '../../maintenance/commands.ts'
import { countOpen } from '../../maintenance/queries.ts'
import type { Pace } from '../../pace.ts'
import { countOf } from '../../web/counts.ts'
import { setScheduleState } from '../commands.ts'
import { countCovered, coveredInWords } from '../coverage.ts'
import { tabLabels } from '../list.ts'
import { readSchedule } from '../stored.ts'
import { type Batch, type BatchAction, permissionsFor } from './actions.ts'

type PlannedLine = BatchLine & { id: number }

type Selected = Awaited<ReturnType<typeof loadSelection>>[number]

/** What the action would do to each schedule, at the moment `now`. Only reads. */
export async function planBatch(
  db: Reads,
  asker: Asker,
  { action, ids }: Batch,
  now: string,
  pace: Pace,
) {
  const selected = await loadSelection(db, asker, ids)
  const lines: PlannedLine[] = []
  for (const schedule of selected) {
    const { id, name, tenant_name } = schedule
    lines.push({ id, name, code: tenant_name, ...(await judge(db, asker, action, schedule, now)) })
    await pace(lines.length, selected.length)
  }
  return lines
}

/**
 * Does the action under the open operation: with all that do not refuse it, or, if the batch is to
 * be whole, with all or none. Throws Conflict when it cannot be whole.
 */
export async function runBatch(tx: Tx, asker: Asker, batch: Batch, pace: Pace) {
  const plan = await planBatch(tx, asker, batch, tx.operation.at, () => pace(0, 0))
  const lines: PlannedLine[] = []
  for (const line of plan) {
    lines.push(line.outcome === 'done' ? await act(tx, asker, batch, line, pace) : line)
    await pace(lines.length, plan.length)
  }
  requireWhole(lines, batch.whole, 'schedules')
  return lines
}

async function loadSelection(db: Reads, asker: Asker, ids: number[]) {
  const rows = await db
    .selectFrom(idTable(JSON.stringify(ids)))
    .innerJoin('schedule', 'schedule.id', 'listed.id')
    .innerJoin('tenant', 'tenant.id', 'schedule.tenant_id')
    .selectAll('schedule')
    .select(['tenant.name as tenant_name', 'tenant.path'])
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .orderBy('schedule.name_key')
    .orderBy('schedule.id')
    .execute()
  return rows.map(({ tenant_name, path, ...row }) => ({ ...readSchedule(row), tenant_name, path }))
}

/** The state to which an action leads; undefined for one that is about something else. */
const stateAfter: Partial<Record<BatchAction, ScheduleState>> = {
  enable: 'enabled',
  disable: 'disabled',
  delete: 'deleted',
  restore: 'disabled',
}

const DELETED = new Conflict('It is deleted. Restore it first.')
const EMPTY = new Conflict('It covers no computer.')
const LOCKED = new Forbidden('It is locked. Only those who may lock schedules there can change it.')

async function judge(
  db: Reads,
  asker: Asker,
  action: BatchAction,
  schedule: Selected,
  now: string,
): Promise<Verdict> {
  const { state, path, locked } = schedule
  const { access } = asker
  const permission = permissionsFor[action]
  if (!permits(access, permission, path)) return refused(lacks(permission))
  const to = stateAfter[action]
  if (!to) return state === 'deleted' ? refused(DELETED) : judgeRun(db, asker, schedule, now)
  if (locked && !permits(access, 'schedule.lock', path)) return refused(LOCKED)
  if (state === to || (action === 'restore' && state !== 'deleted')) return unchanged
  if (state === 'deleted' && action !== 'restore') return refused(DELETED)
  const change = `${tabLabels[state]} → ${tabLabels[to]}`
  return done(
    [change, openInWords(to, await countOpen(db, schedule.id))].filter(Boolean).join('. '),
  )
}

const openInWords = (to: ScheduleState, open: number) =>
  open === 0 || to === 'enabled'
    ? ''
    : `${countOf(open, 'window is', 'windows are')} open now: ${
        to === 'deleted' ? 'what has not started there is cancelled' : 'what is in them goes on'
      }`

async function judgeRun(db: Reads, asker: Asker, schedule: Selected, now: string) {
  const covered = await countCovered(db, asker, schedule, now)
  return covered === 0 ? refused(EMPTY) : done(coveredInWords(covered))
}

/** What only doing it can tell, such as that a name was taken meanwhile, refuses this one alone. */
async function act(tx: Tx, asker: Asker, { action, reason }: Batch, line: PlannedLine, pace: Pace) {
  const to = stateAfter[action]
  const doIt = async () => {
    if (to) {
      await setScheduleState(tx, asker, line.id, to)
      return line
    }
    const { sessions } = await runNow(tx, asker, line.id, reason ?? '', pace)
    return { ...line, detail: countOf(sessions, 'session', 'sessions') }
  }
  try {
    return await allOrNothing(tx, doIt)
  } catch (error) {
    if (isRefusal(error)) return { ...line, ...refused(error) }
    throw error
  }
}

const isRefusal = (error: unknown): error is Error =>
  [Conflict, Forbidden, Invalid, NotFound].some((kind) => error instanceof kind)
