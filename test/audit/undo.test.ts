import t from 'tap'
import { createInvitation } from '../../src/access/invitations.ts'
import { undoRules } from '../../src/audit/undo-rules.ts'
import { operation, type Tx } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { tables } from '../../src/db/tables.ts'
import { createTenant, deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import { PROGRAM } from '../support/any-tenant.ts'
import { addCast, addUser, anyTenant, roles } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { setAt } from '../support/preferences.ts'
import { readState } from '../support/rows.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'

const KEY = 'agent.check_in_interval_seconds'

/** Does something as Alice, and returns the id of the operation. */
const perform = ({ db, actor }: World, write: (tx: Tx) => Promise<unknown>, kind = 'test.write') =>
  operation(db, actor, kind, async (tx) => {
    await write(tx)
    return tx.operation.id
  })

const rename = (w: World, id: number, name: string) =>
  perform(w, (tx) => updateTenant(tx, anyTenant(id), { name }), 'tenant.update')

const move = (w: World, id: number, parent_id: number) =>
  perform(w, (tx) => updateTenant(tx, anyTenant(id), { parent_id: anyTenant(parent_id) }))

const lockAt = (w: World, id: number) =>
  perform(w, (tx) => setAt(tx, id, KEY, { form: { value: 600 }, lock: 'fixed' }))

t.test('every table that is logged says what taking its changes back takes', async (t) => {
  const logged = Object.entries(tables).filter(([, { tenant_column }]) => tenant_column)
  t.same(Object.keys(undoRules).toSorted(), logged.map(([name]) => name).toSorted())
})

t.test('shows what would come back, takes it back with a reason, and that too', async (t) => {
  const w = await world(t)
  const id = await rename(w, ACME_LEGAL, 'Counsel')
  t.match((await w.alice.get(`/history/${id}`)).body, `href="/history/${id}/undo"`)
  const preview = mainText((await w.alice.get(`/history/${id}/undo`)).body)
  t.match(preview, 'Name was Counsel → now Legal')
  const done = await w.alice.post(`/history/${id}/undo`, { reason: 'Ticket 12' })
  t.equal(done.statusCode, 303)
  const undo = String(done.headers.location)
  const page = mainText((await w.alice.get(undo)).body)
  t.match(page, /Took back an earlier change.*Reason: Ticket 12.*was Counsel → now Legal/)
  const undone = (await w.alice.get(`/history/${id}`)).body
  t.match(mainText(undone), 'Taken back by Alice Moore')
  t.notMatch(undone, `href="/history/${id}/undo"`)
  t.equal((await w.alice.post(`${undo}/undo`, { reason: '' })).statusCode, 303)
  t.match(mainText((await w.alice.get(`/tenants/${ACME_LEGAL}`)).body), 'Counsel')
})

t.test('looking at what would come of it changes nothing', async (t) => {
  const w = await world(t)
  const id = await rename(w, ACME_LEGAL, 'Counsel')
  const before = readState(w.db)['tenant']
  await w.alice.get(`/history/${id}/undo`)
  t.same((await w.api.post(`/operations/${id}/undo`, { preview: true })).json(), {
    is_tried: true,
    refusal: null,
    obstacles: [],
    hidden_obstacles: 0,
  })
  t.same(readState(w.db)['tenant'], before)
})

t.test('leads to the later operations that stand in the way, and changes nothing', async (t) => {
  const w = await world(t)
  const id = await rename(w, ACME_LEGAL, 'Counsel')
  const later = await rename(w, ACME_LEGAL, 'Solicitors')
  await rename(w, RIVAL, 'Competitor')
  const before = readState(w.db)['tenant']
  const { body } = await w.alice.get(`/history/${id}/undo`)
  t.match(body, new RegExp(`What stands in the way.*href="/history/${later}"`, 's'))
  t.match(mainText(body), 'A later operation has changed the same since')
  const refused = await w.alice.post(`/history/${id}/undo`, { reason: '' })
  t.equal(refused.statusCode, 409)
  const answer = await w.api.post(`/operations/${id}/undo`, { preview: true })
  t.match(answer.json(), { obstacles: [{ id: later, by: 'Alice Moore' }], hidden_obstacles: 0 })
  t.same(readState(w.db)['tenant'], before)
})

t.test('a move back under what lies below by now is refused', async (t) => {
  const w = await world(t)
  const id = await move(w, ACME_LEGAL, RIVAL)
  await move(w, ACME_LEEDS, ACME_LEGAL)
  const answer = await w.api.post(`/operations/${id}/undo`, {})
  t.equal(answer.statusCode, 409)
  t.match(answer.json().detail, 'below itself')
})

t.test('T5: what is not seen is not found, and what is only seen is not taken back', async (t) => {
  const w = await world(t)
  const { bob, dana, charlie } = await addCast(w)
  const id = await rename(w, ACME_LEGAL, 'Counsel')
  for (const method of ['get', 'post'] as const)
    t.equal((await charlie.browser[method](`/history/${id}/undo`)).statusCode, 404)
  t.equal((await charlie.api.post(`/operations/${id}/undo`, {})).statusCode, 404)
  t.equal((await charlie.api.get(`/operations/${id}`)).statusCode, 404)
  t.notMatch((await dana.browser.get(`/history/${id}`)).body, '/undo"')
  t.equal((await dana.browser.post(`/history/${id}/undo`)).statusCode, 403)
  t.equal((await bob.browser.post(`/history/${id}/undo`)).statusCode, 303)
})

t.test('T5: nobody takes back what also changed something out of their sight', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const both = await perform(w, async (tx) => {
    await updateTenant(tx, anyTenant(ACME_LEGAL), { name: 'Counsel' })
    await updateTenant(tx, anyTenant(RIVAL), { name: 'Competitor' })
  })
  const page = await bob.browser.get(`/history/${both}`)
  t.equal(page.statusCode, 200)
  t.notMatch(page.body, '/undo"')
  const refused = await bob.browser.post(`/history/${both}/undo`)
  t.equal(refused.statusCode, 403)
  t.notMatch(refused.body, /Rival|Competitor/)
  const at_root = await perform(w, (tx) => setAt(tx, 1, KEY, { form: { value: 600 }, lock: null }))
  t.equal((await bob.api.post(`/operations/${at_root}/undo`, {})).statusCode, 404)
})

