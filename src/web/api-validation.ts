import type { z } from 'zod'
import { type FieldErrors, Invalid, NotFound } from '../errors.ts'
import type { Api } from './api.ts'
import { NoQuery } from './api-schemas.ts'

/**
 * Keeps Fastify from loading its compilers of JSON schemas, which takes a part of the start: what
 * is sent is described with zod, and only under /api/v1.
 */
export const withoutJsonSchemas = {
  compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema },
}

function refuseSchema(): never {
  throw new Error('a route outside of the API has a schema')
}

/**
 * Lets in only what the schemas of a route describe: no other fields, no other query parameters,
 * none twice, and no body where none is described. Answers with the schemas' types as they are.
 */
export function validateStrictly(api: Api) {
  api.addHook('onRoute', (route) => {
    route.schema = { querystring: NoQuery, ...route.schema }
  })
  api.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (sent: unknown) => {
    const { data, error } = schema.safeParse(sent)
    if (!error) return { value: data }
    // An address that is not spelled as ours are is the address of nothing.
    if (httpPart === 'params') return { error: new NotFound('such thing at this address') }
    return { error: new Invalid(errorsByPath(error)) }
  })
  api.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  api.addHook('preValidation', async (request) => {
    const isDescribed = request.routeOptions.schema?.body !== undefined
    if (request.body !== undefined && !isDescribed)
      throw new Invalid({ '': 'This request takes no body.' })
  })
}

/** The first message at each path such as `lock.min`, with every unknown field by its own name. */
function errorsByPath({ issues }: z.ZodError): FieldErrors {
  const errors: FieldErrors = {}
  for (const issue of issues) {
    const path = issue.path.join('.')
    if (issue.code !== 'unrecognized_keys') errors[path] ??= issue.message
    else
      for (const key of issue.keys)
        errors[path ? `${path}.${key}` : key] ??= `"${key}" is not known here.`
  }
  return errors
}
