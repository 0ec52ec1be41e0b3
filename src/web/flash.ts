import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyReply {
    /** Sends the browser on after something was done; the next page says that it was. */
    done(path: string, message: string): FastifyReply
  }
}

const COOKIE = 'done'

const options = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' }) as const

/** Adds `reply.done`: a redirect with a message that is shown once. */
export function serveFlash(app: FastifyInstance) {
  app.decorateReply('done', function (this: FastifyReply, path: string, message: string) {
    return this.setCookie(COOKIE, message, { ...options(this.request), maxAge: 60 }).redirect(
      path,
      303,
    )
  })
}

/** The message that waits for the next page, or ''; it is forgotten by being read. */
export function takeMessage(request: FastifyRequest, reply: FastifyReply) {
  const message = request.cookies?.[COOKIE]
  if (message === undefined) return ''
  reply.clearCookie(COOKIE, options(request))
  return message.slice(0, 300)
}
