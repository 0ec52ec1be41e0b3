import t from 'tap'
import { findFaults } from '../../src/db/faults.ts'
import { type Tx, operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { createTenant, updateTenant } from '../../src/tenants/commands.ts'
import { addCast, anyTenant, roles } from '../support/cast.ts'
import { addComputer, addComputers, sync } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { readState } from '../support/rows.ts'
import { ACME, ACME_LEGAL, NORTHWIND, RIVAL, type World, world } from '../support/world.ts'

const perform = ({ db, actor }: World, write: (tx: Tx) => Promise<unknown>) =>
  operation(db, actor, 'test.write', async (tx) => {
    await write(tx)
    return tx.operation.id
  })

const foresee = async ({ api }: World, id: number) =>
  (await api.post(`/operations/${id}/undo`, { preview: true })).json()

const newest = async ({ api }: World) =>
  (await api.get('/operations?limit=1')).json().operations[0].id as number

t.test('foresees that something made since needs what would go, and leads to it', async (t) => {
  const w = await world(t)
  const made = await w.api.post('/tenants', { parent_id: ACME, name: 'Paris', kind: 'location' })
  const id = await newest(w)
  t.match(await foresee(w, id), { refusal: null, is_tried: true })
  await addComputer(w, made.json().id, { name: 'PARIS-1' })
  const needed_by = await newest(w)
  const before = readState(w.db)
  t.match(await foresee(w, id), { refusal: /since/, obstacles: [{ id: needed_by }] })
  const { body } = await w.alice.get(`/history/${id}/undo`)
  t.match(body, new RegExp(`What stands in the way.*href="/history/${needed_by}"`, 's'))
  t.match(mainText(body), 'computer PARIS-1')
  t.equal((await w.alice.post(`/history/${id}/undo`)).statusCode, 409)
  t.strictSame(readState(w.db), before)
})

t.test('foresees that what would come back has nowhere to be any more', async (t) => {
  const w = await world(t)
  const [id] = await addComputers(w, ACME_LEGAL, ['LEGAL-1'])
  await w.api.post('/computers/batch', { action: 'change_tenant', ids: [id], tenant_id: RIVAL })
  const moved = await newest(w)
  t.match(await foresee(w, moved), { refusal: null })
  t.equal((await w.api.delete(`/tenants/${ACME_LEGAL}`)).statusCode, 204)
  const deleted = await newest(w)
  t.match(await foresee(w, moved), { refusal: /since/, obstacles: [{ id: deleted }] })
})

t.test('T6: foresees that nobody would be left who administers everything', async (t) => {
  const w = await world(t)
  const { vera } = await addCast(w)
  const set = (role_id: number, id: number) => (tx: Tx) =>
    everyTenantTx(tx).updateTable('person').set({ role_id }).where('id', '=', id).execute()
  const raised = await perform(w, set(roles.administrator, vera.person_id))
  await perform(w, set(roles.viewer, w.actor.person_id))
  const foreseen = await vera.api.post(`/operations/${raised}/undo`, { preview: true })
  t.match(foreseen.json(), { refusal: /Nobody would be left/, obstacles: [] })
})

t.test('gives names back that went from one to the other', async (t) => {
  const w = await world(t)
  const before = readState(w.db)['tenant']
  const id = await perform(w, async (tx) => {
    await updateTenant(tx, anyTenant(ACME), { slug: 'acme-old' })
    await updateTenant(tx, anyTenant(RIVAL), { slug: 'acme' })
  })
  const undone = await w.api.post(`/operations/${id}/undo`, {})
  t.equal(undone.statusCode, 201)
  t.strictSame(readState(w.db)['tenant'], before)
  t.equal((await w.api.post(`/operations/${undone.json().id}/undo`, {})).statusCode, 201)
  t.match((await w.api.get(`/tenants/${RIVAL}`)).json(), { slug: 'acme' })
})

t.test('one that is refused half-way leaves nothing, and the log stays sound', async (t) => {
  const w = await world(t)
  const id = await perform(w, async (tx) => {
    await updateTenant(tx, anyTenant(NORTHWIND), { name: 'Northwind Group' })
    await updateTenant(tx, anyTenant(ACME), { slug: 'acme-old' })
  })
  await perform(w, (tx) =>
    createTenant(tx, anyTenant(RIVAL), {
      name: 'Acme',
      kind: 'location',
      description: '',
      slug: 'acme',
    }),
  )
  const before = readState(w.db)['tenant']
  const refused = await w.api.post(`/operations/${id}/undo`, {})
  t.equal(refused.statusCode, 409)
  t.match(refused.json().detail, 'has taken a name')
  t.strictSame(readState(w.db)['tenant'], before)
  t.strictSame(await findFaults(w.path), [])
})

t.test('many rows of several tables come back and go again, and the log stays sound', async (t) => {
  const w = await world(t)
  await sync(
    w,
    Array.from({ length: 600 }, (_, index) => agentOf(index)),
  )
  const ids = Array.from({ length: 600 }, (_, index) => index + 1)
  const state = () => [readState(w.db)['computer'], readState(w.db)['agent']]
  const before = state()
  await w.api.post('/computers/batch', { action: 'change_tenant', ids, tenant_id: RIVAL })
  const moved = await newest(w)
  const after = state()
  const undone = await w.api.post(`/operations/${moved}/undo`, {})
  t.strictSame(state(), before)
  t.equal((await w.api.post(`/operations/${undone.json().id}/undo`, {})).statusCode, 201)
  t.strictSame(state(), after)
  t.strictSame(await findFaults(w.path), [])
  t.match(mainText((await w.alice.get(`/history/${moved}`)).body), '1,200 changes')
  t.match(mainText((await w.alice.get(`/history/${moved}/undo`)).body), 'agent 600 · computer 600')
})

const agentOf = (index: number) => ({
  external_key: `agent-${index}`,
  tenant_id: ACME,
  name: `PC-${index}`,
  serial_number: `SN${index}X9`,
  manufacturer: 'Dell Inc.',
  model: '',
  hardware_uuid: '',
  operating_system: 'Windows 11',
  last_seen_at: '2026-11-24T09:00:00.000Z',
})
