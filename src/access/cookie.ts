import type { FastifyReply, FastifyRequest } from 'fastify'
import { KNOWN_DAYS } from './known-devices.ts'
import { PENDING_MINUTES } from './pending-sign-ins.ts'
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

/** Cookies between two steps: that the password was right, and who asked for a challenge. */
type StepCookie = 'pending' | 'ceremony'

/** What the browser was to come back with for the next step, if it did. */
export const stepSecret = (request: FastifyRequest, name: StepCookie) =>
  request.cookies?.[cookieName(request, name)]

/** Has the browser come back with a secret, within ten minutes. */
export const sendStep = (
  request: FastifyRequest,
  reply: FastifyReply,
  name: StepCookie,
  secret: string,
) =>
  reply.setCookie(cookieName(request, name), secret, {
    ...cookieOptions(request),
    maxAge: PENDING_MINUTES * 60,
  })

/** Has the browser forget a step that is done. */
export const dropStep = (request: FastifyRequest, reply: FastifyReply, name: StepCookie) =>
  reply.clearCookie(cookieName(request, name), cookieOptions(request))

/** Who sends a request. */
export const visitor = (request: FastifyRequest): Visitor => ({
  address: request.ip,
  user_agent: request.headers['user-agent'] ?? '',
  session: sessionSecret(request),
  device: request.cookies[cookieName(request, 'device')],
})

/** Has the browser keep another secret of the session that it has. */
export const sendSession = (request: FastifyRequest, reply: FastifyReply, secret: string) =>
  reply.setCookie(cookieName(request, 'session'), secret, cookieOptions(request))

/** Has the browser keep its session until it is closed, and that it is known for much longer. */
export function sendSecrets(request: FastifyRequest, reply: FastifyReply, secrets: Secrets) {
  const options = cookieOptions(request)
  reply.setCookie(cookieName(request, 'session'), secrets.session, options)
  return reply.setCookie(cookieName(request, 'device'), secrets.device, {
    ...options,
    maxAge: KNOWN_DAYS * 24 * 60 * 60,
  })
}
