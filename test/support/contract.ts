import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Test } from 'tap'
import type { World } from './world.ts'

type Media = { schema: object }
type Operation = {
  operationId: string
  parameters?: { in: string; name: string }[]
  responses: Record<string, { content?: Record<string, Media> }>
}

/** The OpenAPI document that the server publishes. */
export type Contract = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

type Answer = Awaited<ReturnType<World['api']['get']>>
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

export async function readContract({ app }: Pick<World, 'app'>) {
  return (await app.inject('/api/v1/openapi.json')).json<Contract>()
}

/** The API client of a world, every answer of which is held against the published contract. */
export async function checkedApi(t: Test, world: World) {
  const contract = await readContract(world)
  const validate = compileResponses(contract)
  const checked =
    (method: Method) =>
    async (...call: Parameters<World['api']['get']>) => {
      const answer = await world.api[method](...call)
      t.same(validate(method, call[0], answer), [], `${method} ${call[0]} answers as published`)
      return answer
    }
  return {
    get: checked('get'),
    post: checked('post'),
    put: checked('put'),
    patch: checked('patch'),
    delete: checked('delete'),
  }
}

/** A function that says what of an answer is not as the contract has it. */
function compileResponses({ paths, components }: Contract) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'contract', components })
  const compiled = new Map<object, ValidateFunction>()
  const compile = (schema: object) => {
    const known = compiled.get(schema) ?? ajv.compile(absolute(schema))
    compiled.set(schema, known)
    return known
  }
  return (method: Method, path: string, answer: Answer): unknown[] => {
    const template = Object.keys(paths).find((known) => matches(known, `/api/v1${path}`))
    const responses = paths[template ?? '']?.[method]?.responses
    if (!responses) return [`no such operation: ${method} ${path}`]
    const { content } = responses[answer.statusCode] ?? responses['default']!
    const type = String(answer.headers['content-type']).split(';')[0]!
    if (answer.statusCode === 204) return answer.body === '' ? [] : ['a body where none should be']
    const schema = content?.[type]?.schema
    if (!schema) return [`${answer.statusCode} as ${type} is not described`]
    const isValid = compile(schema)
    return isValid(answer.json()) ? [] : (isValid.errors ?? [])
  }
}

/** References as they are outside the document. */
const absolute = (schema: object) =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"contract#/components/'))

function matches(template: string, path: string) {
  const wanted = template.split('/')
  const given = path.split('?')[0]!.split('/')
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith('{') || part === given[index])
  )
}
