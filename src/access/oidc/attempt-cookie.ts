import type { FastifyReply, FastifyRequest } from 'fastify'
import { ATTEMPT_MINUTES } from './attempts.ts'

const nameFor = (request: FastifyRequest) => (request.protocol === 'https' ? '__Host-oidc' : 'oidc')

/** It must come along when the provider sends the browser back: that is a step from another site. */
const optionsFor = (request: FastifyRequest) =>
  ({
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: request.protocol === 'https',
  }) as const

/** Has the browser keep the secret of an attempt until it comes back. */
export const keepAttempt = (request: FastifyRequest, reply: FastifyReply, secret: string) =>
  reply.setCookie(nameFor(request), secret, {
    ...optionsFor(request),
    maxAge: ATTEMPT_MINUTES * 60,
  })

/** The secret that the browser kept, if any, which it is told to forget. */
export function takeAttemptSecret(request: FastifyRequest, reply: FastifyReply) {
  reply.clearCookie(nameFor(request), optionsFor(request))
  return request.cookies[nameFor(request)]
}
