import type { FastifyInstance } from 'fastify'
import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Conflict, NotFound } from '../errors.ts'
import { getScheduleHead, readScheduleId } from '../schedules/head.ts'
import { optionsInWords } from '../schedules/options-words.ts'
import { findSchedule } from '../schedules/queries.ts'
import type { Options } from '../schedules/stored.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { type Form, freshForm, parseForm, typed, withError } from '../web/form.ts'
import { readId } from '../web/numbers.ts'
import { cancelledBy } from './authors.ts'
import { cancelSession } from './commands.ts'
import { ReasonForm } from './form.ts'
import { listingOf } from './list-page.ts'
import { findWindow, getSession } from './queries.ts'
import { lockOn, mayRun } from './reach.ts'
import { readList } from './session-list.ts'
import { views } from './views.ts'
import { sessionStates, toneOf } from './words.ts'

type Id = { Params: { id: string } }

const config = { permission: 'schedule.view', scope: 'anywhere' } as const

/** The lists of sessions, and the page of each. */
export function sessionRoutes(app: FastifyInstance, db: Db) {
  app.get('/sessions', { config }, async ({ actor, query }, reply) => {
    const listing = await listingOf(db, actor, readList(query), { path: '/sessions' })
    return reply.code(listing.problem ? 422 : 200).page(views.list({ listing }))
  })

  app.get<Id>(
    '/tenants/:id/sessions',
    { config: { permission: 'schedule.view', scope: 'tenant' } },
    async ({ actor, params, query }, reply) => {
      const id = readTenantId(params.id)
      const head = await getTenantHead(db, actor, id, 'sessions')
      const state = { ...readList(query), tenant: '' }
      const at = { path: `/tenants/${id}/sessions`, tenant: head.tenant }
      return reply.page(views.tenant({ head, listing: await listingOf(db, actor, state, at) }))
    },
  )

  app.get<Id>('/schedules/:id/sessions', { config }, async ({ actor, params, query }, reply) => {
    const schedule_id = readScheduleId(params.id)
    const head = await getScheduleHead(db, actor, schedule_id, 'sessions')
    const state = { ...readList(query), schedule: null }
    const at = { path: `/schedules/${schedule_id}/sessions`, schedule_id }
    return reply.page(views.schedule({ head, listing: await listingOf(db, actor, state, at) }))
  })

  app.get<Id>('/sessions/:id', { config }, async ({ actor, params }, reply) =>
    reply.page(await draw(db, actor, readSessionId(params.id), freshForm())),
  )

  app.post<Id>(
    '/sessions/:id/cancellation',
    { config: { permission: 'schedule.run', scope: 'anywhere' } },
    async ({ actor, params, body }, reply) => {
      const id = readSessionId(params.id)
      await getSession(db, actor, id, 'schedule.run')
      const parsed = parseForm(ReasonForm, body)
      if (!parsed.ok) return reply.code(422).page(await draw(db, actor, id, parsed.form))
      const { reason } = parsed.input
      try {
        const what = { kind: 'session.cancel', reason: reason || null }
        await operation(db, actor, what, (tx) => cancelSession(tx, actor, id, reason))
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        const form = withError(freshForm(typed(body)), '', error.message)
        return reply.code(409).page(await draw(db, actor, id, form))
      }
      return reply.done(`/sessions/${id}`, 'The session was cancelled.')
    },
  )
}

/** The id in an address. Throws NotFound for a text that is none. */
function readSessionId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('such session')
  return id
}

async function draw(db: Db, actor: Actor, id: number, form: Form) {
  const session = await getSession(db, actor, id)
  const schedule = await findSchedule(db, session.schedule_id)
  const window = await findWindow(db, session.window_id)
  if (!schedule || !window) throw new NotFound(`session ${id}`)
  const may_run = session.ended_at === null && mayRun(actor, session.path)
  const lock = may_run ? lockOn(actor, session, schedule) : ''
  const opens = permits(actor.access, 'schedule.view', schedule.path)
  const opens_computer = permits(actor.access, 'computer.view', session.path)
  return views.session({
    session,
    computer_name: opens_computer ? session.computer_name : 'A computer',
    state: { label: sessionStates[session.state], tone: toneOf(session.state) },
    options: optionsInWords(JSON.parse(session.options) as Options),
    schedule: { name: schedule.name, opens },
    window,
    opens_window: opens,
    cancelled_by:
      session.state === 'cancelled'
        ? await cancelledBy(db, actor, {
            window_id: session.window_id,
            session_id: id,
            at: session.ended_at,
          })
        : null,
    opens_computer,
    may_cancel: may_run && lock === '',
    lock,
    form,
  })
}
