import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod'
import type { OpenAPIV3_1 } from 'openapi-types'
import { z } from 'zod'
import type { Api } from './api.ts'
import { Problem } from './api-schemas.ts'

/**
 * Describes the routes that are added after it at /openapi.json (OpenAPI 3.1), from their zod
 * schemas. The document is made when somebody first asks for it.
 */
export async function describeApi(api: Api) {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Tenantry', version: '1', description: 'Described in docs/api.md.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform(AS_ZOD_HAS_IT),
    transformObject: withAnswers,
  })
  api.addHook('onRoute', (route) => {
    const response = { ...(route.schema?.response as object), default: PROBLEM }
    route.schema = { ...route.schema, response }
  })
  const schema = {
    operationId: 'getOpenApi',
    summary: 'This description',
    tags: ['api'],
    security: [],
    response: { 200: z.looseObject({ openapi: z.string() }) },
  }
  api.get('/openapi.json', { schema, config: { permission: 'public' } }, () => ({
    ...api.swagger(),
    openapi: '3.1.0',
  }))
}

/** The library's own changes to what zod makes leave some unions without their parts. */
const AS_ZOD_HAS_IT = { zodToJsonConfig: { override() {} } }

const describeNamed = createJsonSchemaTransformObject(AS_ZOD_HAS_IT)

/** Adds the schemas that have a name. They all describe answers, so those for input are left out. */
const withAnswers: SwaggerTransformObject = (document) => {
  const { components, ...rest } = describeNamed(document) as OpenAPIV3_1.Document
  const schemas = Object.entries(components?.schemas ?? {})
  const answers = Object.fromEntries(schemas.filter(([name]) => !name.endsWith('Input')))
  return { ...rest, components: { ...components, schemas: answers } }
}

const PROBLEM = {
  description: 'Refused, or failed (RFC 9457)',
  content: { 'application/problem+json': { schema: Problem } },
}
