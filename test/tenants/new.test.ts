import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import { MAX_DEPTH } from '../../src/tenants/places.ts'
import { fieldError, fieldValue, mainText } from '../support/html.ts'
import { ACME, ACME_LEEDS, NORTHWIND, RIVAL, world, type World } from '../support/world.ts'
import { anyTenant } from '../support/any-tenant.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

const fresh = {
  name: 'York office',
  parent: 'Acme',
  kind: 'branch_office',
  slug: '',
  description: '',
}

const find = ({ db }: World, name: string) =>
  everyTenant(db).selectFrom('tenant').selectAll().where('name', '=', name).executeTakeFirst()

const count = async ({ db }: World) =>
  (await everyTenant(db).selectFrom('tenant').select('id').execute()).length

t.test('creates a tenant below the chosen parent and shows it', async (t) => {
  const w = await world(t)
  const response = await w.alice.post('/tenants', { ...fresh, description: 'Two\r\nlines' })
  const tenant = await find(w, 'York office')
  t.equal(response.statusCode, 303)
  t.equal(response.headers.location, `/tenants/${tenant!.id}`)
  t.match(tenant, { parent_id: ACME, kind: 'branch_office', slug: 'york-office', active: 1 })
  t.equal(tenant!.description, 'Two\nlines')
  t.match(mainText((await w.alice.get(response.headers.location!)).body), 'Branch office of Acme')
})

t.test('offers a client below an MSP, and a branch office below a client', async (t) => {
  const { alice } = await world(t)
  const kind = async (query: string) =>
    fieldValue((await alice.get(`/tenants/new${query}`)).body, 'kind')
  t.equal(await kind(''), 'client')
  t.equal(await kind(`?parent=${NORTHWIND}`), 'client')
  t.equal(await kind(`?parent=${ACME}`), 'branch_office')
  const { body } = await alice.get(`/tenants/new?parent=${ACME_LEEDS}`)
  t.equal(fieldValue(body, 'parent'), 'Acme / Leeds office')
  t.equal(fieldValue((await alice.get('/tenants/new')).body, 'parent'), 'All tenants')
})

t.test('answers 404 to a parent that does not exist', async (t) => {
  const { alice } = await world(t)
  for (const id of ['999', '0', '-1', 'acme', '1e3', '3%00'])
    t.equal((await alice.get(`/tenants/new?parent=${id}`)).statusCode, 404, id)
})

const parents: [string, string, number][] = [
  ['a path', 'Acme / Leeds office', ACME_LEEDS],
  ['a path with bare slashes, in other letters', 'ACME/leeds OFFICE', ACME_LEEDS],
  ['a path from All tenants', 'All tenants / Acme', ACME],
  ['a slug', 'acme-leeds', ACME_LEEDS],
  ['a name that only one tenant has', 'Leeds office', ACME_LEEDS],
  ['All tenants', 'All tenants', 1],
]
for (const [what, parent, id] of parents)
  t.test(`takes ${what} as the parent`, async (t) => {
    const w = await world(t)
    t.equal((await w.alice.post('/tenants', { ...fresh, parent })).statusCode, 303)
    t.equal((await find(w, 'York office'))?.parent_id, id)
  })

t.test('asks for the path when several tenants have the name of the parent', async (t) => {
  const w = await world(t)
  await w.alice.post('/tenants', { ...fresh, name: 'Leeds office', parent: 'Rival' })
  const { statusCode, body } = await w.alice.post('/tenants', { ...fresh, parent: 'leeds office' })
  t.equal(statusCode, 422)
  t.match(fieldError(body, 'parent'), 'Acme / Leeds office; Rival / Leeds office')
})

t.test('asks whether the only tenant with the text in its name was meant', async (t) => {
  const { alice } = await world(t)
  const message = async (parent: string) =>
    fieldError((await alice.post('/tenants', { ...fresh, parent })).body, 'parent')
  t.match(await message('Leg'), 'Did you mean “Acme / Leeds office / Legal”?')
  t.notMatch(await message('ac'), 'Did you mean')
  t.notMatch(await message('zzz'), 'Did you mean')
})

