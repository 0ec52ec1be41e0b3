import type { FastifyReply, FastifyRequest } from 'fastify'
import { KNOWN_DAYS } from './known-devices.ts'
import type { Secrets, Visitor } from './sign-in.ts'

/** Browsers keep `__Host-` cookies from other hosts and from HTTP. */
const cookieName = (request: FastifyRequest, name: string) =>
  request.protocol === 'https' ? `__Host-${name}` : name

const cookieOptions = (request: FastifyRequest) =>
  ({
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: request.protocol === 'https',
  }) as const

/** The secret of the session that the browser sent, if any. */
export const sessionSecret = (request: FastifyRequest) =>
  request.cookies?.[cookieName(request, 'session')]

/** Has the browser forget its session. */
export const dropSession = (request: FastifyRequest, reply: FastifyReply) =>
  reply.clearCookie(cookieName(request, 'session'), cookieOptions(request))

/** Who sends a request. */
export const visitor = (request: FastifyRequest): Visitor => ({
  address: request.ip,
  user_agent: request.headers['user-agent'] ?? '',
  session: sessionSecret(request),
  device: request.cookies[cookieName(request, 'device')],
})

/** Has the browser keep its session until it is closed, and that it is known for much longer. */
export function sendSecrets(request: FastifyRequest, reply: FastifyReply, secrets: Secrets) {
  const options = cookieOptions(request)
  reply.setCookie(cookieName(request, 'session'), secrets.session, options)
  return reply.setCookie(cookieName(request, 'device'), secrets.device, {
    ...options,
    maxAge: KNOWN_DAYS * 24 * 60 * 60,
  })
}
