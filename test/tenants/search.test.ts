import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { createTenant, updateTenant } from '../../src/tenants/commands.ts'
import { markMatch } from '../../src/tenants/marks.ts'
import { anyTenant } from '../support/cast.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

/** The slugs of the rows on a page, in order. */
const slugsOn = (html: string) =>
  [...html.matchAll(/<code>(.*?)<\/code>/g)].map((match) => match[1]!.replace(/<[^>]+>/g, ''))

const add = ({ db, actor }: World, names: [name: string, slug?: string][], parent_id = RIVAL) =>
  operation(db, actor, 'test.add', async (tx) => {
    for (const [name, slug] of names)
      await createTenant(tx, parent_id, { name, slug, kind: 'location', description: '' })
  })

t.test('finds part of a name anywhere in the tree, and shows the way to it', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get('/tenants?q=EGA')
  t.same(slugsOn(body), ['acme-leeds-legal'])
  t.match(body, 'L<mark>ega</mark>l')
  t.match(body, '<a href="/tenants/3"><bdi>Acme</bdi></a> / <a href="/tenants/4">')
  t.match(body, 'All 1 that match')
})

t.test('finds part of a slug, and marks it there', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get('/tenants?q=me-leeds')
  t.same(slugsOn(body), ['acme-leeds', 'acme-leeds-legal'])
  t.match(body, 'ac<mark>me-leeds</mark>')
})

t.test('looks for one or two letters at the beginning only, names first', async (t) => {
  const here = await world(t)
  await add(here, [['Leather'], ['Zebra', 'le-zebra'], ['Apple']])
  const { body } = await here.alice.get('/tenants?q=LE')
  t.same(slugsOn(body), ['leather', 'acme-leeds', 'acme-leeds-legal', 'le-zebra'])
})

t.test('finds names whatever their accents, letters and script', async (t) => {
  const here = await world(t)
  await add(here, [
    ['Łódź Optyka', 'a'],
    ['Straßen GmbH', 'b'],
    ['株式会社ノースウィンド', 'c'],
  ])
  for (const [q, slug] of [
    ['lodz', 'a'],
    ['ŁÓDŹ opt', 'a'],
    ['strasse', 'b'],
    ['ノースウ', 'c'],
    ['会社', null],
  ])
    t.same(
      slugsOn((await here.alice.get(`/tenants?q=${encodeURIComponent(q!)}`)).body),
      slug ? [slug] : [],
      q!,
    )
})

t.test('takes every sign of a search as a letter', async (t) => {
  const here = await world(t)
  await add(here, [['50 % "off" AND *'], ["O'Neill"]])
  const found = async (q: string) =>
    slugsOn((await here.alice.get(`/tenants?q=${encodeURIComponent(q)}`)).body).length
  for (const q of ['0 % "', '" AND', ' and *', "o'neill"]) t.equal(await found(q), 1, q)
  for (const q of ['%%%', '___', 'acme OR rival', '"', '""""', '\0', 'a\0b\0c'])
    t.equal(await found(q), q === '\0' ? 3 : 0, JSON.stringify(q))
})

t.test('filters by kind, by activity, and by having overrides', async (t) => {
  const { alice, db, actor } = await world(t)
  await operation(db, actor, 'test.set', async (tx) => {
    await updateTenant(tx, RIVAL, { active: false })
    const operation_id = tx.operation.id
    await tx
      .insertInto('preference_entry')
      .values({ tenant_id: anyTenant(ACME), key: 'time_zone', form: 'reset', operation_id })
      .execute()
  })
  const found = async (query: string) => slugsOn((await alice.get(`/tenants?${query}`)).body)
  t.same(await found('kind=client'), ['acme', 'rival'])
  t.same(await found('active=inactive'), ['rival'])
  t.same(await found('kind=client&active=active'), ['acme'])
  t.same(await found('overrides=1'), ['acme'])
  t.same(await found('kind=client&overrides=1&active=inactive'), [])
  t.same(await found('kind=department&q=acme'), ['acme-leeds-legal'])
})

t.test('keeps the filter in the export and in what is done with all that match', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get('/tenants?q=acm&kind=client')
  t.match(body, 'href="/tenants/export.csv?q=acm&amp;kind=client"')
  t.match(body, '<input type="hidden" name="q" value="acm">')
  t.match(body, '<input type="hidden" name="kind" value="client">')
})

t.test('says when nothing matches, and leads back', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get('/tenants?q=nowhere')
  t.match(body, 'No tenant matches')
  t.match(body, 'href="/tenants">Show all tenants')
})

t.test('pages through matches, from either end, each once', async (t) => {
  const here = await world(t)
  const slugs = Array.from({ length: 130 }, (_, index) => `site-${1000 + index}`)
  await add(
    here,
    slugs.map((slug) => [slug]),
  )
  for (const q of ['site-1', 'si', 'kind=location']) {
    for (const sort of ['name', '-name']) {
      const query = q.includes('=') ? q : `q=${q}`
      const seen = await allPages(here, `/tenants?${query}&sort=${sort}`)
      t.same(seen, sort === 'name' ? slugs : slugs.toReversed(), `${q} ${sort}`)
    }
  }
})

t.test('goes from names on to slugs across pages', async (t) => {
  const here = await world(t)
  const names = Array.from({ length: 45 }, (_, index) => `xy-${100 + index}`)
  const slugs = Array.from({ length: 70 }, (_, index) => `xy-other-${100 + index}`)
  await add(
    here,
    names.map((name) => [name]),
  )
  await add(
    here,
    slugs.map((slug, index) => [`Other ${index}`, slug]),
  )
  t.same(await allPages(here, '/tenants?q=xy'), [...names, ...slugs])
})

t.test('finds what is frequent as well as what is rare', async (t) => {
  const here = await world(t)
  const slugs = Array.from({ length: 1100 }, (_, index) => `branch-${1000 + index}`)
  await add(
    here,
    slugs.map((slug) => [slug]),
    ACME_LEEDS,
  )
  const { body } = await here.alice.get('/tenants?q=ranch')
  t.same(slugsOn(body), slugs.slice(0, 50))
  t.match(body, 'All that match')
  t.same(slugsOn((await here.alice.get('/tenants?q=ranch-2099')).body), ['branch-2099'])
})

async function allPages({ alice }: World, url: string) {
  const seen: string[] = []
  for (let next: string | undefined = url; next;) {
    const { body } = await alice.get(next)
    seen.push(...slugsOn(body))
    next = /href="([^"]+)">Next matches/.exec(body)?.[1]?.replaceAll('&amp;', '&')
  }
  return seen
}

t.test('marks a match where people wrote it otherwise than it was typed', async (t) => {
  t.same(markMatch('Łódź Optyka', 'odz'), ['Ł', 'ódź', ' Optyka'])
  t.same(markMatch('Straße 5', 'asse'), ['Str', 'aße', ' 5'])
  t.same(markMatch('Cafe\u0301 Noir', 'cafe'), ['', 'Cafe\u0301', ' Noir'])
  t.same(markMatch('Two  spaces', 'o s'), ['Tw', 'o  s', 'paces'])
  t.same(markMatch('株式会社', '会'), ['株式', '会', '社'])
  t.equal(markMatch('Acme', 'x'), null)
  t.equal(markMatch('Acme', ''), null)
})
