import t from 'tap'
import { addUser } from '../support/cast.ts'
import { addPasskey, setUpTotp } from '../support/factors.ts'
import { ACME, type World, world } from '../support/world.ts'

/** An administrator of Acme with an app and a passkey. */
async function addAda(w: World) {
  const user = await addUser(w, ACME, 'Ada Administrator', 'administrator')
  await setUpTotp(w, user.browser)
  await addPasskey(user.browser)
  return { ...user, page: `/people/${user.person_id}` }
}

const factors = ({ db }: World, person_id: number) =>
  db
    .selectFrom('user_account')
    .select('has_second_factor')
    .where('person_id', '=', person_id)
    .executeTakeFirstOrThrow()

t.test('removes the second factors of a user who has lost them, and ends sessions', async (t) => {
  const w = await world(t)
  const { page, person_id, browser } = await addAda(w)
  t.match((await w.alice.get(page)).payload, 'Remove second factors')
  t.equal((await w.alice.post(`${page}/factors/removal`)).headers.location, page)
  t.same(await factors(w, person_id), { has_second_factor: 0 })
  t.equal((await browser.get('/tenants')).statusCode, 303)
  t.notMatch((await w.alice.get(page)).payload, 'Remove second factors…')
  const done = await w.db.selectFrom('operation').select('kind').orderBy('id', 'desc').execute()
  t.equal(done[0]!.kind, 'factors.remove')
})

t.test('T8: nobody weakens an account that has more rights than they', async (t) => {
  const w = await world(t)
  const { page, person_id } = await addAda(w)
  const manager = await addUser(w, ACME, 'Mia Manager', 'manager')
  t.equal((await manager.browser.post(`${page}/factors/removal`)).statusCode, 403)
  t.same(await factors(w, person_id), { has_second_factor: 1 })
})

t.test('asks first who it is, when that was shown a while ago', async (t) => {
  const w = await world(t)
  const { page, person_id } = await addAda(w)
  w.clock.now = '2026-11-24T09:50:00.000Z'
  const { headers } = await w.alice.post(`${page}/factors/removal`)
  t.match(headers.location, /^\/verify/)
  t.same(await factors(w, person_id), { has_second_factor: 1 })
})
