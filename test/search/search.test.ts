import t from 'tap'
import { textOf } from '../support/html.ts'
import { addCast } from '../support/cast.ts'
import { ACME, ACME_LEEDS, world, type World } from '../support/world.ts'

const links = async ({ alice }: World, url: string) =>
  [...(await alice.get(url)).body.matchAll(/href="([^"]+)" data-hit/g)].map(([, href]) => href!)

t.test('finds tenants with their path, and pages', async (t) => {
  const w = await world(t)
  t.same(await links(w, '/search/results?q=leeds+o'), [`/tenants/${ACME_LEEDS}`])
  t.match(textOf((await w.alice.get('/search/results?q=leeds')).body), 'Leeds office Acme')
  t.same(await links(w, '/search/results?q=new+ten'), ['/tenants/new'])
})

t.test('finds people by name and address, users first, and only those in scope', async (t) => {
  const w = await world(t)
  const { bob, charlie, dana } = await addCast(w)
  const hits = async (who: typeof bob, q: string) =>
    [...(await who.browser.get(`/search/results?q=${q}`)).body.matchAll(/"(\/people\/\d+)"/g)].map(
      ([, href]) => href,
    )
  t.same(await hits(bob, 'dana'), [`/people/${dana.person_id}`])
  t.same(await hits(bob, 'dana.reader'), [`/people/${dana.person_id}`])
  t.same(await hits(charlie, 'dana'), [])
  const rest = { email: 'dan@acme.example', tenant_id: ACME }
  const { id } = (await w.api.post('/people', { name: 'Dana A', ...rest })).json()
  t.same(await hits(bob, 'dana'), [`/people/${dana.person_id}`, `/people/${id}`])
})

t.test('offers the pages as long as nothing is typed', async (t) => {
  const w = await world(t)
  const offered = await links(w, '/search/results?q=')
  for (const page of ['/tenants', '/tenants/new', '/account', '/tenants/root/preferences'])
    t.ok(offered.includes(page), page)
})

t.test('every page that is offered exists', async (t) => {
  const w = await world(t)
  for (const page of await links(w, '/search'))
    t.equal((await w.alice.get(page)).statusCode, 200, page)
})

t.test('works as a page with a form', async (t) => {
  const { alice } = await world(t)
  const { statusCode, body } = await alice.get('/search?q=acme')
  t.equal(statusCode, 200)
  t.match(body, '<form class="search-form" method="get" action="/search" role="search">')
  t.match(body, 'value="acme"')
  t.match(body, 'href="/tenants/3" data-hit')
})

t.test('the button that opens the search is a link to that page', async (t) => {
  const { alice } = await world(t)
  t.match((await alice.get('/tenants')).body, /<a [^>]*href="\/search"[^>]*data-palette/)
})

t.test('T12: shows what was searched for as text, and says that nothing was found', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get('/search?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E')
  t.match(textOf(body), 'Nothing is called “<img src=x onerror=alert(1)>”.')
  t.notMatch(body, '<img')
  t.equal((await alice.get(`/search?q=${'x'.repeat(201)}`)).statusCode, 422)
})
