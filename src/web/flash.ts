import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Sends the browser on after something was done; the next page says that it was, and comes back
     * to the place in it that the path names after a `#`.
     */
    done(path: string, message: string): FastifyReply
  }
}

const COOKIE = 'done'

const options = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' }) as const

/** Adds `reply.done`: a redirect with a message that is shown once. */
export function serveFlash(app: FastifyInstance) {
  app.decorateReply('done', function (this: FastifyReply, path: string, message: string) {
    const [, place = ''] = path.split('#')
    const value = JSON.stringify({ message: message.slice(0, 300), place })
    return this.setCookie(COOKIE, value, { ...options(this.request), maxAge: 60 }).redirect(
      path,
      303,
    )
  })
}

/** What was done, and the id of its place on the page; both may be ''. */
export type Done = { message: string; place: string }

const NOTHING: Done = { message: '', place: '' }

const DoneCookie = z.strictObject({ message: z.string().max(300), place: z.string().max(300) })

/** What waits to be said on the next page; it is forgotten by being read. */
export function takeDone(request: FastifyRequest, reply: FastifyReply): Done {
  const value = request.cookies?.[COOKIE]
  if (value === undefined) return NOTHING
  reply.clearCookie(COOKIE, options(request))
  return DoneCookie.safeParse(parseJson(value)).data ?? NOTHING
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