t.test('T5: an operation in the way that is not seen is only counted', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const id = await rename(w, ACME_LEGAL, 'Counsel')
  await perform(w, (tx) => updateTenant(tx, anyTenant(ACME_LEGAL), { parent_id: anyTenant(RIVAL) }))
  t.equal((await bob.browser.get(`/history/${id}/undo`)).statusCode, 404)
  await move(w, ACME_LEGAL, ACME)
  const { body } = await bob.browser.get(`/history/${id}/undo`)
  t.notMatch(body, 'Competitor')
  t.match(mainText(body), '2 later operations have changed the same since')
})

t.test('T6: to take a lock back, or bring one back, takes the right to lock', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const locked = await lockAt(w, ACME)
  const refused = await bob.api.post(`/operations/${locked}/undo`, {})
  t.equal(refused.statusCode, 403)
  t.match(refused.json().detail, 'Lock preferences')
  const undone = await w.api.post(`/operations/${locked}/undo`, {})
  t.equal(undone.statusCode, 201)
  t.equal(undone.headers.location, `/api/v1/operations/${undone.json().id}`)
  t.equal((await bob.api.post(`/operations/${undone.json().id}/undo`, {})).statusCode, 403)
})

t.test('T6: nobody gives a role back that permits more than they have', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const id = await perform(w, (tx) =>
    everyTenantTx(tx)
      .updateTable('person')
      .set({ role_id: roles.viewer })
      .where('id', '=', bob.person_id)
      .execute(),
  )
  const demoted = await dana.api.post(`/operations/${id}/undo`, {})
  t.equal(demoted.statusCode, 403)
  t.equal((await w.api.post(`/operations/${id}/undo`, {})).statusCode, 201)
})

t.test('the last administrator stays, whatever is taken back', async (t) => {
  const w = await world(t)
  const { vera } = await addCast(w)
  const set = (role_id: number, id: number) => (tx: Tx) =>
    everyTenantTx(tx).updateTable('person').set({ role_id }).where('id', '=', id).execute()
  const raised = await perform(w, set(roles.administrator, vera.person_id))
  await perform(w, set(roles.viewer, w.actor.person_id))
  const again = await vera.api.post(`/operations/${raised}/undo`, {})
  t.equal(again.statusCode, 409)
  t.match(again.json().detail, 'Nobody would be left')
})

