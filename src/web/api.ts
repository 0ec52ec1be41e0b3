import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { validateStrictly } from './api-validation.ts'
import { takeIdempotencyKeys } from './idempotency.ts'
import { takeOnlyJson } from './json.ts'
import { describeApi } from './openapi.ts'

/** What a feature adds its routes to: an application whose schemas are written with zod. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/**
 * The JSON interface under /api/v1. Everything in it is by bearer token and never by cookie, takes
 * what its zod schemas describe and nothing else, and is described at /api/v1/openapi.json.
 */
export async function serveApi(app: FastifyInstance, addRoutes: (api: Api) => void) {
  await app.register(
    async (plugin) => {
      const api = plugin.withTypeProvider<ZodTypeProvider>()
      requireTokens(api)
      takeOnlyJson(api)
      validateStrictly(api)
      takeIdempotencyKeys(api)
      describeApi(api)
      addRoutes(api)
    },
    { prefix: '/api/v1' },
  )
}

function requireTokens(api: Api) {
  api.addHook('onRoute', (route) => {
    route.config = { ...route.config, credential: 'token' }
  })
}
