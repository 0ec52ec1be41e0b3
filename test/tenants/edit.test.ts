import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import { MAX_DEPTH } from '../../src/tenants/places.ts'
import { fieldError, fieldValue, mainText } from '../support/html.ts'
import { ACME, ACME_LEEDS, NORTHWIND, RIVAL, world, type World } from '../support/world.ts'
import { anyTenant } from '../support/any-tenant.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

const find = ({ db }: World, id: number) =>
  everyTenant(db).selectFrom('tenant').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

const operations = ({ db }: World) =>
  db.selectFrom('operation').select(['id', 'kind']).orderBy('id').execute()

/** What the form of Leeds office holds when it is opened. */
const leeds = {
  version: '1',
  name: 'Leeds office',
  parent: 'Acme',
  kind: 'branch_office',
  slug: 'acme-leeds',
  description: '',
  active: 'on',
}
const EDIT = `/tenants/${ACME_LEEDS}/edit`

t.test('opens with what is stored', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get(EDIT)
  for (const [name, value] of Object.entries(leeds))
    if (name !== 'active') t.equal(fieldValue(body, name), value, name)
  t.match(body, /name="active" checked/)
  t.match(body, '<button class="btn">Update</button>')
})

t.test('updates every field and returns to the tenant', async (t) => {
  const w = await world(t)
  const { active: _, ...rest } = leeds
  const response = await w.alice.post(EDIT, {
    ...rest,
    name: 'York office',
    parent: 'Rival',
    previewed: String(RIVAL),
    kind: 'location',
    slug: 'york',
    description: 'Moved in May',
  })
  t.equal(response.statusCode, 303)
  t.equal(response.headers.location, `/tenants/${ACME_LEEDS}`)
  t.match(await find(w, ACME_LEEDS), {
    name: 'York office',
    parent_id: RIVAL,
    kind: 'location',
    slug: 'york',
    description: 'Moved in May',
    active: 0,
    version: 2,
  })
})

t.test('a save that changes nothing leaves no trace', async (t) => {
  const w = await world(t)
  const before = await operations(w)
  t.equal((await w.alice.post(EDIT, leeds)).statusCode, 303)
  t.same(await operations(w), before)
})

const long = 'x'.repeat(201)
const refused: [string, string, string, RegExp][] = [
  ['an empty name', 'name', '', /Enter a name/],
  ['a name that is too long', 'name', long, /200 characters/],
  ['a name with a tab', 'name', 'Leeds\toffice', /control characters/],
  ['no parent', 'parent', '', /Choose a parent/],
  ['an unknown parent', 'parent', 'Nowhere', /no tenant “Nowhere”/],
  ['itself as its parent', 'parent', 'Acme / Leeds office', /cannot be put below itself/],
  ['a tenant below it as its parent', 'parent', 'acme-leeds-legal', /cannot be put below itself/],
  ['an unknown kind', 'kind', 'msp;', /Choose a kind/],
  ['no slug', 'slug', '', /Enter a slug/],
  ['a taken slug', 'slug', 'rival', /is taken/],
  ['a slug with a slash', 'slug', 'a/b', /small letters/],
  ['a description that is too long', 'description', 'x'.repeat(2001), /2,000 characters/],
  ['another sign for a tick', 'active', 'yes', /Tick the box/],
]
for (const [what, field, value, message] of refused)
  t.test(`refuses ${what} at its field, and changes nothing`, async (t) => {
    const w = await world(t)
    const typed = { ...leeds, description: 'Opens in May', [field]: value }
    const { statusCode, body } = await w.alice.post(EDIT, typed)
    t.equal(statusCode, 422)
    t.match(fieldError(body, field), message)
    t.equal(fieldValue(body, 'version'), '1')
    if (field !== 'description') t.equal(fieldValue(body, 'description'), 'Opens in May')
    t.match(await find(w, ACME_LEEDS), { version: 1, description: '' })
  })

t.test('refuses a name that a new sibling has, in any letters or Unicode form', async (t) => {
  const w = await world(t)
  for (const name of ['rival', 'RIVAL', ' Ｒival '])
    t.match(
      fieldError(
        (await w.alice.post(EDIT, { ...leeds, name, parent: 'All tenants' })).body,
        'name',
      ),
      'already a Rival',
    )
  const own = await w.alice.post(EDIT, { ...leeds, name: 'LEEDS office' })
  t.equal(own.statusCode, 303)
})

t.test('T15: refuses fields that it does not know, and fields sent twice', async (t) => {
  const w = await world(t)
  const wrong: Record<string, string | string[]>[] = [
    { ...leeds, id: String(RIVAL) },
    { ...leeds, parent_id: String(RIVAL) },
    { ...leeds, override_count: '9' },
    { ...leeds, version: 'latest' },
    { ...leeds, version: '1.5' },
    { ...leeds, version: '' },
    ...Object.entries(leeds).map(([name, value]) => ({ ...leeds, [name]: [value, value] })),
  ]
  for (const fields of wrong)
    t.equal((await w.alice.post(EDIT, fields)).statusCode, 422, JSON.stringify(fields))
  t.match(await find(w, ACME_LEEDS), { version: 1 })
})

