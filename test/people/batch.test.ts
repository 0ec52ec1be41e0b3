import t from 'tap'
import { addCast } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

const add = async ({ api }: World, name: string, tenant_id = ACME, role_id: number | null = null) =>
  (await api.post('/people', { name, email: `${name}@x.example`, tenant_id, role_id })).json().id

/** Selects people, says what is needed, and confirms; returns the text of the page at the end. */
async function batch(
  by: World['alice'],
  fields: Record<string, string | string[]>,
  choice?: Record<string, string>,
) {
  const { headers } = await by.post('/people/batches', fields)
  const job = String(headers.location)
  if (choice) await by.post(`${job}/draft`, choice)
  await by.post(`${job}/start`, { reason: '' })
  return mainText((await by.get(job)).body)
}

t.test('moves many people, and says who cannot be moved', async (t) => {
  const w = await world(t)
  const ids = [await add(w, 'ann'), await add(w, 'ben')].map(String)
  await add(w, 'ben', RIVAL)
  const text = await batch(w.alice, { action: 'set_tenant', ids }, { tenant: 'Rival' })
  t.match(text, /Changed\s+1[\s\S]*Not possible\s+1[\s\S]*has this address at the same tenant/)
  t.equal((await w.api.get(`/people/${ids[0]}`)).json().tenant_id, RIVAL)
  t.equal((await w.api.get(`/people/${ids[1]}`)).json().tenant_id, ACME)
})

t.test('gives a tag to all that match, and takes it from some', async (t) => {
  const w = await world(t)
  const [ann] = [await add(w, 'ann'), await add(w, 'ben')]
  await w.alice.post('/tags', { name: 'VIP', color: 'red', description: '', tenant: 'Acme' })
  await batch(w.alice, { action: 'add_tag', match: '1', tenant: 'Acme' }, { tag: '1' })
  const tagged = async () =>
    (await w.api.get(`/people?tenant_id=${ACME}`))
      .json()
      .people.map((one: { tags: [] }) => one.tags.length)
  t.same(await tagged(), [1, 1])
  await batch(w.alice, { action: 'remove_tag', ids: String(ann) }, { tag: '1' })
  t.same(await tagged(), [0, 1])
})

t.test('a tag of one client is used at no other, and goes with a move', async (t) => {
  const w = await world(t)
  const [ann, ron] = [await add(w, 'ann'), await add(w, 'ron', RIVAL)]
  await w.alice.post('/tags', { name: 'VIP', color: 'red', description: '', tenant: 'Acme' })
  const text = await batch(
    w.alice,
    { action: 'add_tag', ids: [String(ann), String(ron)] },
    { tag: '1' },
  )
  t.match(text, 'This tag cannot be used at Rival.')
  t.same((await w.api.patch(`/people/${ann}`, { tenant_id: RIVAL })).json().tags, [])
})

t.test('touches nobody outside of what one may see', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const ids = [await add(w, 'ann'), charlie.person_id].map(String)
  await batch(bob.browser, { action: 'deactivate', ids })
  t.equal((await w.api.get(`/people/${ids[0]}`)).json().active, false)
  t.equal((await w.api.get(`/people/${ids[1]}`)).json().active, true)
  t.equal((await bob.browser.post('/people/batches', { action: 'delete', ids })).statusCode, 403)
})

t.test('deletes many people with what hangs on them', async (t) => {
  const w = await world(t)
  const ids = [await add(w, 'ann', ACME, 3), await add(w, 'ben')].map(String)
  t.match(await batch(w.alice, { action: 'delete', ids }), /Deleted\s+2/)
  t.equal((await w.api.get(`/people/${ids[0]}`)).statusCode, 404)
})

t.test('invites many only by mail', async (t) => {
  const w = await world(t)
  const ids = String(await add(w, 'ann', ACME, 3))
  t.notMatch((await w.alice.get('/people')).body, 'value="invite"')
  const answer = await w.alice.post('/people/batches', { action: 'invite', ids })
  t.equal(answer.headers.location, '/people')
  t.match(decodeURIComponent(String(answer.headers['set-cookie'])), 'no mail server is configured')
})

t.test('leads back to the people when it is over', async (t) => {
  const w = await world(t)
  const ids = String(await add(w, 'ann'))
  const { headers } = await w.alice.post('/people/batches', { action: 'deactivate', ids })
  const job = String(headers.location)
  t.match((await w.alice.get(job)).body, 'href="/people">Back to the list')
  await w.alice.post(`${job}/start`, { reason: '' })
  t.match((await w.alice.get(job)).body, 'href="/people">Back to the people')
})

t.test('T33: whoever starts what can give rights shows once more who they are', async (t) => {
  const w = await world(t)
  const id = String(await add(w, 'ann'))
  await w.alice.post('/tags', { name: 'VIP', color: 'red', description: '', tenant: 'Acme' })
  w.clock.now = '2026-11-24T09:50:00.000Z'
  const draft = async (action: string) =>
    String((await w.alice.post('/people/batches', { action, ids: id })).headers.location)
  const job = await draft('deactivate')
  const asked = await w.alice.post(`${job}/start`, { reason: '' })
  t.equal(asked.headers.location, `/verify?next=${encodeURIComponent(job)}`)
  t.match(mainText((await w.alice.get(job)).body), 'Deactivate 1 person', 'the draft is kept')
  t.equal((await w.api.get(`/people/${id}`)).json().active, true)

  const tagging = await draft('add_tag')
  await w.alice.post(`${tagging}/draft`, { tag: '1' })
  await w.alice.post(`${tagging}/start`, { reason: '' })
  t.equal((await w.api.get(`/people/${id}`)).json().tags.length, 1, 'a tag gives no rights')
})
