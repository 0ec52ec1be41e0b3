import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { addCast, addUser } from '../support/cast.ts'
import { anyTenant } from '../support/any-tenant.ts'
import { mainText } from '../support/html.ts'
import { planOf, watchQueries } from '../support/plan.ts'
import { makeTag } from '../support/tags.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

const PAGES = ['/computers', '/people', '/tenants', '/tags', '/computers/groups/new']

/** Makes tags "n 001", "n 002", … at a tenant. */
const makeMany = ({ db, actor }: World, tenant: number, number: number) =>
  operation(db, actor, 'test.tags', async (tx) => {
    for (let n = 1; n <= number; n++) {
      const name = `n ${String(n).padStart(3, '0')}`
      await tx
        .insertInto('tag')
        .values({ tenant_id: anyTenant(tenant), name, name_key: name, color: 'blue' })
        .execute()
    }
  })

/** The options of the choice of a tag on a page. */
const offered = (body: string) =>
  [
    ...(/<select[^>]* name="tag"[^>]*>(.*?)<\/select>/s
      .exec(body)?.[1]
      ?.matchAll(/<option value="(\d+)"/g) ?? []),
  ].map(([, id]) => Number(id))

t.test('reads tags through an index on every page, whoever looks', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const queries = watchQueries(w.db)
  for (const page of PAGES) for (const one of [w.alice, bob.browser]) await one.get(page)
  await w.api.get('/tags')
  const found = queries.filter(({ sql }) => /(from|join) "tag"/.test(sql))
  t.ok(found.length > PAGES.length)
  for (const query of found) {
    const plan = planOf(w.path, query)
    t.same(
      plan.filter((step) => /^SCAN (tag|next|made|below|head|shut)$/.test(step)),
      [],
      query.sql,
    )
  }
})

t.test(
  'reads for whom a part is visible only the tags that were made there and above',
  async (t) => {
    const w = await world(t)
    const { bob } = await addCast(w)
    const queries = watchQueries(w.db)
    await bob.browser.get('/computers')
    const [query, ...more] = queries.filter(({ sql }) => sql.includes('"tag" as "next"'))
    t.same(more, [])
    const plan = planOf(w.path, query!).join('\n')
    t.match(plan, /SEARCH next USING COVERING INDEX \w+ \(tenant_id=\? AND name_key>\?\)/)
    t.match(plan, /SEARCH below USING COVERING INDEX tenant_of_top_by_name \(top_id=\?\)/)
    t.notMatch(plan, /SCAN (tag|next|made|below|head|shut)\b/)
  },
)

t.test('offers the first 200 tags by name, and the one that is chosen', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await makeMany(w, ACME, 230)
  const last = await makeTag(w, ACME, 'Zebra')
  for (const page of ['/computers', '/people', '/tenants'])
    for (const who of [w.alice, bob.browser]) {
      t.equal(offered((await who.get(page)).body).length, 200, page)
      const chosen = offered((await who.get(`${page}?tag=${last.id}`)).body)
      t.same([chosen.length, chosen.at(-1)], [201, last.id], page)
    }
})

t.test('offers nothing of what others made, however early in the alphabet', async (t) => {
  const w = await world(t)
  const { charlie, bob } = await addCast(w)
  await makeMany(w, ACME, 230)
  const own = await makeTag(w, RIVAL, 'Zebra')
  const above = await makeTag(w, 1, 'Yak')
  t.same(offered((await charlie.browser.get('/computers')).body), [above.id, own.id])
  const { body } = await bob.browser.get(`/computers?tag=${own.id}`)
  t.match(body, 'A tag that is gone')
  t.notMatch(body, 'Zebra')
})

t.test('a program reads all tags page by page, each once and by name', async (t) => {
  const w = await world(t)
  await makeMany(w, ACME, 25)
  const read: string[] = []
  let query = '?limit=10'
  for (let cursor: string | null = ''; cursor !== null; query = `?limit=10&cursor=${cursor}`) {
    const page = (await w.api.get(`/tags${query}`)).json()
    read.push(...page.tags.map(({ name }: { name: string }) => name))
    t.ok(page.tags.length <= 10)
    cursor = page.next_cursor
  }
  t.same(read, [...new Set(read)].toSorted())
  t.equal(read.length, 25)
})

t.test(
  'lists the tags that one may manage page by page, and finds them by a part of the name',
  async (t) => {
    const w = await world(t)
    await makeMany(w, ACME, 60)
    await makeTag(w, RIVAL, 'Zebra')
    const ada = (await addUser(w, ACME, 'Ada Admin', 'administrator')).browser
    const first = (await ada.get('/tags')).body
    const next = /<a [^>]*href="([^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll('&amp;', '&')
    const second = (await ada.get(next!)).body
    const names = [first, second].flatMap((page) =>
      [...mainText(page).matchAll(/n \d{3}/g)].map(String),
    )
    t.equal(new Set(names).size, 60)
    t.notMatch(second, /rel="next"|Zebra/)
    t.match(mainText((await ada.get('/tags?q=N+04')).body), /n 040[^]*n 049/)
    t.match(mainText((await ada.get('/tags?q=zebra')).body), 'No tag matches.')
    t.match(mainText((await w.alice.get('/tags?q=EBR')).body), 'Zebra')
  },
)