t.test(
  'does not bring an exemption back whose lock is gone, nor unlock what has one',
  async (t) => {
    const w = await world(t)
    const locked = await lockAt(w, ACME)
    const input = { key: KEY, lock_tenant_id: ACME, reason: 'Kiosk', ticket: '', expires_at: null }
    const granted = await w.api.post(`/tenants/${ACME_LEGAL}/exemptions`, input)
    const early = await w.api.post(`/operations/${locked}/undo`, {})
    t.match(early.json().detail, 'exempt from this lock since')
    await w.api.delete(`/tenants/${ACME_LEGAL}/exemptions/${granted.json().id}`)
    const { operations } = (await w.api.get('/operations?kind=exemption.withdraw')).json()
    await w.api.delete(`/tenants/${ACME}/preferences/${KEY}`)
    const late = await w.api.post(`/operations/${operations[0].id}/undo`, {})
    t.equal(late.statusCode, 409)
    t.match(late.json().detail, 'the lock that it waives is gone')
  },
)

t.test('brings back a branch that was deleted, with what was set there', async (t) => {
  const w = await world(t)
  const before = readState(w.db)
  const id = await perform(w, async (tx) => {
    await deleteTenant(tx, PROGRAM, ACME_LEGAL)
    await deleteTenant(tx, PROGRAM, ACME_LEEDS)
    await createTenant(tx, anyTenant(ACME), { name: 'New', kind: 'location', description: '' })
  })
  const { bob } = await addCast(w)
  t.equal((await bob.api.post(`/operations/${id}/undo`, {})).statusCode, 403)
  t.equal((await w.api.post(`/operations/${id}/undo`, {})).statusCode, 201)
  t.same(readState(w.db)['tenant'], before['tenant'])
})

t.test('sent again with the same key, it is done once', async (t) => {
  const w = await world(t)
  const id = await rename(w, ACME_LEGAL, 'Counsel')
  const send = () =>
    w.api.post(`/operations/${id}/undo`, { reason: 'x' }, { 'idempotency-key': 'once' })
  const [first, second] = [await send(), await send()]
  t.equal(second.statusCode, 201)
  t.same(second.json(), first.json())
  t.equal((await w.api.post(`/operations/${id}/undo`, {})).statusCode, 409)
})

t.test(
  'T33: taking a role or an activation back ends tokens and invitations for good',
  async (t) => {
    const w = await world(t)
    const set = (id: number, columns: { role_id?: number | null; active?: number }) =>
      perform(w, (tx) =>
        everyTenantTx(tx).updateTable('person').set(columns).where('id', '=', id).execute(),
      )
    for (const [none, some] of [
      [{ role_id: null }, { role_id: roles.viewer }],
      [{ active: 0 }, { active: 1 }],
    ] as const) {
      const user = await addUser(w, ACME, `User ${JSON.stringify(none)}`, 'viewer')
      await set(user.person_id, none)
      const given = await set(user.person_id, some)
      await perform(w, (tx) => createInvitation(tx, user.person_id, 'Alice'))
      t.equal((await user.api.get('/me')).statusCode, 200)
      t.equal((await w.api.post(`/operations/${given}/undo`, {})).statusCode, 201)
      await set(user.person_id, some)
      t.equal((await user.api.get('/me')).statusCode, 401)
      t.equal(await openInvitations(w, user.person_id), 0)
    }
  },
)

t.test('T33: taking another address back ends the invitation that went to it', async (t) => {
  const w = await world(t)
  const { person_id } = await addUser(w, ACME, 'Ivy', 'viewer')
  const readdressed = await perform(w, async (tx) => {
    await everyTenantTx(tx)
      .updateTable('person')
      .set({ email: 'new@acme.example', email_key: 'new@acme.example', invited_at: w.clock.now })
      .where('id', '=', person_id)
      .execute()
    await createInvitation(tx, person_id, 'Alice')
  })
  t.equal(await openInvitations(w, person_id), 1)
  t.equal((await w.api.post(`/operations/${readdressed}/undo`, {})).statusCode, 201)
  t.equal(await openInvitations(w, person_id), 0)
})

const openInvitations = async ({ db }: World, person_id: number) =>
  (
    await db
      .selectFrom('invitation')
      .select('person_id')
      .where('person_id', '=', person_id)
      .execute()
  ).length
