import t from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { currentActor } from '../../src/access/current-actor.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { addCast, addUser, anyTenant, roles } from '../support/cast.ts'
import { foresee, merge, mergeByPages } from '../support/merging.ts'
import { textOf } from '../support/html.ts'
import { personRow } from '../support/person.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'

type User = Awaited<ReturnType<typeof addUser>>

/** The world as somebody else acts in it. */
const as = async (w: World, { person_id }: Pick<User, 'person_id'>): Promise<World> => {
  const actor = await currentActor(w.db, w.db.now(), { ...w.actor, person_id })
  return { ...w, actor }
}

const contactOf = ({ db }: World, id: number) =>
  everyTenant(db)
    .selectFrom('person')
    .select('email')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()

/** Adds somebody with the address of another; returns their id. */
async function addNamesake(w: World, tenant_id: number, of_id: number) {
  const { email } = await contactOf(w, of_id)
  return operation(w.db, w.actor, 'test.person', async (tx) => {
    const added = tx.insertInto('person').values(personRow(tenant_id, 'Namesake', email))
    return (await added.returning('id').executeTakeFirstOrThrow()).id
  })
}

type Given = { person_id?: number; group_id?: number; effect?: 'allow' | 'deny'; role_id?: number }

const assign = ({ db, actor }: World, tenant_id: number, given: Given) =>
  operation(db, actor, 'test.assign', (tx) =>
    tx
      .insertInto('role_assignment')
      .values({
        tenant_id: anyTenant(tenant_id),
        role_id: roles.viewer,
        effect: 'allow',
        operation_id: tx.operation.id,
        ...given,
      })
      .execute(),
  )

const assignmentsAt = ({ db }: World, tenant_id: number) =>
  everyTenant(db)
    .selectFrom('role_assignment')
    .select(['person_id', 'group_id', 'effect'])
    .where('tenant_id', '=', tenant_id)
    .execute()

const addGroup = ({ db, actor }: World, tenant_id: number, name: string, person_id: number) =>
  operation(db, actor, 'test.group', async (tx) => {
    const at = anyTenant(tenant_id)
    const columns = { tenant_id: at, name, name_key: name.toLowerCase() }
    const added = tx.insertInto('user_group').values(columns).returning('id')
    const { id } = await added.executeTakeFirstOrThrow()
    await tx
      .insertInto('user_group_member')
      .values({ tenant_id: at, group_id: id, person_id })
      .execute()
    return id
  })

t.test('whoever may delete a tenant here, but not edit there, cannot merge', async (t) => {
  const w = await world(t)
  const { charlie, bob } = await addCast(w)
  await assign(w, ACME, { person_id: charlie.person_id })
  const page = await mergeByPages(charlie.browser, { id: RIVAL, name: 'Rival' }, 'Acme')
  t.match(textOf(page), /Acme: You may not do this here/)
  const answer = await bob.browser.post('/tenants/merges', { ids: String(ACME) })
  t.equal(answer.statusCode, 403, 'a technician may not begin')
  const hidden = await charlie.browser.post('/tenants/merges', { ids: String(ACME_LEEDS) })
  t.equal(hidden.statusCode, 403)
})

t.test('T5: a tenant that one does not see is not there to be merged', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const answer = await charlie.browser.post('/tenants/merges', { ids: String(ACME) })
  t.equal(answer.statusCode, 404)
  const by_api = await charlie.api.post(`/tenants/${RIVAL}/merges`, { sources: [ACME] })
  t.equal(by_api.statusCode, 409)
  t.notMatch(by_api.body, /Acme/)
})

t.test('nobody gains rights on what they merge', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  await assign(w, ACME, { person_id: charlie.person_id, role_id: roles.manager })
  const { refusals } = await foresee(await as(w, charlie), [ACME], RIVAL)
  t.match(refusals, [/more rights/])
  await t.rejects(merge(await as(w, charlie), [ACME], RIVAL), /more rights/)
})

t.test('a branch that is denied to whoever merges is not carried along', async (t) => {
  const w = await world(t)
  const mia = await addUser(w, ACME, 'Mia Manager', 'administrator')
  await assign(w, ACME_LEGAL, { person_id: mia.person_id, effect: 'deny' })
  const { refusals } = await foresee(await as(w, mia), [ACME_LEEDS], ACME)
  t.match(refusals, [/something that you may not see/])
})

t.test(
  'access at the source is withdrawn, unless somebody gives it at the destination',
  async (t) => {
    const w = await world(t)
    const { charlie } = await addCast(w)
    await assign(w, ACME_LEEDS, { person_id: charlie.person_id })
    const { conflicts } = await foresee(w, [ACME_LEEDS], ACME)
    const { operation_id } = await merge(w, [ACME_LEEDS], ACME)
    t.same(await assignmentsAt(w, ACME), [])
    await takeBack(w.db, w.actor, operation_id, null)
    await merge(w, [ACME_LEEDS], ACME, { choices: { [conflicts[0]!.id]: 'give' } })
    t.match(await assignmentsAt(w, ACME), [{ person_id: charlie.person_id, effect: 'allow' }])
  },
)

t.test('what is denied at the source is denied at the destination', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  await assign(w, ACME_LEEDS, { person_id: dana.person_id, effect: 'deny' })
  await merge(w, [ACME_LEEDS], ACME)
  t.match(await assignmentsAt(w, ACME), [{ person_id: dana.person_id, effect: 'deny' }])
})

