import t from 'tap'
import { inTarget } from '../../src/computers/target.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { addCast } from '../support/cast.ts'
import { planOf, watchQueries } from '../support/plan.ts'
import { ACME, ACME_LEEDS, type World, world } from '../support/world.ts'

const filters: object[] = [
  {},
  { kind: 'server' },
  { platform: 'linux' },
  { q: 're' },
  { q: 'rec' },
  { seen: 'week' },
  { maintenance: 'excluded' },
  { maintenance: 'included', kind: 'portable' },
  { tenant_id: ACME_LEEDS },
  { tenant_id: ACME, without_children: true },
]

/** A group of each filter at a tenant; their ids. */
async function addGroups({ api }: World, tenant_id: number) {
  const ids: number[] = []
  for (const [index, filter] of filters.entries()) {
    const group = { tenant_id, name: `Group ${tenant_id} ${index}`, filter }
    ids.push((await api.post('/computer-groups', group)).json().id)
  }
  return ids
}

t.test('no page of a group, and no count of members, reads all computers', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const groups = [...(await addGroups(w, 1)), ...(await addGroups(w, ACME))]
  const seen = watchQueries(w.db)
  const own = groups.slice(filters.length)
  for (const [browser, ids] of [
    [w.alice, groups],
    [bob.browser, own],
  ] as const)
    for (const url of [
      '/computers/groups',
      ...ids.flatMap((id) => [`/computers/groups/${id}`, `/computers?group=${id}&q=pc-1`]),
    ]) {
      seen.length = 0
      t.equal((await browser.get(url)).statusCode, 200, url)
      for (const one of seen.filter(({ sql }) => sql.includes('"computer"."tab" ='))) {
        const plan = planOf(w.path, one).join('\n')
        t.notMatch(plan, /SCAN computer(?!_search)/, `${url}: ${plan}`)
      }
    }
})

t.test('a list of groups is read by their names', async (t) => {
  const w = await world(t)
  await addGroups(w, ACME)
  const seen = watchQueries(w.db)
  await w.alice.get('/computers/groups')
  const lists = seen.filter(({ sql }) => sql.includes('order by "computer_group"."name_key"'))
  t.ok(lists.length > 0)
  for (const one of lists) t.notMatch(planOf(w.path, one).join('\n'), 'TEMP B-TREE')
})

t.test('the condition of a target at a tenant looks at that tenant only', async (t) => {
  const w = await world(t)
  const groups = await addGroups(w, 1)
  for (const group_id of groups)
    for (const applies_to_children of [true, false]) {
      const target = { kind: 'group', group_id } as const
      const aim = { target, filter: 'servers', tenant_id: ACME, applies_to_children } as const
      const { condition } = await inTarget(w.db, aim, w.db.now())
      const query = everyTenant(w.db).selectFrom('computer').select('id').where(condition)
      const plan = planOf(w.path, query.compile()).join('\n')
      t.match(plan, /computer_of_top|computer_of_tenant|rowid=|computer_excluded/, plan)
      t.notMatch(plan, /SCAN computer(?!_search)/, plan)
    }
})