t.test('shows both versions when somebody else saved meanwhile, and loses nothing', async (t) => {
  const w = await world(t)
  await w.alice.post(EDIT, { ...leeds, name: 'Leeds city', description: 'Ground floor' })
  const mine = { ...leeds, name: 'Leeds north', kind: 'location', parent: 'acme' }
  const { statusCode, body } = await w.alice.post(EDIT, mine)
  t.equal(statusCode, 409)
  t.match(body, '<title>Error: ')
  const text = mainText(body)
  t.match(text, 'Somebody else changed this tenant')
  t.match(text, 'Name Leeds city Leeds north')
  t.match(text, 'Kind Branch office Location')
  t.match(text, 'Description Ground floor Nothing')
  t.notMatch(text, 'Parent Acme', 'what is the same is not listed')
  t.equal(fieldValue(body, 'name'), 'Leeds north')
  t.equal(fieldValue(body, 'version'), '2')
  t.match(await find(w, ACME_LEEDS), { name: 'Leeds city', version: 2 })
})

t.test('saves over what somebody else saved when that is said knowingly', async (t) => {
  const w = await world(t)
  await w.alice.post(EDIT, { ...leeds, name: 'Leeds city', description: 'Ground floor' })
  const { body } = await w.alice.post(EDIT, { ...leeds, name: 'Leeds north' })
  const again = { ...leeds, name: fieldValue(body, 'name')!, version: fieldValue(body, 'version')! }
  t.equal((await w.alice.post(EDIT, again)).statusCode, 303)
  t.match(await find(w, ACME_LEEDS), { name: 'Leeds north', description: '', version: 3 })
})

t.test('of two saves at the same moment one is shown the other', async (t) => {
  const w = await world(t)
  const names = ['Leeds north', 'Leeds south']
  const answers = await Promise.all(names.map((name) => w.alice.post(EDIT, { ...leeds, name })))
  t.same(answers.map((answer) => answer.statusCode).sort(), [303, 409])
  const winner = names[answers.findIndex((answer) => answer.statusCode === 303)]
  t.match(await find(w, ACME_LEEDS), { name: winner, version: 2 })
})

t.test('of two moves at the same moment that would make a cycle one is refused', async (t) => {
  const w = await world(t)
  const acme = {
    ...leeds,
    name: 'Acme',
    kind: 'client',
    slug: 'acme',
    parent: 'Rival',
    previewed: String(RIVAL),
  }
  const rival = {
    ...leeds,
    name: 'Rival',
    kind: 'client',
    slug: 'rival',
    parent: 'Acme',
    previewed: String(ACME),
  }
  const answers = await Promise.all([
    w.alice.post(`/tenants/${ACME}/edit`, acme),
    w.alice.post(`/tenants/${RIVAL}/edit`, rival),
  ])
  t.same(answers.map((answer) => answer.statusCode).sort(), [303, 422])
  const loser = answers.find((answer) => answer.statusCode === 422)!
  t.match(fieldError(loser.body, 'parent'), 'cannot be put below itself')
  const parents = [(await find(w, ACME)).parent_id, (await find(w, RIVAL)).parent_id]
  t.equal(parents.filter((parent) => parent === 1).length, 1, 'one still hangs on the root')
})

t.test('refuses a move that would make the tree too deep', async (t) => {
  const w = await world(t)
  await operation(w.db, w.actor, 'tenant.import', async (tx) => {
    let id = RIVAL
    for (let depth = 2; depth < MAX_DEPTH; depth++)
      id = anyTenant(
        await createTenant(tx, id, { name: `Level ${depth}`, kind: 'location', description: '' }),
      )
  })
  // Leeds office has Legal below it: two levels, where only one is free.
  const { statusCode, body } = await w.alice.post(EDIT, { ...leeds, parent: 'level-31' })
  t.equal(statusCode, 422)
  t.match(fieldError(body, 'parent'), 'deeper than 32')
  const possible = await w.alice.post(EDIT, { ...leeds, parent: 'level-30' })
  t.match(mainText(possible.body), 'What the new parent changes')
})

t.test('the last MSP tenant stays one', async (t) => {
  const w = await world(t)
  const northwind = { ...leeds, name: 'Northwind MSP', kind: 'client', slug: 'northwind' }
  const response = await w.alice.post(`/tenants/${NORTHWIND}/edit`, {
    ...northwind,
    parent: 'All tenants',
  })
  t.equal(response.statusCode, 422)
  t.match(fieldError(response.body, 'kind'), 'last MSP')
})

t.test('All tenants cannot be edited, and what does not exist is not found', async (t) => {
  const { alice } = await world(t)
  for (const id of ['1', 'root', '999', '1e0', '%00', '..%2f1'])
    for (const answer of [
      await alice.get(`/tenants/${id}/edit`),
      await alice.post(`/tenants/${id}/edit`, leeds),
    ])
      t.equal(answer.statusCode, 404, id)
})

t.test('leads to deleting an empty tenant, and says why another one stays', async (t) => {
  const { alice } = await world(t)
  const edit = async (id: number) => (await alice.get(`/tenants/${id}/edit`)).body
  t.match(mainText(await edit(ACME)), 'Acme is not empty: it has 1 child tenant.')
  t.match(mainText(await edit(NORTHWIND)), 'Northwind MSP is an MSP tenant.')
  for (const id of [ACME, NORTHWIND]) t.notMatch(await edit(id), 'action="/tenants/batches"')
  t.match(
    await edit(RIVAL),
    new RegExp(`action="/tenants/batches">\\s*<input[^>]*value="${RIVAL}"`),
  )
  const sent = await alice.post('/tenants/batches', { ids: [String(RIVAL)], action: 'delete' })
  t.equal(sent.statusCode, 303)
})
