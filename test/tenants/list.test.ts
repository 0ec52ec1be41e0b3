import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { createTenant, deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import { MAX_DEPTH } from '../../src/tenants/places.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import { anyTenant } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { watchQueries } from '../support/plan.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'
import { PROGRAM } from '../support/any-tenant.ts'

/** The names of the rows on a page, in order; those of links that stand for more rows too. */
const namesOn = (html: string) =>
  [...html.matchAll(/<a (?:class="name"|href="[^"]*" hx-get)[^>]*>(.*?)<\/a>/g)].map((match) =>
    match[1]!.replace(/<[^>]+>/g, ''),
  )

const addChildren = ({ db, actor }: World, parent_id: number, names: string[]) =>
  operation(db, actor, 'test.add', async (tx) => {
    for (const name of names)
      await createTenant(tx, anyTenant(parent_id), { name, kind: 'location', description: '' })
  })

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `Site ${String(index + 1).padStart(3, '0')}`)

t.test('has an indent for every level that a tree may have', async (t) => {
  const { alice } = await world(t)
  const [address] = /\/public\/[^"]*app[^"]*\.css[^"]*/.exec((await alice.get('/tenants')).body)!
  const { body } = await alice.get(address)
  for (let level = 2; level <= MAX_DEPTH; level++)
    t.match(body, new RegExp(`aria-level='${level}'\\] th \\{\\s*--level: ${level};`))
})

t.test('lists the top of the tree by name, and says how many tenants there are', async (t) => {
  const { alice } = await world(t)
  const { statusCode, body } = await alice.get('/tenants')
  t.equal(statusCode, 200)
  t.match(body, '5 tenants under management')
  t.same(namesOn(body), ['Acme', 'Northwind MSP', 'Rival'])
  t.notMatch(body, /<a class="name" href="\/tenants\/1"/, 'All tenants is not a tenant')
})

t.test('shows the branches that the address has open, at their level', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get(`/tenants?open=${ACME}.${ACME_LEEDS}`)
  t.same(namesOn(body), ['Acme', 'Leeds office', 'Legal', 'Northwind MSP', 'Rival'])
  t.match(body, /id="t5" aria-level="3" aria-posinset="1" aria-setsize="1">/)
  t.match(body, /id="t3" aria-level="1"[^>]* aria-expanded="true"/)
})

t.test('opens and closes a branch by links', async (t) => {
  const { alice } = await world(t)
  const closed = await alice.get('/tenants?sort=-name')
  t.match(closed.body, 'href="/tenants?sort=-name&amp;open=3" aria-label="Open Acme"')
  const open = await alice.get('/tenants?sort=-name&open=3.4')
  t.match(open.body, 'href="/tenants?sort=-name&amp;open=4" aria-label="Close Acme"')
})

t.test('gives the children of a branch as rows of their own', async (t) => {
  const { alice } = await world(t)
  const { statusCode, body } = await alice.get(
    `/tenants/${ACME}/children?level=2&open=${ACME_LEEDS}`,
  )
  t.equal(statusCode, 200)
  t.notMatch(body, '<html')
  t.same(namesOn(body), ['Leeds office', 'Legal'])
  t.match(body, /id="t5" aria-level="3"/)
})

t.test('shows a long branch page by page, each tenant once', async (t) => {
  const here = await world(t)
  await addChildren(here, RIVAL, numbered(120))
  const first = await here.alice.get(`/tenants?open=${RIVAL}`)
  t.match(namesOn(first.body).at(-1), 'Show more of Rival')
  const seen = namesOn(first.body).filter((name) => name.startsWith('Site'))
  let body = first.body
  for (let link = moreLink(body, 'href'); link; link = moreLink(body, 'href')) {
    body = (await here.alice.get(link)).body
    seen.push(...namesOn(body).filter((name) => name.startsWith('Site')))
  }
  t.same(seen, numbered(120))
})

t.test('puts the next rows of a branch in the place of the link to them', async (t) => {
  const here = await world(t)
  await addChildren(here, RIVAL, numbered(60))
  const { body } = await here.alice.get(`/tenants?open=${RIVAL}`)
  const more = await here.alice.get(moreLink(body, 'hx-get')!)
  t.same(namesOn(more.body), numbered(60).slice(50))
  t.match(more.body, /aria-level="2" aria-posinset="51" aria-setsize="60"/)
})

const moreLink = (html: string, attribute: string) => {
  const row = /<tr class="more".*?<\/tr>/s.exec(html)?.[0] ?? ''
  return new RegExp(`${attribute}="([^"]+)"`).exec(row)?.[1]?.replaceAll('&amp;', '&')
}

t.test('sorts each branch as asked, from either end, page by page', async (t) => {
  const here = await world(t)
  const names = numbered(55)
  await addChildren(here, RIVAL, names)
  for (const sort of ['name', 'slug', 'kind', 'children', 'overrides']) {
    const ends = { '': names, '-': names.toReversed() }
    for (const [sign, expected] of Object.entries(ends)) {
      const { body } = await here.alice.get(`/tenants?branch=${RIVAL}&sort=${sign}${sort}`)
      const next = await here.alice.get(moreLink(body, 'href')!)
      t.same([...namesOn(body).slice(0, 50), ...namesOn(next.body)], expected, sign + sort)
    }
  }
})

t.test('says in the head of the column what it is sorted by', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get('/tenants?sort=-children')
  t.match(body, /aria-sort="descending"><a href="\/tenants\?sort=children" data-sorted>Children/)
  t.equal(body.match(/aria-sort/g)?.length, 1)
  t.equal(namesOn(body)[0], 'Acme')
})

