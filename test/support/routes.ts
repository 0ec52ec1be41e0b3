import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'

export type DeclaredRoute = {
  /** As in `GET /tenants/:id`. */
  name: string
  method: string
  url: string
  permission: string
  /** Where the permission is needed; undefined where none is. */
  scope: string | undefined
  credential: 'session' | 'token'
  fresh: boolean
}

/**
 * Watches for the routes of the applications that are built after this call, and returns a function
 * that lists them. Fastify announces each new application, so the application need not know.
 */
export function collectRoutes() {
  const routes = new Map<string, RouteOptions>()
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) routes.set(`${method} ${route.url}`, route)
    })
  })
  // Read late: what a route declares is completed after it was announced.
  return (): DeclaredRoute[] =>
    [...routes].map(([name, { url, config }]) => ({
      name,
      method: name.split(' ')[0]!,
      url,
      permission: config?.permission ?? 'none',
      scope: config?.scope,
      credential: config?.credential ?? 'session',
      fresh: config?.fresh ?? false,
    }))
}

/** An address that the route's pattern fits: of the world's Acme, where it asks for an id. */
export const sampleAddress = (url: string) =>
  url.replace(/:\w+(\([^)]*\))?/g, '3').replace(/\*/g, 'x')
