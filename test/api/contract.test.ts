import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { type Contract, readContract } from '../support/contract.ts'
import { world } from '../support/world.ts'

const operationsOf = (contract: Contract) =>
  Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )

t.test('describes itself as OpenAPI 3.1, to anybody', async (t) => {
  const { app } = await world(t)
  const answer = await app.inject('/api/v1/openapi.json')
  t.equal(answer.statusCode, 200)
  t.match(answer.headers['content-type'], /^application\/json/)
  t.equal(answer.json().openapi, '3.1.0')
})

t.test(
  'gives every operation a name of its own, an answer and the form of a refusal',
  async (t) => {
    const operations = operationsOf(await readContract(await world(t)))
    t.ok(operations.length > 10)
    t.equal(new Set(operations.map((one) => one.operationId)).size, operations.length)
    for (const { operationId, responses } of operations) {
      t.match(operationId, /^[a-z][a-zA-Z]+$/)
      t.ok(Object.keys(responses).some((status) => status.startsWith('2')))
      t.same(responses['default']?.content?.['application/problem+json']?.schema, {
        $ref: '#/components/schemas/Problem',
      })
    }
  },
)

t.test('describes every part of every address', async (t) => {
  for (const { path, parameters = [] } of operationsOf(await readContract(await world(t)))) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const described = parameters.filter((one) => one.in === 'path').map((one) => one.name)
    t.same(described.sort(), named.sort())
  }
})

t.test('refers only to schemas that are there', async (t) => {
  const contract = await readContract(await world(t))
  const names = [...JSON.stringify(contract).matchAll(/"#\/components\/schemas\/([^"]+)"/g)]
  t.ok(names.length > 20)
  for (const [, name] of names) t.ok(contract.components.schemas[name!], String(name))
})

t.test('has sound schemas only', async (t) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const schemas = schemasIn(await readContract(await world(t)))
  t.ok(schemas.length > 50)
  for (const schema of schemas)
    t.ok(ajv.validateSchema(schema), `${JSON.stringify(schema)}: ${ajv.errorsText()}`)
})

/** Every schema of the document: of parameters, bodies, answers, and those with a name. */
function schemasIn(contract: Contract) {
  const schemas: object[] = Object.values(contract.components.schemas)
  JSON.stringify(contract.paths, (name, value) => {
    if (name === 'schema') schemas.push(value as object)
    return value as unknown
  })
  return schemas
}
