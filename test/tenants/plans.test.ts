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
  const isOfBranch = ({ sql }: { sql: string }) =>
    /where "tenant"."parent_id" = .* order by/.test(sql)
  const found = (await plansOf(await world(t), urls)).filter(isOfBranch)
  t.ok(found.length >= urls.length, 'each page reads its branch')
  for (const { sql, plan } of found) {
    t.same(fullScans(plan), [], sql)
    t.notMatch(plan.join('\n'), 'TEMP B-TREE', sql)
    t.match(plan.join('\n'), /SEARCH tenant USING INDEX tenant_by_\w+ \(parent_id=\?/, sql)
  }
})

t.test('filters through the index that holds the fewest', async (t) => {
  const indexes = {
    'kind=client': 'tenant_of_kind',
    'active=active': 'tenant_all_by_name',
    'active=inactive': 'tenant_inactive',
    'overrides=1': 'tenant_overriding',
    'kind=client&active=inactive': 'tenant_inactive_of_kind',
    'kind=client&overrides=1': 'tenant_overriding_of_kind',
    'q=le': 'tenant_all_by_name',
    'q=le&kind=client': 'tenant_of_kind',
  }
  const here = await world(t)
  const after = place('sort_key', 'k', 3)
  for (const [query, index] of Object.entries(indexes)) {
    const urls = [`/tenants?${query}`, `/tenants?${query}&after=${after}&sort=-name`]
    const found = (await plansOf(here, urls)).filter(({ sql }) =>
      sql.includes('by "tenant"."sort_key"'),
    )
    t.equal(found.length, 2)
    for (const { plan } of found)
      t.match(
        plan.join(),
        new RegExp(`^(SEARCH|SCAN) tenant USING INDEX ${index}( [^,]*)?$`),
        query,
      )
  }
})

t.test('searches through the index of trigrams, whatever else is asked', async (t) => {
  const here = await world(t)
  for (const query of ['q=lee', 'q=lee&kind=client', 'q=lee&active=inactive&overrides=1']) {
    const plans = await plansOf(here, [`/tenants?${query}`])
    const joined = plans.filter(({ sql }) =>
      sql.includes('cross join "tenant" where "tenant"."id" = "hit"'),
    )
    t.equal(joined.length, 1, query)
    t.match(
      joined[0]!.plan.join(),
      /SCAN tenant_search VIRTUAL TABLE.*SEARCH tenant USING INTEGER PRIMARY KEY/,
    )
  }
})

t.test('reads no table of tenants from end to end', async (t) => {
  const queries = ['q=le', 'q=lee', 'q=xyz&kind=client', `branch=${ACME}`, 'kind=msp&q=n']
  const urls = queries.flatMap((query) => [`/tenants?${query}`, `/tenants?${query}&sort=-name`])
  for (const { sql, plan } of await plansOf(await world(t), urls)) t.same(fullScans(plan), [], sql)
})
