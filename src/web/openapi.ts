import type { SwaggerTransformObject } from '@fastify/swagger'
import Fastify, { type RouteOptions } from 'fastify'
import type { OpenAPIV3_1 } from 'openapi-types'
import { z } from 'zod'
import type { Api } from './api.ts'
import { Problem } from './api-schemas.ts'

/**
 * Describes the routes that are added after it at /openapi.json (OpenAPI 3.1), from their zod
 * schemas. The document is made when somebody first asks for it.
 */
export function describeApi(api: Api) {
  const routes: RouteOptions[] = []
  let document: Promise<object> | undefined
  api.addHook('onRoute', (route) => {
    const response = { ...(route.schema?.response as object), default: PROBLEM }
    route.schema = { ...route.schema, response }
    if (route.method !== 'HEAD') routes.push(route)
  })
  const schema = {
    operationId: 'getOpenApi',
    summary: 'This description',
    tags: ['api'],
    security: [],
    response: { 200: z.looseObject({ openapi: z.string() }) },
  }
  api.get('/openapi.json', { schema, config: { permission: 'public' } }, async () => ({
    ...(await (document ??= describe(routes))),
    openapi: '3.1.0',
  }))
}

/**
 * The description of these routes. The libraries that make it are large and listen to routes as
 * they are added: they are loaded only here, and listen to an application that answers nothing.
 */
async function describe(routes: RouteOptions[]) {
  const [{ default: swagger }, { createJsonSchemaTransform, createJsonSchemaTransformObject }] =
    await Promise.all([import('@fastify/swagger'), import('fastify-type-provider-zod')])
  const silent = Fastify({ exposeHeadRoutes: false })
  silent.setValidatorCompiler(() => () => true)
  silent.setSerializerCompiler(() => () => '')
  await silent.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Tenantry', version: '1', description: 'Described in docs/api.md.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform(AS_ZOD_HAS_IT),
    transformObject: withAnswers(createJsonSchemaTransformObject(AS_ZOD_HAS_IT)),
  })
  for (const { method, url, schema, config } of routes)
    silent.route({ method, url, schema, config, handler() {} })
  await silent.ready()
  const document = silent.swagger()
  await silent.close()
  return document
}

/** The library's own changes to what zod makes leave some unions without their parts. */
const AS_ZOD_HAS_IT = { zodToJsonConfig: { override() {} } }

/** Adds the schemas that have a name. They all describe answers, so those for input are left out. */
const withAnswers =
  (describeNamed: SwaggerTransformObject): SwaggerTransformObject =>
  (document) => {
    const { components, ...rest } = describeNamed(document) as OpenAPIV3_1.Document
    const schemas = Object.entries(components?.schemas ?? {})
    const answers = Object.fromEntries(schemas.filter(([name]) => !name.endsWith('Input')))
    return { ...rest, components: { ...components, schemas: answers } }
  }

const PROBLEM = {
  description: 'Refused, or failed (RFC 9457)',
  content: { 'application/problem+json': { schema: Problem } },
}
