import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { Invalid, NotFound } from '../errors.ts'
import { type Form, freshForm, typed } from '../web/form.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { endJob, failInterruptedJobs, reviseJob } from './commands.ts'
import { streamEvents } from './events.ts'
import type { AnyJobKind } from './kind.ts'
import { getJob, type Job, listJobs } from './queries.ts'
import { type JobRunner, jobRunner } from './runner.ts'
import { views } from './views.ts'

/** A short job is over before its page is shown, so that nobody sees a bar flash by. */
const SETTLE_MS = 400
const ONE_DAY_MS = 86_400_000

const Id = z.object({ id: idText() })
const Page = z.object({ before: idText('Start from the beginning.').optional() })
const config = { permission: 'signed_in' } as const

/** What the routes of jobs share. */
type Desk = {
  db: Db
  runner: JobRunner
  /** The job that an address names, with its kind, if it is the actor's. */
  find(request: FastifyRequest): Promise<{ job: Job; kind: AnyJobKind }>
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

function showJobs(app: FastifyInstance, { db, runner, find }: Desk, stopping: AbortSignal) {
  app.get('/jobs', { config }, async ({ actor, query }, reply) =>
    reply.page(views.list(await listJobs(db, actor, readQuery(Page, query).before))),
  )

  app.get('/jobs/:id', { config }, async (request, reply) => {
    const { job, kind } = await find(request)
    const { section } = kind
    if (job.state === 'draft') return showDraft(db, request, reply, job, kind)
    if (job.state === 'running') {
      const { done, total } = runner.find(job.id) ?? job
      return reply.page(views.running({ job, section, done, total }))
    }
    const result = JSON.parse(job.result ?? '{}') as { reason?: string }
    const outcome = job.state === 'done' ? kind.outcome(result) : null
    return reply.page(views.ended({ job, section, outcome, reason: result.reason ?? '' }))
  })

  app.get('/jobs/:id/events', { config, handlerTimeout: ONE_DAY_MS }, async (request, reply) => {
    const { job } = await find(request)
    return reply
      .type('text/event-stream')
      .header('x-accel-buffering', 'no')
      .send(streamEvents(runner.find(job.id), stopping))
  })
}

function reviseDrafts(app: FastifyInstance, { db, find }: Desk) {
  app.post('/jobs/:id/draft', { config }, async (request, reply) => {
    const { job, kind } = await find(request)
    if (job.state === 'draft' && kind.revise) {
      try {
        const fields = typed(request.body)
        const input = await kind.revise(db, request.actor, inputOf(job), fields)
        await reviseJob(db, job.id, input)
      } catch (error) {
        return showDraft(db, request, reply, job, kind, formWith(request, error))
      }
    }
    return reply.redirect(`/jobs/${job.id}`, 303)
  })
}

function runJobs(app: FastifyInstance, { db, runner, find }: Desk) {
  app.post('/jobs/:id/start', { config }, async (request, reply) => {
    const { job, kind } = await find(request)
    if (job.state === 'draft') {
      let input = inputOf(job)
      try {
        input = kind.confirm?.(input, typed(request.body)) ?? input
      } catch (error) {
        return showDraft(db, request, reply, job, kind, formWith(request, error))
      }
      await runner.start(kind, job, request.actor, input)
      await runner.settle(job.id, SETTLE_MS)
    }
    return reply.redirect(`/jobs/${job.id}`, 303)
  })

  app.post('/jobs/:id/cancel', { config }, async (request, reply) => {
    const { job } = await find(request)
    if (job.state === 'draft')
      await endJob(db, job.id, { state: 'cancelled', result: { reason: 'It was never started.' } })
    runner.find(job.id)?.cancel.abort()
    await runner.settle(job.id, SETTLE_MS)
    return reply.redirect(`/jobs/${job.id}`, 303)
  })
}

async function showDraft(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  job: Job,
  kind: AnyJobKind,
  form: Form = freshForm(),
) {
  const preview = await kind.preview(db, request.actor, inputOf(job), form)
  if (Object.keys(form.errors).length > 0) reply.code(422)
  return reply.page(views.draft({ job, section: kind.section, preview, form }))
}

const inputOf = (job: Job): unknown => JSON.parse(job.input)

/** The form with what was typed and why it was not accepted. Other errors are thrown again. */
function formWith(request: FastifyRequest, error: unknown): Form {
  if (!(error instanceof Invalid)) throw error
  return { values: typed(request.body), errors: error.fields }
}
