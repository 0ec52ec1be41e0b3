import { randomUUID } from 'node:crypto'
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'

/** Longer path segments are cut: our secrets are longer, and our names for things shorter. */
const SECRET_LENGTH = 32

/**
 * How the server logs: JSON lines on stderr, each request by an id that is made here. What enters
 * the log is named, field by field: no headers, no cookies, no query strings, no bodies.
 */
export function logOptions(level: string) {
  return {
    logger: {
      level,
      stream: process.stderr,
      base: undefined,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      serializers: { err: describeError, req: describeRequest, res: describeReply },
    },
    logController: new RequestLog({ requestIdLogLabel: 'request_id' }),
    requestIdHeader: false,
    genReqId: () => randomUUID(),
  } as const
}

/** One line for each request, when it is answered. */
class RequestLog extends LogController {
  override incomingRequest() {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ) {
    if (request.routeOptions.config.probe && reply.statusCode < 400) return
    const ms = Math.round(reply.elapsedTime * 10) / 10
    const facts = { req: request, res: reply, ms, person_id: request.actor?.person_id }
    if (error) request.log.error({ ...facts, err: error }, 'broke off')
    else request.log.info(facts, 'answered')
  }
}

function describeRequest(request: FastifyRequest) {
  return { method: request.method, path: loggedPath(request.url), address: request.ip }
}

const describeReply = (reply: { statusCode?: number }) => ({ status: reply.statusCode })

type LoggedError = {
  type: string
  message: string
  stack: string
  code?: string
  cause?: LoggedError
}

function describeError(error: Error & { code?: unknown }): LoggedError {
  const { name: type, message, stack = '', code, cause } = error
  return {
    type,
    message,
    stack,
    ...(typeof code === 'string' && { code }),
    ...(cause instanceof Error && { cause: describeError(cause) }),
  }
}

/** A path without its query, and without what may be the secret of a link. */
export function loggedPath(url: string) {
  return url
    .split(/[?#;]/, 1)[0]!
    .split('/')
    .map((segment) => (segment.length > SECRET_LENGTH ? '…' : segment))
    .join('/')
}
