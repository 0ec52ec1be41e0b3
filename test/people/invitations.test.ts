import t from 'tap'
import { addUser } from '../support/cast.ts'
import { checkedApi } from '../support/contract.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

const PASSWORD = 'purple tractor window seven'

/** Creates a user at Acme and invites them; returns the path of the link. */
async function invite(w: World, by = w.alice) {
  const fields = { name: 'Zoe', email: 'zoe@acme.example', role: '3', tenant: 'Acme' }
  const { headers } = await w.alice.post('/people', fields)
  const page = String(headers.location)
  const shown = await by.post(`${page}/invitations`)
  return { page, link: /\/invitations\/[\w-]+/.exec(shown.body)?.[0] ?? '', shown }
}

t.test('an invited person chooses a password, once, and can sign in', async (t) => {
  const w = await world(t)
  const { link } = await invite(w)
  t.match((await w.anonymous.get(link)).body, /Welcome, [\s\S]*Alice Moore[\s\S]*Acme/)
  t.equal((await w.anonymous.post(link, { password: 'short' })).statusCode, 422)
  const redeemed = await w.anonymous.post(link, { password: PASSWORD })
  t.equal(redeemed.headers.location, '/tenants')
  t.match(redeemed.cookies, [{ name: 'session' }])
  t.equal((await w.anonymous.post(link, { password: PASSWORD })).statusCode, 410)
  const signed = { email: 'zoe@acme.example', password: PASSWORD }
  t.equal((await w.anonymous.post('/sign-in', signed)).statusCode, 303)
})

t.test('a link that is expired, altered or replaced says so, and does nothing', async (t) => {
  const w = await world(t)
  const { page, link } = await invite(w)
  t.equal((await w.anonymous.get(`${link}x`)).statusCode, 410)
  const again = /\/invitations\/[\w-]+/.exec((await w.alice.post(`${page}/invitations`)).body)![0]
  t.match((await w.anonymous.get(link)).body, 'This invitation is no longer valid')
  t.equal((await w.anonymous.get(again)).statusCode, 200)
  w.clock.now = '2026-11-27T09:00:00.000Z'
  t.equal((await w.anonymous.post(again, { password: PASSWORD })).statusCode, 410)
})

t.test('T31: of the secret of a link nothing is stored', async (t) => {
  const w = await world(t)
  const { link } = await invite(w)
  const rows = await w.db.selectFrom('invitation').selectAll().execute()
  t.equal(rows.length, 1)
  t.notMatch(JSON.stringify(rows), link.split('/').pop())
})

t.test('nobody is let into an account that has more rights than they', async (t) => {
  const w = await world(t)
  const boss = await addUser(w, ACME, 'Ada Administrator', 'administrator')
  const manager = await addUser(w, ACME, 'Mia Manager', 'manager')
  const path = `/people/${boss.person_id}`
  t.equal((await manager.browser.post(`${path}/invitations`)).statusCode, 403)
  t.equal((await manager.browser.post(`${path}/deactivation`)).statusCode, 403)
  t.equal((await manager.browser.post(`${path}/deletion`)).statusCode, 403)
  const taken = { name: 'Ada', email: 'mine@evil.example', role: '1', tenant: 'Acme', version: '1' }
  t.equal((await manager.browser.post(`${path}/edit`, taken)).statusCode, 422)
  t.equal((await boss.browser.get('/people')).statusCode, 200)
})

t.test('what was assigned to a user elsewhere counts for that too', async (t) => {
  const w = await world(t)
  const zed = await addUser(w, ACME, 'Zed', 'viewer')
  const manager = await addUser(w, ACME, 'Mia Manager', 'manager')
  const { api } = w
  t.equal((await manager.browser.post(`/people/${zed.person_id}/invitations`)).statusCode, 200)
  const given = { person_id: zed.person_id, tenant_id: RIVAL, role_id: 4 }
  t.equal((await api.post('/assignments', given)).statusCode, 201)
  t.equal((await manager.browser.post(`/people/${zed.person_id}/invitations`)).statusCode, 403)
})

const ends: Record<string, (w: World, id: number) => Promise<unknown>> = {
  suspending: ({ alice }, id) => alice.post(`/people/${id}/deactivation`),
  'withdrawing the role': ({ api }, id) => api.patch(`/people/${id}`, { role_id: null }),
  moving: ({ api }, id) => api.patch(`/people/${id}`, { tenant_id: RIVAL }),
  deleting: ({ api }, id) => api.delete(`/people/${id}`),
}

for (const [what, end] of Object.entries(ends))
  t.test(`T10: ${what} ends session and token at the next request`, async (t) => {
    const w = await world(t)
    const zed = await addUser(w, ACME, 'Zed', 'technician')
    t.equal((await zed.browser.get('/people')).statusCode, 200)
    t.equal((await zed.api.get('/people')).statusCode, 200)
    await end(w, zed.person_id)
    t.equal((await zed.browser.get('/people')).headers.location, '/sign-in?next=%2Fpeople')
    t.equal((await zed.api.get('/people')).statusCode, 401)
  })

t.test('T10: activating again brings no session and no token back', async (t) => {
  const w = await world(t)
  const zed = await addUser(w, ACME, 'Zed', 'technician')
  await w.alice.post(`/people/${zed.person_id}/deactivation`)
  await w.alice.post(`/people/${zed.person_id}/activation`)
  t.equal((await zed.browser.get('/people')).statusCode, 303)
  t.equal((await zed.api.get('/people')).statusCode, 401)
})

t.test('T10: a withdrawn role makes an open invitation useless', async (t) => {
  const w = await world(t)
  const { page, link } = await invite(w)
  await w.api.patch(page, { role_id: null })
  t.equal((await w.anonymous.get(link)).statusCode, 410)
})

t.test('by the API a link is in the answer once, and works', async (t) => {
  const w = await world(t)
  const api = await checkedApi(t, w)
  const zoe = { name: 'Zoe', email: 'zoe@acme.example', tenant_id: ACME }
  const { id } = (await api.post('/people', zoe)).json()
  t.equal((await api.post(`/people/${id}/invitations`)).statusCode, 409)
  await api.patch(`/people/${id}`, { role_id: 3 })
  const { link, sent_to } = (await api.post(`/people/${id}/invitations`)).json()
  t.equal(sent_to, null)
  const { pathname } = new URL(link)
  t.equal((await w.anonymous.post(pathname, { password: PASSWORD })).statusCode, 303)
})
