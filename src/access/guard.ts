import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../db/connection.ts'
import { localPath } from '../web/local-path.ts'
import type { Actor } from './actor.ts'
import { sessionSecret } from './cookie.ts'
import { hasPermission, type Permission, permissions } from './permissions.ts'
import { findSession, touchSession } from './sessions.ts'
import { findTokenActor, touchToken } from './tokens.ts'

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
    /** That the session is in use was last written down a while ago. */
    session_is_stale: boolean
  }
}

/**
 * Finds out who is asking, by the route that was matched and never by the spelling of the path,
 * and lets only those in whom the route's permission admits. A route that declares none cannot be
 * registered.
 */
export function guardRoutes(app: FastifyInstance, db: Db) {
  app.decorateRequest('actor', null as unknown as Actor)
  app.decorateRequest('session_is_stale', false)
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
      if (!hasPermission(actor ?? null, permission!)) return askForToken(request, reply)
      return
    }
    const secret = sessionSecret(request)
    const session = secret ? await findSession(db, secret) : undefined
    if (session) {
      request.actor = session.actor
      request.session_is_stale = session.is_stale
    }
    // A path that is no route has none, and answers 404.
    if (permission && !hasPermission(session?.actor ?? null, permission))
      return askToSignIn(request, reply)
  })
  app.addHook('onResponse', async (request) => {
    if (!request.actor) return
    if (request.routeOptions.config.credential === 'token')
      return touchToken(db, request.headers.authorization)
    if (request.session_is_stale) await touchSession(db, sessionSecret(request)!)
  })
}

function askToSignIn(request: FastifyRequest, reply: FastifyReply) {
  const wanted = currentPage(request) ?? (request.method === 'GET' ? request.url : undefined)
  return reply.redirect(wanted ? `/sign-in?next=${encodeURIComponent(wanted)}` : '/sign-in', 303)
}

/** The page on which htmx asks for something: what it asks for need not be a page by itself. */
function currentPage(request: FastifyRequest) {
  const address = String(request.headers['hx-current-url'] ?? '')
  if (!URL.canParse(address)) return undefined
  const { pathname, search } = new URL(address)
  return localPath(pathname + search)
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
