import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { addCast as addCastAsEver, roles } from '../support/cast.ts'
import { fieldError, mainText } from '../support/html.ts'
import { mailbox } from '../support/mailbox.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

type Browser = World['alice']

/**
 * The cast, with an address for Bob that is no canary: whoever asks lets those who answer know
 * their address, wherever they are, and is told so.
 */
async function addCast(w: World) {
  const cast = await addCastAsEver(w)
  const address = { email: BOB, email_key: BOB }
  await operation(w.db, w.actor, 'test.address', (tx) =>
    everyTenantTx(tx)
      .updateTable('person')
      .set(address)
      .where('id', '=', cast.bob.person_id)
      .execute(),
  )
  return cast
}

const BOB = 'bob@acme.example'

const ask = (browser: Browser, asked_for: string, message = '') =>
  browser.post('/access-requests', { asked_for, message })

const unread = (html: string) => Number(/Notifications, (\d+) unread/.exec(html)?.[1] ?? 0)
const bell = async (browser: Browser) => unread((await browser.get('/account')).body)
const told = async (browser: Browser) => mainText((await browser.get('/notifications')).body)

t.test('who may grant access sees the request, and grants it for three days', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  await ask(bob.browser, 'rival', 'Ticket 7')
  t.same([await bell(w.alice), await bell(charlie.browser), await bell(bob.browser)], [1, 1, 0])
  t.match(await told(charlie.browser), /Bob Technician asks for access to rival New/)
  const page = mainText((await charlie.browser.get('/access-requests')).body)
  t.match(page, /Bob Technician bob@acme.example of Acme asks for Rival .* Ticket 7/)

  const shown = (await charlie.browser.get('/access-requests/1')).body
  t.match(shown, /value="three_days" selected/)
  const grant = { role: String(roles.viewer), lasts: 'three_days' }
  t.equal((await charlie.browser.post('/access-requests/1/grant', grant)).statusCode, 303)
  t.equal((await bob.browser.get(`/tenants/${RIVAL}/preferences`)).statusCode, 200)
  t.same([await bell(w.alice), await bell(charlie.browser), await bell(bob.browser)], [0, 0, 1])
  t.match(await told(bob.browser), /You have access to rival until 2026-11-27 09:00 UTC/)
  t.match((await bob.browser.get('/notifications')).body, 'datetime="2026-11-27T09:00:00.000Z"')
  const own = mainText((await bob.browser.get('/access-requests')).body)
  t.match(own, /rival Granted .* As Viewer until 2026-11-27 09:00 UTC/)
})

t.test('the answer is the same whether there is such a tenant or not', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const answers = []
  for (const asked_for of ['rival', 'Northwind MSP', 'atlantis', 'Atlantis Ltd', 'All tenants']) {
    const { statusCode, headers } = await ask(bob.browser, asked_for)
    answers.push([statusCode, headers.location, headers['set-cookie']])
  }
  t.equal(new Set(answers.map((one) => JSON.stringify(one))).size, 1)
  const page = mainText((await bob.browser.get('/access-requests')).body)
  for (const asked_for of ['rival', 'atlantis']) t.match(page, `${asked_for} Not answered yet`)
  t.match(await told(bob.browser), 'You have no notifications')
  t.equal(await bell(w.alice), 2)
})

t.test('finds no tenant by a part of its name, nor by a name that two have', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  await w.api.post('/tenants', { name: 'Leeds office', parent_id: 1 })
  for (const asked_for of ['acm', 'leeds', 'Leeds office']) await ask(charlie.browser, asked_for)
  t.equal(await bell(w.alice), 0)
  await ask(charlie.browser, 'acme-leeds')
  t.equal(await bell(w.alice), 1)
})

t.test('is denied with a reason, which is told to whoever asked', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  await ask(bob.browser, 'rival')
  const silent = await charlie.browser.post('/access-requests/1/denial', { reason: '' })
  t.match(fieldError(silent.body, 'reason'), /Say why/)
  await charlie.browser.post('/access-requests/1/denial', { reason: 'Not your customer' })
  t.match(await told(bob.browser), /Your request for rival was denied: Not your customer/)
  t.match(mainText((await bob.browser.get('/access-requests')).body), /rival Denied/)
  t.equal((await bob.browser.get(`/tenants/${RIVAL}/preferences`)).statusCode, 404)
})

