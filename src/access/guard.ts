import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../db/connection.ts'
import type { Actor } from './actor.ts'
import { type Permission, permissions } from './permissions.ts'
import { findSessionActor, touchSession } from './sessions.ts'
import { findTokenActor } from './tokens.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the actor needs to have for this route. Every route says it. */
    permission?: Permission
    /** What proves who is asking: the session cookie (the default), or a bearer token. */
    credential?: 'session' | 'token'
  }
  interface FastifyRequest {
    /** Who is asking. Null only on public routes. */
    actor: Actor
  }
}

/** The name of the session cookie: browsers keep `__Host-` cookies from other hosts and from HTTP. */
export const sessionCookie = (request: FastifyRequest) =>
  request.protocol === 'https' ? '__Host-session' : 'session'

/**
 * Finds out who is asking, by the route that was matched and never by the spelling of the path,
 * and lets only those in whom the route's permission admits. A route that declares none cannot be
 * registered.
 */
export function guardRoutes(app: FastifyInstance, db: Db) {
  app.decorateRequest('actor', null as unknown as Actor)
  app.addHook('onRoute', (route) => {
    const permission = route.config?.permission
    if (!permission || !permissions.includes(permission))
      throw new Error(`${route.method} ${route.url} declares no permission`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { permission, credential } = request.routeOptions.config
    if (credential === 'token') {
      const actor = await findTokenActor(db, request.headers.authorization)
      if (actor) request.actor = actor
      else if (permission !== 'public') return askForToken(request, reply)
      return
    }
    const cookie = request.cookies[sessionCookie(request)]
    const actor = cookie ? await findSessionActor(db, cookie) : undefined
    if (actor) request.actor = actor
    else if (permission && permission !== 'public') return askToSignIn(request, reply)
  })
  app.addHook('onResponse', async (request) => {
    const cookie = request.cookies?.[sessionCookie(request)]
    if (request.actor && cookie) await touchSession(db, cookie)
  })
}

function askToSignIn(request: FastifyRequest, reply: FastifyReply) {
  if (request.method !== 'GET') return reply.redirect('/sign-in', 303)
  return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303)
}

function askForToken(request: FastifyRequest, reply: FastifyReply) {
  return reply
    .code(401)
    .header('www-authenticate', 'Bearer realm="Tenantry"')
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: 'Not signed in',
        status: 401,
        detail: 'Send a valid API token: Authorization: Bearer <token>.',
        request_id: request.id,
      }),
    )
}
