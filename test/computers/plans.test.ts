import t from 'tap'
import { addCast } from '../support/cast.ts'
import { planOf, watchQueries } from '../support/plan.ts'
import { world } from '../support/world.ts'

const place = Buffer.from(JSON.stringify(['k', 3])).toString('base64url')

const queries = [
  '',
  'sort=-name',
  'sort=system',
  'sort=-seen',
  'kind=server',
  'platform=linux',
  'tenant=acme',
  'tenant=acme&only=1',
  'tenant=acme-leeds',
  'seen=week&sort=seen',
  'q=re',
  'q=rec',
]

t.test('no list of computers reads them all, or sorts what an index holds in order', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const seen = watchQueries(w.db)
  for (const browser of [w.alice, bob.browser])
    for (const query of queries)
      for (const after of ['', `&after=${place}`]) {
        seen.length = 0
        t.ok((await browser.get(`/computers?${query}${after}`)).statusCode < 300, query)
        for (const one of seen.filter(({ sql }) => sql.includes('"computer"."tab" ='))) {
          const plan = planOf(w.path, one).join('\n')
          t.notMatch(plan, /SCAN computer(?!_search)/, `${query}: ${plan}`)
          // What a branch or a text has is sorted; there are few, or they are of one client.
          const is_few = /q=rec|tenant=/.test(query) || browser === bob.browser
          if (!is_few) t.notMatch(plan, 'TEMP B-TREE', `${query}: ${plan}`)
        }
      }
})
