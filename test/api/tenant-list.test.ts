import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import { checkedApi } from '../support/contract.ts'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'
import { anyTenant } from '../support/any-tenant.ts'

type Page = {
  tenants: { id: number; name: string; path: { name: string }[] }[]
  next_cursor: string
}

/** Adds `count` children, with names that sort in between one another. */
const addChildren = ({ db, actor }: World, parent_id: number, count: number, prefix: string) =>
  operation(db, actor, 'test.children', async (tx) => {
    for (let number = 0; number < count; number++) {
      const name = `${prefix} ${(number * 37) % count}`
      await createTenant(tx, anyTenant(parent_id), { name, kind: 'location', description: '' })
    }
  })

/** Reads a list to its end, with something happening between its pages. */
async function walk(w: World, address: string, between = async () => {}) {
  const names: string[] = []
  for (let cursor = ''; ;) {
    const answer = await w.api.get(`${address}${cursor && `&cursor=${cursor}`}`)
    const { tenants, next_cursor } = answer.json<Page>()
    names.push(...tenants.map((tenant) => tenant.name))
    if (next_cursor === null) return names
    cursor = next_cursor
    await between()
  }
}

t.test('lists every tenant by name, but never "All tenants"', async (t) => {
  const api = await checkedApi(t, await world(t))
  const { tenants, next_cursor } = (await api.get('/tenants')).json<Page>()
  t.same(
    tenants.map((tenant) => tenant.name),
    ['Acme', 'Leeds office', 'Legal', 'Northwind MSP', 'Rival'],
  )
  t.equal(next_cursor, null)
})

t.test('lists a tenant just as it is by itself', async (t) => {
  const api = await checkedApi(t, await world(t))
  for (const address of ['/tenants', `/tenants?parent_id=${ACME}`]) {
    const { tenants } = (await api.get(address)).json<Page>()
    for (const tenant of tenants) t.same(tenant, (await api.get(`/tenants/${tenant.id}`)).json())
  }
})

t.test('lists the children of one tenant, or of the root', async (t) => {
  const api = await checkedApi(t, await world(t))
  const names = async (query: string) =>
    (await api.get(`/tenants?${query}`)).json<Page>().tenants.map((tenant) => tenant.name)
  t.same(await names('parent_id=root'), ['Acme', 'Northwind MSP', 'Rival'])
  t.same(await names(`parent_id=${ACME}`), ['Leeds office'])
  t.same(await names(`parent_id=${RIVAL}`), [])
  t.equal((await api.get('/tenants?parent_id=999')).statusCode, 404)
})

t.test('filters by kind and by a part of name or slug, anywhere or below one tenant', async (t) => {
  const api = await checkedApi(t, await world(t))
  const names = async (query: string) =>
    (await api.get(`/tenants?${query}`)).json<Page>().tenants.map((tenant) => tenant.name)
  t.same(await names('kind=client'), ['Acme', 'Rival'])
  t.same(await names('parent_id=root&kind=msp'), ['Northwind MSP'])
  t.same(await names('q=OFFICE'), ['Leeds office'])
  t.same(await names('q=acme-lee'), ['Leeds office', 'Legal'])
  t.same(await names(`parent_id=${ACME_LEEDS}&q=acme-lee`), ['Legal'])
  t.same(await names('parent_id=root&q=a'), ['Acme'])
  t.same(await names('q=acme&kind=client'), ['Acme'])
  t.same(await names('q=%22%25_*'), [])
})

t.test('walks over every row exactly once while others are inserted', async (t) => {
  const w = await world(t)
  await addChildren(w, RIVAL, 97, 'Room')
  const rooms = Array.from({ length: 97 }, (_, number) => `Room ${number}`).sort()
  for (const query of [`parent_id=${RIVAL}`, 'kind=location', 'q=room']) {
    let added = 0
    const names = await walk(w, `/tenants?${query}&limit=10`, () =>
      addChildren(w, RIVAL, 3, `Room ${(added += 9)}.`),
    )
    t.same(
      names.filter((name) => rooms.includes(name)),
      rooms,
      query,
    )
    t.equal(new Set(names).size, names.length)
    await removeAdded(w)
  }
})

/** Takes away what was inserted during a walk. */
const removeAdded = ({ db, actor }: World) =>
  operation(db, actor, 'test.tidy', (tx) =>
    everyTenantTx(tx).deleteFrom('tenant').where('name', 'like', 'Room %.%').execute(),
  )

t.test('gives 50 at a time unless asked for up to 200', async (t) => {
  const w = await world(t)
  const api = await checkedApi(t, w)
  await addChildren(w, RIVAL, 260, 'Room')
  const count = async (query: string) =>
    (await api.get(`/tenants?parent_id=${RIVAL}${query}`)).json<Page>().tenants.length
  t.equal(await count(''), 50)
  t.equal(await count('&limit=200'), 200)
  t.equal(await count('&limit=1'), 1)
})

t.test('names the parameter that it cannot take', async (t) => {
  const api = await checkedApi(t, await world(t))
  const bad: Record<string, string[]> = {
    limit: ['0', '201', '1.5', 'ten', '', '5&limit=6'],
    cursor: ['x', '', 'WzFd', 'W10&cursor=W10'],
    parent_id: ['x', '0', '3&parent_id=4'],
    kind: ['root', 'x', 'msp&kind=client'],
    q: ['a&q=b', 'x'.repeat(201)],
    unheard_of: ['1'],
  }
  for (const [name, values] of Object.entries(bad))
    for (const value of values) {
      const answer = await api.get(`/tenants?${name}=${value}`)
      t.equal(answer.statusCode, 422, `${name}=${value}`)
      t.ok(answer.json().errors[name], `${name}=${value}`)
    }
})

t.test('asks as few questions for 200 rows as for 20', async (t) => {
  const w = await world(t)
  await addChildren(w, RIVAL, 200, 'Room')
  const queries = watchQueries(w.db)
  const count = async (limit: number) => {
    queries.length = 0
    await w.api.get(`/tenants?parent_id=${RIVAL}&limit=${limit}`)
    return queries.length
  }
  const few = await count(20)
  t.ok(few > 0)
  t.equal(await count(200), few)
})

t.test('reads a page by indexes, without sorting', async (t) => {
  const w = await world(t)
  const queries = watchQueries(w.db)
  for (const query of ['', '&kind=client', '&q=ac', '&q=acme', '&cursor=WyJhIiwzXQ'])
    t.equal((await w.api.get(`/tenants?parent_id=root${query}`)).statusCode, 200)
  for (const query of queries) {
    const plan = planOf(w.path, query)
    t.same(fullScans(plan), [], query.sql)
    if (query.sql.includes('order by "tenant"."sort_key"'))
      t.notMatch(plan.join('\n'), 'TEMP B-TREE', query.sql)
  }
})
