import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { fingerprintOf } from '../access/current-actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import { isFresh, verifyHref } from '../access/step-up.ts'
import { offerUndo } from '../audit/undo-offer.ts'
import type { Db } from '../db/connection.ts'
import { Forbidden, Invalid, NotFound } from '../errors.ts'
import {
  type Form,
  freshForm,
  refuseFields,
  takesNoFields,
  textFields,
  typed,
} from '../web/form.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { endJob, failInterruptedJobs, reviseJob } from './commands.ts'
import { outlookOf } from './drafts.ts'
import { streamEvents } from './events.ts'
import type { AnyJobKind } from './kind.ts'
import { getJob, type Job, listJobs, readInput } from './queries.ts'
import { type JobRunner, jobRunner } from './runner.ts'
import { views } from './views.ts'

/** A short job is over before its page is shown, so that nobody sees a bar flash by. */
const SETTLE_MS = 400
const ONE_DAY_MS = 86_400_000

const Id = z.object({ id: idText() })
const Page = z.object({ before: idText('Start from the beginning.').optional() })
const config = { permission: 'signed_in' } as const

type Found = { job: Job; kind: AnyJobKind }

/** What the routes of jobs share. */
type Desk = {
  db: Db
  runner: JobRunner
  /** The job that an address names, with its kind, if it is the actor's. */
  find(request: FastifyRequest): Promise<Found>
}

/** The pages of jobs: look at a draft, confirm it, watch it, read how it ended. */
export function jobRoutes(app: FastifyInstance, db: Db, kinds: AnyJobKind[]) {
  const runner = jobRunner(db, app.log)
  const stopping = new AbortController()
  app.addHook('onReady', () => failInterruptedJobs(db))
  app.addHook('preClose', async () => {
    stopping.abort()
    await runner.stop()
  })
  const desk: Desk = {
    db,
    runner,
    async find(request) {
      const id = Id.safeParse(request.params)
      if (!id.success) throw new NotFound('job of this name')
      const job = await getJob(db, request.actor, id.data.id)
      const kind = kinds.find(({ name }) => name === job.kind)
      if (!kind) throw new NotFound(`kind of job "${job.kind}" any more`)
      return { job, kind }
    },
  }
  showJobs(app, desk, stopping.signal)
  reviseDrafts(app, desk)
  runJobs(app, desk)
}

function showJobs(app: FastifyInstance, desk: Desk, stopping: AbortSignal) {
  const { db, runner, find } = desk
  app.get('/jobs', { config }, async ({ actor, query }, reply) =>
    reply.page(views.list(await listJobs(db, actor, readQuery(Page, query).before))),
  )

  app.get('/jobs/:id', { config }, async (request, reply) =>
    showJob(desk, request, reply, await find(request)),
  )

  app.get('/jobs/:id/events', { config, handlerTimeout: ONE_DAY_MS }, async (request, reply) => {
    const { job } = await find(request)
    return reply
      .type('text/event-stream')
      .header('x-accel-buffering', 'no')
      .send(streamEvents(runner.find(job.id), stopping, () => request.isStillAdmitted()))
  })
}

function reviseDrafts(app: FastifyInstance, desk: Desk) {
  const { db, runner, find } = desk
  app.post('/jobs/:id/draft', { config }, async (request, reply) => {
    const found = await find(request)
    const { job, kind } = found
    if (job.state === 'draft' && kind.revise) {
      try {
        const fields = textFields(request.body)
        const input = await kind.revise(db, request.actor, await readInput(db, job.id), fields)
        await reviseJob(db, job.id, input)
        await runner.stopPreview(job.id)
      } catch (error) {
        return showDraft(desk, request, reply, found, formWith(request, error))
      }
    }
    return reply.redirect(`/jobs/${job.id}`, 303)
  })
}

