import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'

export type DeclaredRoute = {
  method: string
  url: string
  permission: string
  credential: 'session' | 'token'
}

/**
 * Every route of the applications that are built after this call: Fastify announces each new
 * application, so the application needs to know nothing of being watched.
 */
export function collectRoutes() {
  const routes = new Map<string, DeclaredRoute>()
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route: RouteOptions) => {
      const { permission = 'none', credential = 'session' } = route.config ?? {}
      for (const method of [route.method].flat())
        routes.set(`${method} ${route.url}`, { method, url: route.url, permission, credential })
    })
  })
  return routes
}

/** An address that the route's pattern fits: of the world's Acme, where it asks for an id. */
export const sampleAddress = (url: string) =>
  url.replace(/:\w+(\([^)]*\))?/g, '3').replace(/\*/g, 'x')
