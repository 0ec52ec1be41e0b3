import t from 'tap'
import { addCast, addUser, roles } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import {
  ACME,
  ACME_LEEDS,
  ACME_LEGAL,
  NORTHWIND,
  RIVAL,
  type World,
  world,
} from '../support/world.ts'

type Person = Awaited<ReturnType<typeof addUser>>

/** Gives, or denies, something at a tenant, as Alice would. */
const assign = async ({ api }: World, { person_id }: Person, fields: object) => {
  const given = { person_id, role_id: roles.viewer, ...fields }
  if ((await api.post('/assignments', given)).statusCode !== 201) throw new Error('not assigned')
}

const denyAt = (w: World, person: Person, tenant_id: number) =>
  assign(w, person, { tenant_id, role_id: null, effect: 'deny' })

const list = async ({ browser }: Person, query = '') =>
  mainText((await browser.get(`/tenants${query}`)).body)

/** The ids in the list, in order. */
const rows = async ({ browser }: Person, query = '') =>
  [...(await browser.get(`/tenants${query}`)).body.matchAll(/<tr id="t(\d+)"/g)].map((row) =>
    Number(row[1]),
  )

const namesOf = async ({ api }: Person, query = '') =>
  (await api.get(`/tenants${query}`))
    .json()
    .tenants.map((tenant: { name: string }) => tenant.name) as string[]

t.test('begins the list with what its reader sees topmost', async (t) => {
  const w = await world(t)
  const { bob, charlie, vera } = await addCast(w)
  t.same(await rows(bob), [ACME])
  t.same(await rows(bob, `?open=${ACME}.${ACME_LEEDS}`), [ACME, ACME_LEEDS, ACME_LEGAL])
  t.match(await list(bob), /3 tenants under management/)
  t.same(await rows(charlie), [RIVAL])
  t.same(await rows(vera), [ACME, NORTHWIND, RIVAL])
})

t.test('puts a branch that one was assigned beside one’s own, in order and by pages', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  await assign(w, charlie, { tenant_id: ACME_LEEDS })
  t.same(await rows(charlie), [ACME_LEEDS, RIVAL])
  t.same(await rows(charlie, '?sort=-name'), [RIVAL, ACME_LEEDS])
  t.match(await list(charlie), /3 tenants under management/)
  t.same(await rows(charlie, '?active=active'), [ACME_LEEDS, ACME_LEGAL, RIVAL])
  const next = (await charlie.api.get('/tenants?limit=2')).json().next_cursor as string
  t.same(await namesOf(charlie, `?limit=2&cursor=${next}`), ['Rival'])
})

t.test('names what is above a tenant, and leads nobody there who does not see it', async (t) => {
  const w = await world(t)
  const lena = await addUser(w, ACME_LEEDS, 'Lena Local', 'technician')
  const page = (await lena.browser.get(`/tenants/${ACME_LEGAL}`)).body
  t.match(page, 'Acme')
  t.match(page, `href="/tenants/${ACME_LEEDS}"`)
  const matches = (await lena.browser.get('/tenants?q=legal')).body
  t.match(matches, '<bdi>Acme</bdi> /')
  for (const html of [page, matches, (await lena.browser.get(`/tenants/${ACME_LEEDS}`)).body])
    t.notMatch(html, `href="/tenants/${ACME}"`)
  const { parent_id, path } = (await lena.api.get(`/tenants/${ACME_LEEDS}`)).json()
  t.equal(parent_id, null)
  t.same(path, [
    { id: null, name: 'All tenants' },
    { id: null, name: 'Acme' },
    { id: ACME_LEEDS, name: 'Leeds office' },
  ])
})

t.test('a stranger finds no trace of a tenant by any way of looking', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  for (const url of ['', `/edit`, `/children`, '/preferences', '/history', '/inheritance'])
    t.equal((await charlie.browser.get(`/tenants/${ACME}${url}`)).statusCode, 404, url)
  for (const url of [
    '/tenants?q=acme',
    '/tenants?q=a',
    '/tenants?active=active',
    '/search?q=acme',
    '/search/results?q=leeds',
    '/tenants/options?q=acme',
    '/tenants/options?q=',
    '/tenants/export.csv',
  ])
    t.notMatch((await charlie.browser.get(url)).body.replaceAll('acme"', ''), /Acme|Leeds/, url)
  t.equal((await charlie.browser.get(`/tenants?branch=${ACME}`)).statusCode, 404)
  t.equal((await charlie.browser.get(`/tenants/new?parent=${ACME}`)).statusCode, 404)
  t.equal((await charlie.api.get(`/tenants/${ACME}`)).statusCode, 404)
  t.equal((await charlie.api.get(`/tenants?parent_id=${ACME}`)).statusCode, 404)
  t.same(await namesOf(charlie), ['Rival'])
})

