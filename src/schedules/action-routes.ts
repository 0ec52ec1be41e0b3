import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import type { ScheduleState } from '../db/schedule-schema.ts'
import { parseFields } from '../jobs/batch.ts'
import { runNow } from '../maintenance/commands.ts'
import { ReasonForm } from '../maintenance/form.ts'
import { countOpen } from '../maintenance/queries.ts'
import { countOf } from '../web/counts.ts'
import { type Form, freshForm, parseForm, takesNoFields, typed, withRefusal } from '../web/form.ts'
import { duplicateSchedule, setScheduleState } from './commands.ts'
import { countCovered, coveredInWords } from './coverage.ts'
import { type ScheduleHead, getScheduleHead, readScheduleId } from './head.ts'
import { listDecisions } from './below.ts'
import { outlookOfRun } from './run-outlook.ts'
import { views } from './views.ts'

type Id = { Params: { id: string } }

const StateForm = z.strictObject({
  state: z.enum(['enabled', 'disabled'], 'Choose what it is to be.'),
})

const edit = { permission: 'schedule.edit', scope: 'anywhere' } as const
const run = { permission: 'schedule.run', scope: 'anywhere' } as const

/** What is done with a schedule as a whole. */
export function scheduleActionRoutes(app: FastifyInstance, db: Db) {
  switchSchedules(app, db)
  deleteSchedules(app, db)
  runSchedules(app, db)
}

/** What changes a schedule from one state to another, as the history calls it. */
const kindOf = (from: ScheduleState, to: ScheduleState) =>
  from === 'deleted'
    ? 'schedule.restore'
    : to === 'enabled'
      ? 'schedule.enable'
      : 'schedule.disable'

function switchSchedules(app: FastifyInstance, db: Db) {
  app.post<Id>('/schedules/:id/state', { config: edit }, async ({ actor, params, body }, reply) => {
    const id = readScheduleId(params.id)
    const { state } = parseFields(StateForm, body ?? {})
    const { schedule } = await getScheduleHead(db, actor, id, '', 'schedule.edit')
    if (schedule.state !== state)
      await operation(db, actor, kindOf(schedule.state, state), (tx) =>
        setScheduleState(tx, actor, id, state),
      )
    const what = schedule.state === 'deleted' ? 'restored, disabled at first' : state
    return reply.done(`/schedules/${id}`, `“${schedule.name}” was ${what}.`)
  })

  app.post<Id>(
    '/schedules/:id/copies',
    { config: edit, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const id = readScheduleId(params.id)
      const { schedule } = await getScheduleHead(db, actor, id, '', 'schedule.edit')
      const { id: copy, left_out } = await operation(db, actor, 'schedule.duplicate', (tx) =>
        duplicateSchedule(tx, actor, id),
      )
      return reply.done(
        `/schedules/${copy}/edit`,
        `This is the copy of “${schedule.name}”. It is disabled. ${left_out}`.trimEnd(),
      )
    },
  )
}

function deleteSchedules(app: FastifyInstance, db: Db) {
  app.get<Id>('/schedules/:id/deletion', { config: edit }, async ({ actor, params }, reply) => {
    const head = await getScheduleHead(db, actor, readScheduleId(params.id), '', 'schedule.edit')
    const covered = coveredInWords(await countCovered(db, actor, head.schedule, db.now()))
    const decisions = await listDecisions(db, actor, head.schedule)
    const open = await countOpen(db, head.schedule.id)
    return reply.page(views.deletion({ head, covered, open, decisions, form: freshForm() }))
  })

  app.post<Id>(
    '/schedules/:id/deletion',
    { config: edit, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const id = readScheduleId(params.id)
      const { schedule } = await getScheduleHead(db, actor, id, '', 'schedule.edit')
      if (schedule.state !== 'deleted')
        await operation(db, actor, 'schedule.delete', (tx) =>
          setScheduleState(tx, actor, id, 'deleted'),
        )
      return reply.done('/schedules', `“${schedule.name}” was deleted.`)
    },
  )
}

function runSchedules(app: FastifyInstance, db: Db) {
  app.get<Id>('/schedules/:id/runs/new', { config: run }, async ({ actor, params }, reply) => {
    const head = await getScheduleHead(db, actor, readScheduleId(params.id), '', 'schedule.run')
    return reply.page(await drawRun(db, actor, head, freshForm()))
  })

  app.post<Id>('/schedules/:id/runs', { config: run }, async ({ actor, params, body }, reply) => {
    const id = readScheduleId(params.id)
    const head = await getScheduleHead(db, actor, id, '', 'schedule.run')
    const parsed = parseForm(ReasonForm, body)
    const again = async (form: Form) => reply.code(422).page(await drawRun(db, actor, head, form))
    if (!parsed.ok) return again(parsed.form)
    try {
      const { reason } = parsed.input
      const what = { kind: 'schedule.run', reason: reason || null }
      const run = await operation(db, actor, what, (tx) => runNow(tx, actor, id, reason))
      const count = countOf(run.sessions, 'session', 'sessions')
      return reply.done(placeOf(id, run.window_ids), `It runs now: ${count}.`)
    } catch (error) {
      return again(withRefusal(freshForm(typed(body)), error))
    }
  })
}

/** Where what has begun is seen: its window, or the list of several, those that are open first. */
const placeOf = (id: number, [first, ...others]: number[]) =>
  first !== undefined && others.length === 0 ? `/windows/${first}` : `/schedules/${id}/windows`

async function drawRun(db: Db, actor: Actor, head: ScheduleHead, form: Form) {
  const covered = await countCovered(db, actor, head.schedule, db.now())
  const outlook = await outlookOfRun(db, actor, head.schedule)
  const props = { head, covered: coveredInWords(covered), is_empty: covered === 0, outlook }
  return views.run({ ...props, form })
}