const long = 'x'.repeat(201)
const refused: [string, string, string, RegExp][] = [
  ['an empty name', 'name', '', /Enter a name/],
  ['a name of spaces', 'name', ' \u00a0\u2003', /Enter a name/],
  ['a name that is too long', 'name', long, /200 characters/],
  ['a name with a line break', 'name', 'York\noffice', /control characters/],
  ['a name with a NUL', 'name', 'York\u0000office', /control characters/],
  ['a name that nobody can see', 'name', '\u200b\u2060', /can be seen/],
  ['a name of joiners', 'name', '\u200d', /can be seen/],
  ['a name of a filler', 'name', '\u3164', /can be seen/],
  ['a name that turns text around', 'name', 'York\u202eeciffo', /direction of text/],
  ['a name with an isolate', 'name', 'York\u2067office', /direction of text/],
  ['a name with a line separator', 'name', 'York\u2028office', /line breaks/],
  ['a taken name', 'name', 'Leeds office', /already a Leeds office/],
  ['a taken name in other letters', 'name', 'LEEDS  Office', /already a Leeds office/],
  ['a taken name in another Unicode form', 'name', 'Ｌeeds office', /already a Leeds office/],
  ['no parent', 'parent', ' ', /Choose a parent/],
  ['an unknown parent', 'parent', 'Nowhere / Else', /no tenant “Nowhere \/ Else”/],
  ['a parent of endless length', 'parent', 'x/'.repeat(6000), /too long/],
  ['an unknown kind', 'kind', 'planet', /Choose a kind/],
  ['the kind of All tenants', 'kind', 'root', /Choose a kind/],
  ['a taken slug', 'slug', 'rival', /is taken/],
  ['a slug with spaces', 'slug', 'york office', /small letters/],
  ['a slug in capitals', 'slug', 'York', /small letters/],
  ['a slug that is too long', 'slug', long, /100 characters/],
  ['a description that is too long', 'description', 'x'.repeat(2001), /2,000 characters/],
  ['a description with an escape sign', 'description', 'a\u001b[1m', /control characters/],
]
for (const [what, field, value, message] of refused)
  t.test(`refuses ${what} at its field, and keeps what was typed`, async (t) => {
    const w = await world(t)
    const typed = { ...fresh, description: 'Opens in May', [field]: value }
    const { statusCode, body } = await w.alice.post('/tenants', typed)
    t.equal(statusCode, 422)
    t.match(body, '<title>Error: New tenant')
    t.match(fieldError(body, field), message)
    t.match(body, new RegExp(`aria-describedby="[^"]*field-${field}-error"`))
    if (field !== 'name') t.equal(fieldValue(body, 'name'), 'York office')
    if (field !== 'description') t.equal(fieldValue(body, 'description'), 'Opens in May')
    t.equal(await count(w), 6)
  })

const namesakes = [
  ['Straße', 'STRASSE'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['ΟΔΟΣ', 'οδος'],
  ['ﬁrma', 'FIRMA'],
]
for (const [one, other] of namesakes as [string, string][])
  t.test(`takes ${one} and ${other} for one name`, async (t) => {
    const w = await world(t)
    await w.alice.post('/tenants', { ...fresh, name: one })
    const { statusCode, body } = await w.alice.post('/tenants', { ...fresh, name: other })
    t.equal(statusCode, 422)
    t.match(fieldError(body, 'name'), `already a ${one}`)
    t.equal((await w.alice.post('/tenants', { ...fresh, parent: other })).statusCode, 303)
  })

t.test('takes names that differ in an accent or a dot for two', async (t) => {
  const w = await world(t)
  for (const name of ['Resume', 'Résumé', 'Işık', 'Işik'])
    t.equal((await w.alice.post('/tenants', { ...fresh, name })).statusCode, 303, name)
})

t.test('T15: refuses fields that it does not know, and fields sent twice', async (t) => {
  const w = await world(t)
  const wrong: Record<string, string | string[]>[] = [
    { ...fresh, id: '1' },
    { ...fresh, parent_id: String(RIVAL) },
    { ...fresh, version: '7' },
    { ...fresh, constructor: '1' },
    ...Object.keys(fresh).map((name) => ({ ...fresh, [name]: ['one', 'two'] })),
  ]
  for (const fields of wrong)
    t.equal((await w.alice.post('/tenants', fields)).statusCode, 422, JSON.stringify(fields))
  const payload = `${new URLSearchParams(fresh)}&__proto__=x`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await w.alice.send({ method: 'POST', url: '/tenants', headers, payload })
  t.equal(response.statusCode, 422)
  t.equal(await count(w), 6)
})

t.test('refuses a parent at the last level', async (t) => {
  const w = await world(t)
  await operation(w.db, w.actor, 'tenant.import', async (tx) => {
    let id = RIVAL
    for (let depth = 2; depth <= MAX_DEPTH; depth++)
      id = anyTenant(
        await createTenant(tx, id, { name: `Level ${depth}`, kind: 'location', description: '' }),
      )
  })
  const at = (depth: number) => w.alice.post('/tenants', { ...fresh, parent: `level-${depth}` })
  const { statusCode, body } = await at(MAX_DEPTH)
  t.equal(statusCode, 422)
  t.match(fieldError(body, 'parent'), '32 levels deep')
  t.equal((await at(MAX_DEPTH - 1)).statusCode, 303)
})

t.test('T12: shows hostile names and descriptions as text', async (t) => {
  const { alice } = await world(t)
  const name = `<script>alert(1)</script>"'\`</title><%= it %>{{x}}`
  const hostile = { ...fresh, name, description: '</textarea><img src=x onerror=alert(1)>' }
  const { location } = (await alice.post('/tenants', hostile)).headers
  for (const url of [location!, `${location}/edit`, `${location}/history`, '/tenants/3']) {
    const { statusCode, body } = await alice.get(url)
    t.equal(statusCode, 200)
    t.notMatch(body, /<script>alert|<img src=x/, url)
    t.ok(mainText(body).includes(name) || url.endsWith('edit'), url)
  }
})

t.test('keeps names of every script as they were typed', async (t) => {
  const w = await world(t)
  for (const name of [
    'Łódź Optyka Sp. z o.o.',
    '株式会社アクメ',
    'مكتب دبي',
    '🏢 Büro',
    '👩\u200d🔧 Werkstatt',
    'دانش\u200cآموز',
    'Σίσυφος',
    'Ny A/S',
  ]) {
    const response = await w.alice.post('/tenants', { ...fresh, name, parent: 'All tenants' })
    t.equal(response.statusCode, 303, name)
    t.match((await w.alice.get(response.headers.location!)).body, name)
    t.ok(await find(w, name))
  }
})