t.test('shows one branch as a page of its own', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get(`/tenants?branch=${ACME}`)
  t.same(namesOn(body), ['Leeds office'])
  t.match(body, 'href="/tenants/new?parent=3"')
  t.equal((await alice.get('/tenants?branch=999')).statusCode, 404)
})

t.test('reads what cannot be read in an address as not said', async (t) => {
  const { alice } = await world(t)
  const odd = '/tenants?open=x.3.3.-1&sort=banana&kind=king&active=2&branch=no&overrides=yes&q='
  const { statusCode, body } = await alice.get(odd)
  t.equal(statusCode, 200)
  t.same(namesOn(body), ['Acme', 'Leeds office', 'Northwind MSP', 'Rival'])
  const twice = await alice.get('/tenants?kind=msp&kind=client')
  t.same(namesOn(twice.body), ['Northwind MSP'])
})

t.test('refuses a place in the list that is none, and a branch that is none', async (t) => {
  const { alice } = await world(t)
  t.equal((await alice.get('/tenants?after=nonsense')).statusCode, 422)
  t.equal((await alice.get('/tenants/3/children?after=W10')).statusCode, 422)
  t.equal((await alice.get('/tenants/999/children')).statusCode, 404)
  t.equal((await alice.get('/tenants/x/children')).statusCode, 404)
})

t.test('marks what is not active, and shows what is set here and below', async (t) => {
  const { alice, db, actor } = await world(t)
  await operation(db, actor, 'test.set', async (tx) => {
    await updateTenant(tx, RIVAL, { active: false })
    const operation_id = tx.operation.id
    for (const tenant_id of [ACME, ACME_LEEDS])
      await tx
        .insertInto('preference_entry')
        .values({ tenant_id: anyTenant(tenant_id), key: 'time_zone', form: 'reset', operation_id })
        .execute()
  })
  const { body } = await alice.get('/tenants')
  t.match(body, /Rival<\/bdi>.*Inactive/)
  t.match(body, /<td>1 \/ 1<\/td>/)
})

t.test('shows names as text, whatever is in them', async (t) => {
  const here = await world(t)
  await addChildren(here, RIVAL, ['<img src=x>"&\'', 'x'.repeat(200), 'شركة النور'])
  const { body } = await here.alice.get(`/tenants?branch=${RIVAL}`)
  t.notMatch(body, '<img')
  t.match(body, '<bdi>&lt;img src=x&gt;&quot;&amp;&#39;</bdi>')
  t.match(body, `<bdi>${'x'.repeat(200)}</bdi>`)
})

t.test('invites to add tenants where there are none', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get(`/tenants?branch=${RIVAL}`)
  t.match(body, 'has no child tenants yet')
  t.match(body, 'href="/tenants/import"')
})

t.test('says when there is nothing after a place in the list, and leads back', async (t) => {
  const { alice } = await world(t)
  const after = Buffer.from(JSON.stringify(['zzz', 9, 50])).toString('base64url')
  const { body } = await alice.get(`/tenants?branch=${ACME}&after=${after}`)
  t.match(body, 'There are no more tenants here')
  t.match(body, 'href="/tenants?branch=3">Back to the first')
})

t.test('asks the database as often for twenty rows as for ten', async (t) => {
  const here = await world(t)
  const queries = watchQueries(here.db)
  const counts = []
  for (const names of [numbered(10), numbered(20).slice(10)]) {
    await addChildren(here, ROOT_ID, names)
    await addChildren(here, RIVAL, names)
    queries.length = 0
    await here.alice.get(`/tenants?open=${RIVAL}`)
    await here.alice.get('/tenants?q=site')
    await here.alice.get('/tenants?kind=location')
    counts.push(queries.length)
  }
  t.equal(counts[0], counts[1])
})

t.test('says how many match, or that there are more than are shown', async (t) => {
  const w = await world(t)
  await addChildren(w, RIVAL, numbered(51))
  const lead = async (query: string) => mainText((await w.alice.get(`/tenants${query}`)).body)
  t.match(await lead('?q=acme'), '3 match')
  t.match(await lead('?q=site'), 'More than 50 match')
  t.notMatch(await lead(''), / match/)
})

t.test('says what to begin with while there is only the first tenant', async (t) => {
  const { alice, db, actor } = await world(t)
  const list = async () => (await alice.get('/tenants')).body
  t.notMatch(await list(), 'Begin here')
  await operation(db, actor, 'test.delete', async (tx) => {
    for (const id of [ACME_LEGAL, ACME_LEEDS, ACME, RIVAL]) await deleteTenant(tx, PROGRAM, id)
  })
  t.match(mainText(await list()), 'Begin here Import a CSV New client Set defaults for everybody')
})
