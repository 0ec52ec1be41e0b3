import type { FastifyReply, FastifyRequest } from 'fastify'

/** The name of the session cookie: browsers keep `__Host-` cookies from other hosts and from HTTP. */
const cookieName = (request: FastifyRequest) =>
  request.protocol === 'https' ? '__Host-session' : 'session'

const cookieOptions = (request: FastifyRequest) =>
  ({
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: request.protocol === 'https',
  }) as const

/** The secret of the session that the browser sent, if any. */
export const sessionSecret = (request: FastifyRequest) => request.cookies?.[cookieName(request)]

/** Gives the browser the secret of its session. It keeps it until it is closed. */
export const sendSession = (request: FastifyRequest, reply: FastifyReply, secret: string) =>
  reply.setCookie(cookieName(request), secret, cookieOptions(request))

/** Has the browser forget its session. */
export const dropSession = (request: FastifyRequest, reply: FastifyReply) =>
  reply.clearCookie(cookieName(request), cookieOptions(request))
