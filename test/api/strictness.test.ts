import t, { type Test } from 'tap'
import { readContract } from '../support/contract.ts'
import { type World, world } from '../support/world.ts'
import { type Write, writes } from './strict-writes.ts'

const FORBIDDEN = ['id', 'tenant_id', 'child_count', 'operation_id', 'name_key', 'unheard_of']

const send = ({ app, api }: World, { method, url }: Write, payload?: string, query = '') =>
  app.inject({
    method,
    url: `/api/v1${url}${query}`,
    headers: {
      authorization: `Bearer ${api.token}`,
      ...(payload && { 'content-type': 'application/json' }),
    },
    ...(payload && { payload }),
  })

const countOperations = async ({ db }: World) =>
  (await db.selectFrom('operation').select('id').execute()).length

/** That what `attempt` sends is refused as the client's mistake, at each write, and does nothing. */
async function refusesEverywhere(
  t: Test,
  attempts: (write: Write) => { payload?: string; query?: string }[],
) {
  const w = await world(t)
  for (const write of writes) {
    const before = await countOperations(w)
    for (const { payload, query } of attempts(write)) {
      const { statusCode } = await send(w, write, payload, query)
      const name = `${write.method} ${write.url}${query ?? ''} ${payload ?? ''}`
      t.ok(statusCode >= 400 && statusCode < 500, `${statusCode} for ${name}`)
    }
    t.equal(await countOperations(w), before)
    const sound = await send(w, write, write.body && JSON.stringify(write.body))
    t.ok(sound.statusCode < 300, `${sound.statusCode} for what is sound`)
  }
}

t.test('the list of writes below is complete', async (t) => {
  const { paths } = await readContract(await world(t))
  const published = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  t.same(
    published.filter((one) => !one.startsWith('GET ')).sort(),
    writes.map(({ method, path }) => `${method} /api/v1${path}`).sort(),
  )
})

t.test('T15: refuses fields that nobody may send, at every write', (t) =>
  refusesEverywhere(t, ({ body, takes = [] }) =>
    FORBIDDEN.filter((name) => !takes.includes(name)).map((name) => ({
      payload: JSON.stringify({ ...body, [name]: 7 }),
    })),
  ),
)

t.test('T15: refuses to touch the prototype of anything, at every write', (t) =>
  refusesEverywhere(t, ({ body = {} }) => {
    const rest = JSON.stringify(body).slice(1)
    const comma = rest === '}' ? '' : ','
    return [
      { payload: `{"__proto__":{"active":true}${comma}${rest}` },
      { payload: `{"constructor":{"prototype":{"active":true}}${comma}${rest}` },
      { payload: `{"\\u005f_proto__":{"active":true}${comma}${rest}` },
    ]
  }),
)

t.test('T15: refuses a field that is sent twice, at every write', (t) =>
  refusesEverywhere(t, ({ body = { name: 'x' } }) => {
    const [field] = Object.entries(body)
    const again = `${JSON.stringify(field![0])}:${JSON.stringify(field![1])}`
    return [{ payload: `{${again},${JSON.stringify(body).slice(1)}` }]
  }),
)

t.test('T15: refuses query parameters that are unknown or sent twice, at every write', (t) =>
  refusesEverywhere(t, ({ body }) =>
    ['?unheard_of=1', '?preview=false&preview=false', '?version=0&version=0', '?__proto__=1'].map(
      (query) => ({ query, ...(body && { payload: JSON.stringify(body) }) }),
    ),
  ),
)

t.test('T15: refuses a body that is no object, or no JSON, at every write', (t) =>
  refusesEverywhere(t, () =>
    ['[]', '[{}]', 'null', '"name"', '7', '{"name":', '{"name":"x"}}', ''.padEnd(3)].map(
      (payload) => ({ payload }),
    ),
  ),
)

t.test('answers malformed JSON with 400, and another kind of body with 415', async (t) => {
  const { app, api } = await world(t)
  const post = (type: string, payload: string) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/tenants',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': type },
      payload,
    })
  t.equal((await post('application/json', '{"name":')).statusCode, 400)
  t.equal((await post('application/json', '{"name":"a","name":"b"}')).statusCode, 400)
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/xml'])
    t.equal((await post(type, 'name=Delta')).statusCode, 415, type)
})

t.test('takes names and texts that look like JSON', async (t) => {
  const { api } = await world(t)
  const description = 'He said: "name": {"a": 1, "a": 2}, \\"b\\":'
  const answer = await api.post('/tenants', { name: 'A "quoted": name', description })
  t.equal(answer.statusCode, 201)
  t.equal(answer.json().description, description)
})

t.test('T17: answers what is nested deeply, or long, and soon', async (t) => {
  const { app, api } = await world(t)
  const post = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/tenants',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      payload,
    })
  const long = 500_000
  const nested = `${'{"name":['.repeat(long / 10)}1${']}'.repeat(long / 10)}`
  for (const payload of [
    nested,
    `${'['.repeat(long)}${']'.repeat(long)}`,
    `{"name":"${'x'.repeat(long)}"}`,
    `{"name":"${'\\\\'.repeat(long / 2)}"}`,
    `{"name":"${'\\"'.repeat(long / 2)}`,
    `{"name":"x"${' '.repeat(long)}}`,
    `{${'"name":'.repeat(long / 10)}`,
  ]) {
    const begun = performance.now()
    const { statusCode } = await post(payload)
    t.ok([201, 400, 422].includes(statusCode), String(statusCode))
    t.ok(performance.now() - begun < 1000, `${Math.round(performance.now() - begun)} ms`)
  }
})