t.test('nobody gives at the destination what they do not have there', async (t) => {
  const w = await world(t)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const { charlie } = await addCast(w)
  await assign(w, ACME_LEEDS, { person_id: charlie.person_id, role_id: roles.administrator })
  const her = await as(w, mia)
  const { conflicts } = await foresee(her, [ACME_LEEDS], ACME)
  const choices = { [conflicts.find(({ id }) => id.startsWith('access'))!.id]: 'give' }
  const { refusals } = await foresee(her, [ACME_LEEDS], ACME, { choices })
  t.match(refusals, [/cannot give what you do not have/])
})

t.test(
  'users keep their role, for all of the destination; who has less cannot merge them',
  async (t) => {
    const w = await world(t)
    await addUser(w, ACME_LEEDS, 'Ada Admin', 'administrator')
    const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
    const { refusals } = await foresee(await as(w, mia), [ACME_LEEDS], ACME)
    t.match(refusals, [/Ada Admin: You cannot give/])
  },
)

t.test('T10: whoever is moved by a merge is signed out, and their tokens end', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  t.equal((await bob.browser.get('/tenants')).statusCode, 200)
  await merge(w, [ACME], RIVAL)
  t.equal((await bob.browser.get('/tenants')).statusCode, 303)
  t.equal((await bob.api.get('/me')).statusCode, 401)
  const { tenant_id, role_id } = await everyTenant(w.db)
    .selectFrom('person')
    .select(['tenant_id', 'role_id'])
    .where('id', '=', bob.person_id)
    .executeTakeFirstOrThrow()
  t.same([tenant_id, role_id], [RIVAL, roles.technician])
})

t.test('groups of one name stay two, unless somebody makes them one', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  await addGroup(w, ACME, 'Support', bob.person_id)
  const theirs = await addGroup(w, RIVAL, 'support', charlie.person_id)
  const { conflicts } = await foresee(w, [ACME], RIVAL)
  const names = () => everyTenant(w.db).selectFrom('user_group').select('name').execute()
  const { operation_id } = await merge(w, [ACME], RIVAL)
  t.same(await names(), [{ name: 'Support (Acme)' }, { name: 'support' }])
  await takeBack(w.db, w.actor, operation_id, null)
  await merge(w, [ACME], RIVAL, { choices: { [conflicts[0]!.id]: 'unify' } })
  t.same(await names(), [{ name: 'support' }])
  const members = everyTenant(w.db).selectFrom('user_group_member').where('group_id', '=', theirs)
  t.equal((await members.selectAll().execute()).length, 2)
})

t.test('of two people of one address, the one who can sign in stays', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const { email } = await everyTenant(w.db)
    .selectFrom('person')
    .select('email')
    .where('id', '=', bob.person_id)
    .executeTakeFirstOrThrow()
  await operation(w.db, w.actor, 'test.person', (tx) =>
    tx
      .insertInto('person')
      .values({ tenant_id: RIVAL, name: 'Robert', sort_key: 'robert', email, email_key: email })
      .execute(),
  )
  const { conflicts } = await foresee(w, [ACME], RIVAL)
  t.match(conflicts, [{ options: [{ value: 'source' }] }])
  const { operation_id } = await merge(w, [ACME], RIVAL)
  const people = everyTenant(w.db).selectFrom('person').where('email_key', '=', email)
  t.match(await people.selectAll().execute(), [{ id: bob.person_id, tenant_id: RIVAL }])
  await takeBack(w.db, w.actor, operation_id, null)
  t.equal((await people.selectAll().execute()).length, 2)
})

t.test('a user of the destination stays one, whoever has their address', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const mine = await addNamesake(w, ACME, charlie.person_id)
  const { conflicts } = await foresee(w, [ACME], RIVAL)
  t.match(conflicts, [{ options: [{ value: 'destination' }] }])
  const choices = { [`person:${mine}`]: 'source' }
  const { operation_id } = await merge(w, [ACME], RIVAL, { choices })
  await takeBack(w.db, w.actor, operation_id, null)
  t.equal((await charlie.browser.get('/tenants')).statusCode, 200)
})

t.test('two users of one address are not made one', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const { email } = await contactOf(w, charlie.person_id)
  await operation(w.db, w.actor, 'test.address', (tx) =>
    everyTenantTx(tx)
      .updateTable('person')
      .set({ email, email_key: email })
      .where('id', '=', bob.person_id)
      .execute(),
  )
  const { refusals } = await foresee(w, [ACME], RIVAL)
  t.match(refusals, [/Two people of this address can sign in/])
})

t.test('who may not see all that there was is not told of it by the record', async (t) => {
  const w = await world(t)
  const { charlie, dana } = await addCast(w)
  const { id } = await merge(w, [ACME], RIVAL)
  t.equal((await charlie.browser.get(`/merges/${id}`)).statusCode, 200)
  t.not((await dana.browser.get(`/merges/${id}`)).statusCode, 200)
  const vera = await addUser(w, ACME_LEEDS, 'Vic Viewer', 'viewer')
  t.equal((await vera.browser.get(`/merges/${id}`)).statusCode, 404)
})

t.test('T6: once taken back, what the sources had is told to who may see them', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const { id, operation_id } = await merge(w, [ACME], RIVAL)
  const record = async (who: World['alice']) => textOf((await who.get(`/merges/${id}`)).body)
  t.match(await record(charlie.browser), /What they had/)
  await takeBack(w.db, w.actor, operation_id, null)
  t.notMatch(await record(charlie.browser), /What they had/)
  t.match(await record(w.alice), /What they had/)
})
