import t from 'tap'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import { ACME, type World, world } from '../support/world.ts'

/** What SQLite does for each query of a page. */
async function plansOf({ alice, db, path }: World, urls: string[]) {
  const queries = watchQueries(db)
  for (const url of urls) await alice.get(url)
  return queries.map((query) => ({ sql: query.sql, plan: planOf(path, query) }))
}

const place = (...parts: (string | number)[]) =>
  Buffer.from(JSON.stringify(parts)).toString('base64url')

t.test('reads a branch in the order of an index, without sorting', async (t) => {
  const urls = ['name', 'slug', 'kind', 'children', 'overrides'].flatMap((by) =>
    ['', '-'].flatMap((sign) => [
      `/tenants?sort=${sign}${by}&open=${ACME}`,
      `/tenants?sort=${sign}${by}&after=${place('k', 3, 50)}`,
    ]),
  )
  for (const { sql, plan } of await plansOf(await world(t), urls)) {
    if (!sql.includes('order by')) continue
    t.same(fullScans(plan), [], sql)
    t.notMatch(plan.join('\n'), 'TEMP B-TREE', sql)
    t.match(plan.join('\n'), /SEARCH tenant USING INDEX tenant_by_\w+ \(parent_id=\?/, sql)
  }
})

t.test('filters and searches by indexes', async (t) => {
  const filters = ['kind=client', 'active=inactive', 'active=active', 'overrides=1']
  filters.push('kind=client&active=inactive', 'kind=client&overrides=1')
  const searches = ['q=le', 'q=lee', 'q=le&kind=client', 'q=lee&kind=client&active=inactive']
  const after = place('sort_key', 'k', 3)
  const urls = [...filters, ...searches].flatMap((query) => [
    `/tenants?${query}`,
    `/tenants?${query}&after=${after}`,
  ])
  for (const { sql, plan } of await plansOf(await world(t), urls)) {
    t.same(fullScans(plan), [], sql)
  }
})