t.test('nobody else sees or answers a request, and nobody answers it twice', async (t) => {
  const w = await world(t)
  const { bob, dana, charlie } = await addCast(w)
  await ask(bob.browser, 'acme-leeds')
  const grant = { role: String(roles.viewer), lasts: 'day' }
  t.equal((await charlie.browser.get('/access-requests/1')).statusCode, 404)
  t.equal((await charlie.browser.post('/access-requests/1/grant', grant)).statusCode, 404)
  t.equal((await bob.browser.post('/access-requests/1/grant', grant)).statusCode, 403)
  t.notMatch((await dana.browser.get('/access-requests')).body, /Bob/)
  t.equal((await w.alice.post('/access-requests/1/grant', grant)).statusCode, 303)
  t.equal((await w.alice.post('/access-requests/1/grant', grant)).statusCode, 404)
})

t.test('grants no more than whoever answers has', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const manage = { tenant_id: RIVAL, role_id: roles.manager, person_id: dana.person_id }
  const until = '2026-11-25T09:00:00.000Z'
  await w.api.post('/assignments', { ...manage, expires_at: until })
  await ask(bob.browser, 'rival')
  const grant = (role: number, lasts: string) =>
    dana.browser.post('/access-requests/1/grant', { role: String(role), lasts })
  t.match(mainText((await grant(roles.administrator, 'day')).body), /what you do not have/)
  t.match(mainText((await grant(roles.viewer, 'three_days')).body), /what you do not have/)
  t.equal((await grant(roles.viewer, 'day')).statusCode, 303)
})

t.test('T34: asking is bounded, so it is no way of trying names', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  for (let index = 0; index < 10; index++)
    t.equal((await ask(bob.browser, `name ${index}`)).statusCode, 303)
  const eleventh = await ask(bob.browser, 'rival')
  t.equal(eleventh.statusCode, 422)
  t.match(mainText(eleventh.body), /ten times within a day/)
  t.equal(await bell(w.alice), 0)
})

t.test('what is asked twice is refused alike, whether there is such a tenant', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  for (const asked_for of ['rival', 'atlantis']) {
    await ask(bob.browser, asked_for)
    const again = await ask(bob.browser, asked_for.toUpperCase())
    t.match(mainText(again.body), /asked for this already/)
  }
})

t.test('T10: a notice about a tenant goes with the right to see the tenant', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const { id } = (
    await w.api.post('/assignments', {
      tenant_id: ACME,
      role_id: roles.manager,
      person_id: charlie.person_id,
    })
  ).json()
  await ask(bob.browser, 'acme-leeds')
  t.equal(await bell(charlie.browser), 1)
  await w.api.delete(`/assignments/${id}`)
  t.equal(await bell(charlie.browser), 0)
  t.notMatch(await told(charlie.browser), /Bob|leeds/)
})

t.test('all that was there is marked as read, and what came since is not', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await ask(bob.browser, 'rival')
  await ask(bob.browser, 'acme-leeds')
  await w.alice.post('/notifications/reading', { last: '1' })
  t.equal(await bell(w.alice), 1)
  await w.alice.post('/notifications/reading', { last: '3' })
  t.equal(await bell(w.alice), 0)
})

t.test('tells it by mail too, where there is a mail server', async (t) => {
  const { mailer, mails } = await mailbox(t)
  const w = await world(t, { app: { mailer } })
  const { bob } = await addCast(w)
  await ask(bob.browser, 'rival', 'Ticket 7')
  while (mails.length < 2) await new Promise(setImmediate)
  const sent = mails.flatMap(({ to }) => to).toSorted()
  t.match(sent, ['alice@northwind.example', /^charlie.rival@/])
  t.match(mails[0]!.text, /Bob Technician asks for access to rival/)
  await w.alice.post('/access-requests/1/denial', { reason: 'No' })
  while (mails.length < 3) await new Promise(setImmediate)
  t.same(mails[2]!.to, [BOB])
})
