import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Db } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { countUnread } from '../notifications/queries.ts'
import { readTenantId } from '../tenants/head.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { localPath } from '../web/local-path.ts'
import type { Actor } from './actor.ts'
import { sessionSecret } from './cookie.ts'
import { permitsSomewhere } from './decide.ts'
import { type Permission, type RoutePermission, isRoutePermission } from './permissions.ts'
import { daysForFactor } from './required-factor.ts'
import { findSession, type SessionState, touchSession } from './sessions.ts'
import { isFresh, verifyHref } from './step-up.ts'
import { findTokenActor, touchToken } from './tokens.ts'
import { lacks, requireTenant } from './visible.ts'

export type RouteScope = 'tenant' | 'all_tenants' | 'anywhere'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the actor needs to have for this route. Every route says it. */
    permission?: RoutePermission
    /**
     * Where the actor needs to have it: at the tenant that the address names (`tenant`: its
     * parameter `id`), at All tenants, or anywhere, where the route itself sees to it that only
     * what lies there is found.
     */
    scope?: RouteScope | undefined
    /** What proves who is asking: the session cookie (the default), or a bearer token. */
    credential?: 'session' | 'token'
    /** Whoever is signed in has to show once more who they are, unless that was a while ago only. */
    fresh?: boolean
    /** Also for those who should have set up a second factor by now. */
    without_factor?: boolean
  }
  interface FastifyRequest {
    /** Who is asking. Null only on public routes. */
    actor: Actor
    /** What there is to know of the session that proved it; null where a token did, or nothing. */
    session_state: SessionState | null
    /**
     * Whether who asked may still have what they asked for: for what goes on after the answer has
     * begun. Fails closed.
     */
    isStillAdmitted(): Promise<boolean>
    /** How much at the bell the actor has not read yet. */
    unread_count: number
    /** In how many days the actor must have set up a second factor; null when there is no need. */
    second_factor_days: number | null
  }
}

/**
 * Finds out who is asking, by the route that was matched and never by the spelling of the path,
 * and lets only those in whom the route's permission admits, where its scope says. A route that
 * does not declare them cannot be registered.
 */
export function guardRoutes(app: FastifyInstance, db: Db) {
  app.decorateRequest('actor', null as unknown as Actor)
  app.decorateRequest('session_state', null)
  app.decorateRequest('second_factor_days', null)
  app.decorateRequest('unread_count', 0)
  app.decorateRequest('isStillAdmitted', function (this: FastifyRequest) {
    return isStillAdmitted(db, this).catch(() => false)
  })
  app.addHook('onRoute', requireDeclared)
  app.addHook('onRequest', async (request, reply) => {
    const { permission, credential } = request.routeOptions.config
    const found = await findActor(db, request)
    if (found) request.actor = found
    // A path that is no route has none, and answers 404.
    if (!permission || permission === 'public') return
    if (!found)
      return credential === 'token' ? askForToken(request, reply) : askToSignIn(request, reply)
    if (permission !== 'signed_in') await requirePermission(db, request, permission)
    if (credential !== 'token') request.unread_count = await countUnread(db, found)
    if (request.session_state) await askForProof(db, request, reply, request.session_state)
  })
  app.addHook('onResponse', async (request) => {
    if (!request.actor) return
    if (request.routeOptions.config.credential === 'token')
      return touchToken(db, request.headers.authorization)
    if (request.session_state?.is_stale) await touchSession(db, sessionSecret(request)!)
  })
}

function requireDeclared({ method, url, config = {} }: RouteOptions) {
  const { permission, scope } = config
  if (!permission || !isRoutePermission(permission))
    throw new Error(`${String(method)} ${url} declares no permission`)
  const needs_scope = permission !== 'public' && permission !== 'signed_in'
  if (needs_scope && !scope) throw new Error(`${String(method)} ${url} declares no scope`)
}

const findActor = (db: Db, request: FastifyRequest) =>
  request.routeOptions.config.credential === 'token'
    ? findTokenActor(db, request.headers.authorization)
    : findSessionActor(db, request)

/** As at the beginning of the request, by what is true now. */
async function isStillAdmitted(db: Db, request: FastifyRequest) {
  const { permission } = request.routeOptions.config
  const found = await findActor(db, request)
  if (!found || !permission) return false
  request.actor = found
  if (permission !== 'public' && permission !== 'signed_in')
    await requirePermission(db, request, permission)
  return true
}

async function findSessionActor(db: Db, request: FastifyRequest) {
  const secret = sessionSecret(request)
  const session = secret ? await findSession(db, secret) : undefined
  request.session_state = session?.state ?? null
  return session?.actor
}

/** Throws NotFound for a tenant that the actor may not see, and Forbidden for a lacking right. */
async function requirePermission(db: Db, request: FastifyRequest, permission: Permission) {
  const { actor, params } = request
  const { scope } = request.routeOptions.config
  if (scope === 'tenant')
    await requireTenant(db, actor, permission, readTenantId((params as { id: string }).id))
  else if (scope === 'all_tenants') await requireAllTenants(db, actor, permission)
  else if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)
}

/** As for any tenant; but that the page is about All tenants is nothing to whoever sees none of it. */
async function requireAllTenants(db: Db, actor: Actor, permission: Permission) {
  try {
    await requireTenant(db, actor, permission, ROOT_ID)
  } catch (error) {
    throw error instanceof NotFound ? new NotFound() : error
  }
}

/** Leads aside who has yet to set up a second factor, and who has to show again who they are. */
async function askForProof(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  state: SessionState,
) {
  const { fresh, without_factor } = request.routeOptions.config
  request.second_factor_days = await daysForFactor(db, request.actor, state)
  if (request.second_factor_days === 0 && !without_factor)
    return reply.redirect('/account/security?required', 303)
  if (fresh && !isFresh(request.method, state.verified_at, db.now()))
    return reply.redirect(verifyHref(pageOf(request)), 303)
}

/** The page that a request asks for, or was sent from. */
function pageOf(request: FastifyRequest) {
  if (request.method === 'GET') return request.url
  const page = currentPage(request, 'hx-current-url') ?? currentPage(request, 'referer')
  return page ?? '/account/security'
}

function askToSignIn(request: FastifyRequest, reply: FastifyReply) {
  const wanted =
    currentPage(request, 'hx-current-url') ?? (request.method === 'GET' ? request.url : undefined)
  return reply.redirect(wanted ? `/sign-in?next=${encodeURIComponent(wanted)}` : '/sign-in', 303)
}

/** The page on which htmx asks for something: what it asks for need not be a page by itself. */
function currentPage(request: FastifyRequest, header: 'hx-current-url' | 'referer') {
  const address = String(request.headers[header] ?? '')
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
