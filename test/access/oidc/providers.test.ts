import t from 'tap'
import { everyTenant } from '../../../src/db/scope-guard.ts'
import { addCast } from '../../support/cast.ts'
import { CLIENT } from '../../support/identity-provider.ts'
import { fieldError, fieldValue, mainText } from '../../support/html.ts'
import { ACME, type World, world } from '../../support/world.ts'
import { addProvider, link, worldWithProvider } from './cast.ts'

const typed = {
  name: 'Entra ID',
  tenant: 'All tenants',
  slug: 'entra',
  issuer: 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0',
  client_id: 'the client',
  client_secret: CLIENT.client_secret,
}

const providers = ({ db }: World) =>
  everyTenant(db).selectFrom('identity_provider').selectAll().execute()

t.test('adds a provider and shows what to enter there', async (t) => {
  const w = await world(t, { app: { url: 'https://tenantry.example' } })
  const answer = await w.alice.post('/single-sign-on', typed)
  t.equal(answer.headers.location, '/single-sign-on/1')
  const page = mainText((await w.alice.get('/single-sign-on/1')).payload)
  t.match(page, 'For everybody')
  t.match(page, 'https://tenantry.example/sign-in/oidc/callback/entra')
  t.match(page, 'https://tenantry.example/sign-in/with/entra')
  t.match(mainText((await w.alice.get('/single-sign-on')).payload), 'Entra ID For All tenants')
})

t.test('T31: seals the secret, and shows it nowhere', async (t) => {
  const w = await world(t)
  await w.alice.post('/single-sign-on', typed)
  const [provider] = await providers(w)
  t.match(provider!.client_secret, /^s1\./)
  const changes = await everyTenant(w.db).selectFrom('change').selectAll().execute()
  t.notMatch(JSON.stringify([provider, changes]), CLIENT.client_secret)
  for (const address of ['/single-sign-on/1', '/single-sign-on/1/edit', '/single-sign-on'])
    t.notMatch((await w.alice.get(address)).payload, CLIENT.client_secret)
  const refused = await w.alice.post('/single-sign-on', { ...typed, name: '' })
  t.notMatch(refused.payload, CLIENT.client_secret)
})

t.test('says what is wrong at its field, and keeps the rest', async (t) => {
  const { alice } = await world(t)
  const wrong = {
    name: '',
    tenant: 'Nobody',
    slug: 'Entra ID',
    issuer: 'http://id.example',
    client_id: 'ключ',
  }
  for (const [field, value] of Object.entries(wrong)) {
    const answer = await alice.post('/single-sign-on', { ...typed, [field]: value })
    t.equal(answer.statusCode, 422, field)
    t.ok(fieldError(answer.payload, field), field)
    if (field !== 'name') t.equal(fieldValue(answer.payload, 'name'), typed.name)
  }
  await alice.post('/single-sign-on', typed)
  const again = await alice.post('/single-sign-on', typed)
  t.match(fieldError(again.payload, 'slug'), 'Another provider')
})

t.test('T15: takes no field that it does not know, and none twice', async (t) => {
  const w = await world(t)
  const strange = { enabled: '0', id: '9', tenant_id: '3', version: '1', name: ['a', 'b'] }
  for (const [field, value] of Object.entries(strange))
    t.equal((await w.alice.post('/single-sign-on', { ...typed, [field]: value })).statusCode, 422)
  t.same(await providers(w), [])
})

t.test('changes a provider, and keeps its secret when none is typed', async (t) => {
  const w = await worldWithProvider(t)
  const [before] = await providers(w)
  const { payload } = await w.alice.get('/single-sign-on/1/edit')
  t.equal(fieldValue(payload, 'tenant'), 'All tenants')
  const { issuer } = w.idp
  const kept = { ...typed, issuer, client_id: CLIENT.client_id, client_secret: '', version: '1' }
  const changed = { ...kept, tenant: 'Acme', vouches: 'on' }
  t.equal((await w.alice.post('/single-sign-on/1/edit', changed)).statusCode, 303)
  const [after] = await providers(w)
  t.match(after, { name: 'Entra ID', tenant_id: ACME, vouches_for_two_factors: 1, version: 2 })
  t.equal(after!.client_secret, before!.client_secret)
  const stale = await w.alice.post('/single-sign-on/1/edit', changed)
  t.equal(stale.statusCode, 422)
  t.match(mainText(stale.payload), 'was changed meanwhile')
})

t.test('T31: sends a secret to no other issuer than it was entered for', async (t) => {
  const w = await worldWithProvider(t)
  const moved = { ...typed, client_id: CLIENT.client_id, client_secret: '', version: '1' }
  const answer = await w.alice.post('/single-sign-on/1/edit', moved)
  t.equal(answer.statusCode, 422)
  t.match(fieldError(answer.payload, 'client_secret'), 'Enter the secret again')
  const entered = { ...moved, client_secret: 'a new one' }
  t.equal((await w.alice.post('/single-sign-on/1/edit', entered)).statusCode, 303)
})

t.test('tests the connection, and says what is wrong with it', async (t) => {
  const w = await worldWithProvider(t)
  t.match(mainText((await w.alice.post('/single-sign-on/1/test')).payload), 'It answers')
  const strict = await world(t)
  await addProvider(strict, { issuer: w.idp.issuer })
  const refused = mainText((await strict.alice.post('/single-sign-on/1/test')).payload)
  t.match(refused, 'does not begin with https://')
  const other = await addProvider(w, { slug: 'other', issuer: `${w.idp.issuer}/nowhere` })
  const nothing = await w.alice.post(`/single-sign-on/${other.id}/test`)
  t.match(mainText(nothing.payload), 'no provider describes itself')
})

t.test('deletes a provider with the links to it', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  t.match(mainText((await w.alice.get('/single-sign-on/1')).payload), '1 account linked')
  t.equal((await w.alice.post('/single-sign-on/1/deletion')).headers.location, '/single-sign-on')
  t.same(await providers(w), [])
  t.same(await everyTenant(w.db).selectFrom('identity').selectAll().execute(), [])
})

t.test('T5: is for administrators of All tenants only', async (t) => {
  const w = await worldWithProvider(t)
  const { bob, charlie, vera } = await addCast(w)
  const before = await providers(w)
  for (const { browser } of [bob, charlie, vera]) {
    for (const address of ['', '/1', '/new', '/1/edit'])
      t.ok((await browser.get(`/single-sign-on${address}`)).statusCode >= 403, address)
    for (const address of ['', '/1/edit', '/1/test', '/1/disabling', '/1/deletion'])
      t.ok((await browser.post(`/single-sign-on${address}`, typed)).statusCode >= 403, address)
  }
  t.same(await providers(w), before)
})

t.test('a change asks once more who one is', async (t) => {
  const w = await worldWithProvider(t)
  w.clock.now = '2026-11-24T09:50:00.000Z'
  for (const address of ['/1/edit', '', '/1/disabling', '/1/deletion'])
    t.match((await w.alice.post(`/single-sign-on${address}`)).headers.location, /^\/verify\?/)
})
