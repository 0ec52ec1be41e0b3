import t from 'tap'
import { personRow } from '../support/person.ts'
import { hashPassword } from '../../src/access/password.ts'
import { operation } from '../../src/db/operation.ts'
import { claimTry } from '../../src/access/throttle.ts'
import { cookieOf } from '../support/factors.ts'
import { roles } from '../support/cast.ts'
import { ACME, ALICE_PASSWORD, RIVAL, type World, browser, world } from '../support/world.ts'

const EMAIL = 'alice@northwind.example'

/** Another user with Alice's address, at a tenant of which Alice's knows nothing. */
async function addNamesake(
  w: World,
  tenant_id: number,
  password: string | null,
  person: { role_id?: number | null; active?: number } = {},
) {
  const password_hash = password === null ? null : await hashPassword(password)
  return operation(w.db, w.actor, 'test.namesake', async (tx) => {
    const { id } = await tx
      .insertInto('person')
      .values({
        ...personRow(tenant_id, `Alice of ${tenant_id}`, EMAIL),
        role_id: roles.viewer,
        ...person,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('user_account')
      .values({ person_id: id, email_key: EMAIL, password_hash })
      .execute()
    return id
  })
}

const signIn = ({ anonymous }: World, password: string) =>
  anonymous.post('/sign-in', { email: EMAIL, password })

t.test('people of two tenants may have one address: the password tells them apart', async (t) => {
  const w = await world(t)
  await addNamesake(w, RIVAL, 'violet harbour seventeen lanterns')
  const theirs = await signIn(w, 'violet harbour seventeen lanterns')
  t.match((await browser(w.app, cookieOf(theirs)).get('/account')).payload, 'Alice of 6')
  const hers = await signIn(w, ALICE_PASSWORD)
  t.match((await browser(w.app, cookieOf(hers)).get('/account')).payload, 'Alice Moore')
})

t.test('T34: a try is one try, however many people have the address', async (t) => {
  const w = await world(t)
  for (const tenant of [RIVAL, ACME]) await addNamesake(w, tenant, `password of ${tenant}`)
  t.equal((await signIn(w, 'x')).statusCode, 422)
  t.equal((await w.db.selectFrom('sign_in_failure').selectAll().execute()).length, 1)
  for (let number = 1; number < 10; number++)
    await claimTry(w.db, { account_key: EMAIL, address: `192.0.2.${number}` })
  t.equal((await signIn(w, ALICE_PASSWORD)).statusCode, 429)
})

t.test('nobody signs in without a role, without a password, or when deactivated', async (t) => {
  const w = await world(t)
  await addNamesake(w, RIVAL, 'the first of them', { role_id: null })
  await addNamesake(w, ACME, 'the second of them', { active: 0 })
  await addNamesake(w, 5, null)
  for (const password of ['the first of them', 'the second of them', '!', 'null'])
    t.equal((await signIn(w, password)).statusCode, 422, password)
  t.equal((await signIn(w, ALICE_PASSWORD)).statusCode, 303)
})

t.test('one changes one’s own password, and nobody else’s with the same address', async (t) => {
  const w = await world(t)
  const other = await addNamesake(w, RIVAL, 'violet harbour seventeen lanterns')
  const fields = { password: 'seven quiet herons at dusk' }
  const wrong = { ...fields, current: 'violet harbour seventeen lanterns' }
  t.equal((await w.alice.post('/account/password', wrong)).statusCode, 422)
  const own = await w.alice.post('/account/password', { ...fields, current: ALICE_PASSWORD })
  t.equal(own.statusCode, 303)
  const { password_hash } = await w.db
    .selectFrom('user_account')
    .select('password_hash')
    .where('person_id', '=', other)
    .executeTakeFirstOrThrow()
  t.ok(password_hash)
  t.equal((await signIn(w, 'violet harbour seventeen lanterns')).statusCode, 303)
})

t.test('T34: a browser of somebody with the same address gives no tries of its own', async (t) => {
  const w = await world(t)
  const own = 'violet harbour seventeen lanterns'
  await addNamesake(w, RIVAL, own)
  const device = cookieOf(await signIn(w, own), 'device')!
  const post = { method: 'POST', url: '/sign-in', cookies: { device } } as const
  for (let number = 1; number <= 10; number++)
    await w.anonymous.send({ ...post, payload: { email: EMAIL, password: `guess ${number}` } })
  t.equal((await signIn(w, ALICE_PASSWORD)).statusCode, 429, 'they counted for her, too')
})
