import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Busy, Conflict, Forbidden, Invalid, NotFound } from '../errors.ts'
import { securityHeaders } from './headers.ts'
import { view } from './page.ts'

type Problem = {
  status: number
  title: string
  detail: string
  fields?: Record<string, string>
  current?: object | undefined
  /** When it may be tried again. */
  retry_seconds?: number
}

const errorPage = view<{ problem: Problem; request_id: string }>('shared/error')

/** Turns every error into one answer: a page for people, problem details (RFC 9457) for the API. */
export function answerErrors(app: FastifyInstance) {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = describe(error)
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
    return answer(request, reply, problem)
  })
  app.setNotFoundHandler((request, reply) =>
    answer(request, reply, { status: 404, title: 'Not found', detail: new NotFound().message }),
  )
}

/** Answers a request whose address cannot even be read; no hook and no route has seen it. */
export function answerUnreadable(_error: Error, request: FastifyRequest, reply: FastifyReply) {
  reply
    .code(400)
    .headers(securityHeaders(request))
    .type('text/plain; charset=utf-8')
    .send('This address cannot be read.')
}

/** By the route that was matched: a path may be spelled in many ways. Where none was, by the path. */
function isForApi(request: FastifyRequest) {
  if (request.is404) return request.url.startsWith('/api/')
  return request.routeOptions.config.credential === 'token'
}

function describe(error: FastifyError): Problem {
  const detail = error.message
  if (error instanceof NotFound) return { status: 404, title: 'Not found', detail }
  if (error instanceof Forbidden) return { status: 403, title: 'Not allowed', detail }
  if (error instanceof Conflict)
    return { status: 409, title: 'Not possible now', detail, current: error.current }
  if (error instanceof Invalid)
    return { status: 422, title: 'Not accepted', detail, fields: error.fields }
  if (error instanceof Busy) return { status: 503, title: 'Busy', detail, retry_seconds: 5 }
  if (error.statusCode && error.statusCode < 500)
    return { status: error.statusCode, title: 'Not accepted', detail }
  return { status: 500, title: 'Something went wrong', detail: 'The log of the server says more.' }
}

function answer(request: FastifyRequest, reply: FastifyReply, problem: Problem) {
  reply.code(problem.status)
  if (problem.retry_seconds) reply.header('retry-after', problem.retry_seconds)
  if (!isForApi(request)) return reply.page(errorPage({ problem, request_id: request.id }))
  const { status, title, detail, fields, current } = problem
  return reply.type('application/problem+json').send(
    JSON.stringify({
      type: 'about:blank',
      title,
      status,
      detail,
      errors: fields,
      current,
      request_id: request.id,
    }),
  )
}