function runJobs(app: FastifyInstance, desk: Desk) {
  const { db, runner, find } = desk
  app.post('/jobs/:id/start', { config }, async (request, reply) => {
    const found = await find(request)
    const { job, kind } = found
    const { actor } = request
    if (job.state === 'draft') {
      let input = await readInput(db, job.id)
      if (!permitsSomewhere(actor.access, kind.permission(input)))
        throw new Forbidden('You may look at this, but not do it.')
      if (kind.needs_proof?.(input) && !isProven(request, db.now()))
        return reply.redirect(verifyHref(`/jobs/${job.id}`), 303)
      try {
        if (kind.confirm) input = kind.confirm(input, textFields(request.body))
        else refuseFields(request.body)
      } catch (error) {
        return showDraft(desk, request, reply, found, formWith(request, error))
      }
      await runner.start({ kind, id: job.id, actor, input })
      await runner.settle(job.id, SETTLE_MS)
    }
    return reply.redirect(`/jobs/${job.id}`, 303)
  })

  app.post('/jobs/:id/cancel', { config, preHandler: takesNoFields }, async (request, reply) => {
    const { job } = await find(request)
    if (job.state === 'draft')
      await endJob(db, job.id, { state: 'cancelled', result: { reason: 'It was never started.' } })
    runner.find(job.id)?.cancel.abort()
    await runner.settle(job.id, SETTLE_MS)
    return reply.redirect(`/jobs/${job.id}`, 303)
  })
}

const isProven = ({ method, session_state }: FastifyRequest, now: string) =>
  session_state !== null && isFresh(method, session_state.verified_at, now)

/** What is kept of a job that has ended, with the rights that its maker had for it. */
type Ended = { reason?: string; access?: string; operation_id?: number }

const ACCESS_CHANGED =
  'What you may do has changed since, so what came of it is no longer shown. The history tells what was changed, as far as you may see it.'

/** The page of a job as it stands: a draft, at work, or ended. */
async function showJob(
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
  { job, kind }: Found,
) {
  if (job.state === 'draft') return showDraft(desk, request, reply, { job, kind })
  const { section } = kind
  if (job.state === 'running') {
    const { done, total } = desk.runner.find(job.id) ?? job
    return reply.page(views.running({ job, section, done, total, is_preview: false }))
  }
  const { access, ...result } = JSON.parse(job.result ?? '{}') as Ended
  // It may tell of what its maker may not see any more.
  const tells = access ?? (job.state === 'done' ? '' : undefined)
  if (tells !== undefined && tells !== fingerprintOf(request.actor.access))
    return reply.page(
      views.ended({ job, section, outcome: null, undo: null, reason: ACCESS_CHANGED }),
    )
  const outcome = job.state === 'done' ? kind.outcome(result) : null
  const { operation_id, reason = '' } = result
  const undo = operation_id ? await offerUndo(desk.db, request.actor, operation_id) : null
  return reply.page(views.ended({ job, section, outcome, undo, reason }))
}

async function showDraft(
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
  found: Found,
  form: Form = freshForm(),
): Promise<FastifyReply> {
  const { job, kind } = found
  const is_refused = Object.keys(form.errors).length > 0
  const wait = { any_age: is_refused, patience_ms: SETTLE_MS }
  const outlook = await outlookOf(desk, request.actor, found, wait)
  if (outlook) {
    const preview = await kind.preview(desk.db, request.actor, outlook, form)
    if (is_refused) reply.code(422)
    return reply.page(views.draft({ job, section: kind.section, preview, form }))
  }
  const running = desk.runner.find(job.id)
  if (!running) return reply.redirect(`/jobs/${job.id}`, 303)
  const { done, total } = running
  return reply.page(views.running({ job, section: kind.section, done, total, is_preview: true }))
}

/** The form with what was typed and why it was not accepted. Other errors are thrown again. */
function formWith(request: FastifyRequest, error: unknown): Form {
  if (!(error instanceof Invalid)) throw error
  return { values: typed(request.body), errors: error.fields }
}
