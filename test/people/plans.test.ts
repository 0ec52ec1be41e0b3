import t from 'tap'
import { addUser } from '../support/cast.ts'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import { ACME, type World, world } from '../support/world.ts'

/** What SQLite does for the queries that list people. */
async function plansOf({ db, path }: World, by: World['alice'], urls: string[]) {
  const queries = watchQueries(db)
  for (const url of urls) await by.get(url)
  return queries
    .filter(({ sql }) => sql.includes('order by "person"'))
    .map((query) => planOf(path, query).join('\n'))
}

const pages = (by: string) => [`/people?sort=${by}`, `/people?sort=-${by}`]

t.test('lists everybody in the order of an index', async (t) => {
  const w = await world(t)
  for (const by of ['name', 'email', 'tenant'])
    for (const plan of await plansOf(w, w.alice, pages(by))) {
      t.match(plan, `SCAN person USING INDEX person_by_${by}`)
      t.notMatch(plan, 'TEMP B-TREE')
    }
})

t.test('lists the people of one client through the index of its branch', async (t) => {
  const w = await world(t)
  const bob = await addUser(w, ACME, 'Bob Technician', 'technician')
  for (const by of ['name', 'email', 'tenant'])
    for (const plan of await plansOf(w, bob.browser, pages(by))) {
      t.match(plan, new RegExp(`SEARCH person USING INDEX person_of_top_by_${by} \\(top_id=\\?`))
      t.notMatch(plan, 'TEMP B-TREE')
    }
})

t.test(
  'reads those whom the index of trigrams has found, and no table from end to end',
  async (t) => {
    const w = await world(t)
    const [found] = await plansOf(w, w.alice, ['/people?q=alic'])
    t.match(found, /SCAN json_each[\s\S]*SEARCH person USING INTEGER PRIMARY KEY/)
    const urls = ['q=al', 'role=none', 'role=1', 'state=invited', 'source=imported', 'tenant=acme']
    for (const plan of await plansOf(
      w,
      w.alice,
      urls.map((query) => `/people?${query}`),
    ))
      t.same(fullScans(plan.split('\n')), [])
  },
)
