import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Conflict, NotFound } from '../errors.ts'
import { getScheduleHead, readScheduleId } from '../schedules/head.ts'
import { countOf } from '../web/counts.ts'
import { type Form, freshForm, parseForm, typed, withError } from '../web/form.ts'
import { addressOf } from '../web/list-state.ts'
import { readId } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { cancelledBy, ranBy } from './authors.ts'
import { cancelWindow } from './commands.ts'
import { ReasonForm } from './form.ts'
import { getWindow } from './queries.ts'
import { mayRun, mayRunThroughout } from './reach.ts'
import { views } from './views.ts'
import { countStates } from './window-counts.ts'
import { listWindows } from './window-list.ts'
import { windowCauses, windowStates } from './words.ts'

type Id = { Params: { id: string } }

const config = { permission: 'schedule.view', scope: 'anywhere' } as const

const PAGE_SIZE = 50

const ListQuery = z.object({ after: z.string().min(1).max(500).optional() })

/** The windows of a schedule that came, and the page of each: what became of it and its sessions. */
export function windowRoutes(app: FastifyInstance, db: Db) {
  app.get<Id>('/schedules/:id/windows', { config }, async ({ actor, params, query }, reply) => {
    const id = readScheduleId(params.id)
    const head = await getScheduleHead(db, actor, id, 'windows')
    const { after = null } = readQuery(ListQuery, query)
    const { windows, next } = await listWindows(db, actor, id, { limit: PAGE_SIZE, after })
    const next_href = next && addressOf(`/schedules/${id}/windows`, [['after', next]])
    return reply.page(views.windows({ head, windows, next_href }))
  })

  app.get<Id>('/windows/:id', { config }, async ({ actor, params }, reply) =>
    reply.page(await draw(db, actor, readWindowId(params.id), freshForm())),
  )

  app.get<Id>('/windows/:id/counts', { config }, async ({ actor, params }, reply) => {
    const window = await getWindow(db, actor, readWindowId(params.id))
    const counts = await countStates(db, actor, window.id)
    return reply.page(views.counts({ window, state_label: windowStates[window.state], counts }))
  })

  app.post<Id>(
    '/windows/:id/cancellation',
    { config: { permission: 'schedule.run', scope: 'anywhere' } },
    async ({ actor, params, body }, reply) => {
      const id = readWindowId(params.id)
      await getWindow(db, actor, id, 'schedule.run')
      const parsed = parseForm(ReasonForm, body)
      if (!parsed.ok) return reply.code(422).page(await draw(db, actor, id, parsed.form))
      const { reason } = parsed.input
      try {
        const what = { kind: 'window.cancel', reason: reason || null }
        const cancelled = await operation(db, actor, what, (tx) =>
          cancelWindow(tx, actor, id, reason),
        )
        return reply.done(`/windows/${id}`, inWords(cancelled))
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        const form = withError(freshForm(typed(body)), '', error.message)
        return reply.code(409).page(await draw(db, actor, id, form))
      }
    },
  )
}

const inWords = ({ is_whole, sessions }: { is_whole: boolean; sessions: number }) =>
  is_whole
    ? 'The window was cancelled.'
    : `${countOf(sessions, 'session was', 'sessions were')} cancelled.`

/** The id in an address. Throws NotFound for a text that is none. */
function readWindowId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('such window')
  return id
}

async function draw(db: Db, actor: Actor, id: number, form: Form) {
  const window = await getWindow(db, actor, id)
  return views.window({
    window,
    state_label: windowStates[window.state],
    cause: windowCauses[window.cause],
    counts: await countStates(db, actor, id),
    ran_by: await ranBy(db, actor, window),
    cancelled_by:
      window.state === 'cancelled'
        ? await cancelledBy(db, actor, { window_id: id, at: window.closed_at })
        : null,
    may_cancel: window.closed_at === null && mayRun(actor, window.path),
    is_whole: mayRunThroughout(actor, window.path),
    form,
  })
}