t.test('the root is there only for who may see All tenants', async (t) => {
  const { bob, vera } = await addCast(await world(t))
  t.equal((await bob.browser.get('/tenants/root')).statusCode, 404)
  t.equal((await bob.api.get('/tenants/root')).statusCode, 404)
  t.equal((await vera.browser.get('/tenants/root')).statusCode, 200)
})

t.test('what is denied is gone, also from every count', async (t) => {
  const w = await world(t)
  const { vera } = await addCast(w)
  await denyAt(w, vera, ACME_LEEDS)
  t.match(await list(vera), /3 tenants under management/)
  t.match(await list(vera), /All 3 tenants|3 tenants/)
  t.same(await rows(vera, `?open=${ACME}`), [ACME, NORTHWIND, RIVAL])
  t.notMatch((await vera.browser.get('/tenants')).body, 'aria-expanded')
  t.match(mainText((await vera.browser.get(`/tenants/${ACME}`)).body), /no child tenants/)
  t.match(mainText((await vera.browser.get(`/tenants/${ACME}`)).body), /Tenants below 0 tenants/)
  t.match(mainText((await vera.browser.get('/tenants/root')).body), /Tenants below 3 tenants/)
  t.same(await namesOf(vera), ['Acme', 'Northwind MSP', 'Rival'])
  t.same(await namesOf(vera, '?q=leg'), [])
})

t.test('counts no override that is set in what is denied', async (t) => {
  const w = await world(t)
  const { vera } = await addCast(w)
  const key = 'maintenance.time_zone'
  await w.api.put(`/tenants/${ACME_LEGAL}/preferences/${key}`, { value: 'Europe/Paris' })
  t.match(await list(vera, '?q=acme&kind=client'), /0 set here, 1 below/)
  await denyAt(w, vera, ACME_LEGAL)
  t.notMatch(await list(vera, '?q=acme&kind=client'), /set here/)
})

t.test('offers what its reader may do, and nothing else', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const reading = (await dana.browser.get('/tenants')).body
  t.notMatch(
    reading,
    /\/tenants\/new|\/tenants\/import|export\.csv|type="checkbox"[^>]* name="ids"/,
  )
  const working = (await bob.browser.get('/tenants')).body
  t.match(working, 'export.csv')
  t.match(working, 'value="set_kind"')
  t.notMatch(working, /\/tenants\/new|\/tenants\/import|value="set_parent"|value="delete"/)
  t.match((await bob.browser.get(`/tenants/${ACME}`)).body, `/tenants/${ACME}/edit`)
  t.notMatch((await dana.browser.get(`/tenants/${ACME}`)).body, `/tenants/${ACME}/edit`)
  const edit = (await bob.browser.get(`/tenants/${ACME_LEEDS}/edit`)).body
  t.notMatch(edit, /name="parent"|value="msp"|Block inheritance|value="delete"/)
})

// What went wrong elsewhere.

t.test('an export holds the tenants of who exports, not all', async (t) => {
  const { bob } = await addCast(await world(t))
  const lines = (await bob.browser.get('/tenants/export.csv')).body.trim().split('\r\n')
  t.same(
    lines.slice(1).map((line) => line.split(',')[0]),
    ['Acme', 'Leeds office', 'Legal'],
  )
})

t.test('an export does not tell the slug of a parent that who exports may not see', async (t) => {
  const w = await world(t)
  const lena = await addUser(w, ACME_LEEDS, 'Lena Local', 'technician')
  const csv = (await lena.browser.get('/tenants/export.csv')).body
  t.match(csv, 'Leeds office,,branch_office')
  t.match(csv, 'Legal,acme-leeds,department')
  t.notMatch(csv, /,acme,/)
})
