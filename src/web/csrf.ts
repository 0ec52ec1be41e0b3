import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Forbidden } from '../errors.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses unsafe requests that another site made the browser send: first by Sec-Fetch-Site, then
 * by comparing Origin with Host. Where a cookie would authenticate, having neither is refused too.
 */
export function refuseCrossSite(app: FastifyInstance) {
  app.addHook('onRequest', async (request) => {
    // At an address that is none there is nothing to protect; better to say that.
    if (SAFE.has(request.method) || request.is404 || isSameOrigin(request)) return
    throw new Forbidden('This request came from another site.')
  })
}

function isSameOrigin(request: FastifyRequest) {
  const site = request.headers['sec-fetch-site']
  if (site) return site === 'same-origin' || site === 'none'
  const origin = request.headers.origin
  if (origin) return URL.canParse(origin) && new URL(origin).host === request.host
  return request.routeOptions.config.credential === 'token'
}
