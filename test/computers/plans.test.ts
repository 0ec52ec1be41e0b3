import t from 'tap'
import { createComputer } from '../../src/computers/commands.ts'
import { operation } from '../../src/db/operation.ts'
import { addCast } from '../support/cast.ts'
import { planOf, watchQueries } from '../support/plan.ts'
import { FACTS, addComputer } from '../support/computers.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, type World, world } from '../support/world.ts'

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
  'tag=1',
  'tag=2',
  'tag=2&q=re',
]

/** A tag of one computer, and one that covers more than are looked up one by one. */
async function tagMany(w: World) {
  const few = await makeTag(w, 1, 'Few')
  await tagIt(w, few, { computer: await addComputer(w, ACME, { name: 'One' }) })
  const many = await makeTag(w, 1, 'Many')
  await tagIt(w, many, { tenant: ACME })
  await operation(w.db, w.actor, 'test', async (tx) => {
    for (let number = 0; number < 1001; number++)
      await createComputer(
        tx,
        ACME,
        { ...FACTS, name: `PC ${number}`, primary_person_id: null },
        'typed',
      )
  })
}

t.test('no list of computers reads them all, or sorts what an index holds in order', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await tagMany(w)
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
          const is_few = /q=rec|tenant=|tag=1/.test(query) || browser === bob.browser
          if (!is_few) t.notMatch(plan, 'TEMP B-TREE', `${query}: ${plan}`)
        }
      }
})

t.test('looks along the index of a place for what is wanted there', async (t) => {
  const w = await world(t)
  const seen = watchQueries(w.db)
  for (const [place, index] of [
    ['tenant=acme', 'computer_of_top'],
    ['tenant=acme-leeds', 'computer_of_top'],
    ['tenant=acme&only=1', 'computer_of_tenant'],
  ]) {
    seen.length = 0
    await w.alice.get(`/computers?${place}&kind=server&platform=linux`)
    const lists = seen.filter(({ sql }) => sql.includes('"computer"."tab" = +?'))
    const plans = lists.map((one) => planOf(w.path, one).join('\n'))
    t.ok(
      plans.some((plan) => plan.includes(index!)),
      `${place}: ${plans.join('\n')}`,
    )
  }
})

t.test('as many queries list ten computers as twenty, whatever tags they carry', async (t) => {
  const w = await world(t)
  const tag = await makeTag(w, 1, 'VIP')
  const seen = watchQueries(w.db)
  const counts: number[] = []
  for (let computers = 1; computers <= 20; computers++) {
    await tagIt(w, tag, { computer: await addComputer(w, ACME, { name: `PC ${computers}` }) })
    if (computers % 10 > 0) continue
    seen.length = 0
    await w.alice.get('/computers')
    counts.push(seen.length)
  }
  t.equal(counts[0], counts[1])
})
