import t from 'tap'
import { verifyAuditChain } from '../../src/db/audit-chain.ts'
import { operation, type Tx } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { canary } from '../support/canaries.ts'
import { addCast, addUser, anyTenant } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

// What moves from one tenant to another is in the logs of both; whoever sees only one of them learns
// nothing of the other.

type Client = World['api']

const perform = ({ db, actor }: World, kind: string, write: (tx: Tx) => Promise<unknown>) =>
  operation(db, actor, kind, async (tx) => {
    await write(tx)
    return tx.operation.id
  })

const move = async (api: Client, ids: number[], tenant_id: number) =>
  (await api.post('/computers/batch', { action: 'change_tenant', ids, tenant_id })).statusCode

const newest = async (api: Client, tenant_id: number) =>
  (await api.get(`/tenants/${tenant_id}/history`)).json().operations[0]

const reparent = (w: World, id: number, parent_id: number, more = {}) =>
  perform(w, 'tenant.update', (tx) =>
    updateTenant(tx, anyTenant(id), { parent_id: anyTenant(parent_id), ...more }),
  )

t.test('a move is in the log of the computer and in those of both tenants', async (t) => {
  const w = await world(t)
  const id = await addComputer(w, ACME, { name: 'Reception' })
  t.equal(await move(w.api, [id], RIVAL), 200)
  for (const page of [
    `/computers/${id}/history`,
    `/tenants/${ACME}/history`,
    `/tenants/${RIVAL}/history`,
    '/history?tenant=acme',
    '/history?tenant=rival',
  ])
    t.match(
      mainText((await w.alice.get(page)).body),
      /Moved computer Reception.*Tenant was Acme → now Rival/,
      page,
    )
})

/** A computer that Acme gave to Rival, where much was done with it since. */
async function givenAway(w: World) {
  const cast = await addCast(w)
  await addUser(w, ACME, canary(ACME), 'viewer')
  const id = await addComputer(w, ACME, { name: 'Desk', model: 'Old', person: canary(ACME) })
  await move(w.api, [id], RIVAL)
  await w.api.patch(`/computers/${id}`, { name: canary(RIVAL), model: 'New' })
  await w.api.patch(`/computers/${id}`, { model: 'Newer' })
  return { ...cast, id }
}

const everyPage = (operation: number, tenant_id: number) => [
  '/history',
  `/tenants/${tenant_id}/history`,
  `/history/${operation}`,
  `/history/${operation}/undo`,
  '/history/export.csv',
  '/history/export.json',
]

t.test('T6: who sees only the tenant that was left sees what left, not where to', async (t) => {
  const w = await world(t)
  const { bob } = await givenAway(w)
  const { id, change_count, changes } = await newest(bob.api, ACME)
  t.equal(change_count, 1)
  t.match(changes, [
    {
      did: 'Changed',
      title: 'Desk',
      fields: [{ label: 'Tenant', before: 'Acme', after: 'another tenant' }],
    },
  ])
  for (const page of everyPage(id, ACME)) {
    const { body, statusCode } = await bob.browser.get(page)
    t.equal(statusCode, 200, page)
    t.match(body, 'another tenant', page)
    t.notMatch(body, /Rival|Newer|New\b.*model|canary-6/, page)
  }
})

t.test('T6: who sees only the tenant that it came to sees no more of the former one', async (t) => {
  const w = await world(t)
  const { charlie, id: computer } = await givenAway(w)
  const { operations } = (await charlie.api.get(`/tenants/${RIVAL}/history`)).json()
  const [, , { id, changes }] = operations
  t.match(changes[0].fields, [{ label: 'Tenant', before: 'another tenant', after: 'Rival' }])
  t.equal(changes[0].fields.length, 1, 'nor whose computer it was')
  const pages = everyPage(id, RIVAL).filter((page) => !page.endsWith('undo'))
  for (const page of [...pages, `/computers/${computer}/history`]) {
    const { body } = await charlie.browser.get(page)
    t.match(body, 'another tenant', page)
    t.notMatch(body, /Acme|canary-3/, page)
  }
})

t.test('T6: who gave something away is not told how often it was changed since', async (t) => {
  const w = await world(t)
  const { bob } = await givenAway(w)
  const { id } = await newest(bob.api, ACME)
  const undo = await bob.api.post(`/operations/${id}/undo`, { preview: true })
  t.match(undo.json(), { refusal: /may not see/, obstacles: [], hidden_obstacles: 0 })
  t.equal((await bob.api.post(`/operations/${id}/undo`, {})).statusCode, 403)
  t.notMatch((await bob.browser.get(`/history/${id}`)).body, `/history/${id}/undo`)
})

t.test('T5: somebody who may see neither end sees nothing of a move', async (t) => {
  const w = await world(t)
  await addCast(w)
  const id = await addComputer(w, RIVAL, { name: 'Theirs' })
  await w.api.post('/tenants', { parent_id: 1, name: 'Third', kind: 'client', description: '' })
  const eve = await addUser(w, ACME, 'Eve Viewer', 'viewer')
  const before = (await eve.api.get('/operations')).json().operations.length
  t.equal(await move(w.api, [id], 7), 200)
  t.equal((await eve.api.get('/operations')).json().operations.length, before)
})

t.test('a tenant that moved is in the logs of its former and of its new parent', async (t) => {
  const w = await world(t)
  const id = await reparent(w, ACME_LEEDS, RIVAL)
  for (const tenant of [ACME_LEEDS, ACME, RIVAL]) {
    const text = mainText((await w.alice.get(`/tenants/${tenant}/history`)).body)
    t.match(text, /Moved tenant Leeds office.*Parent was Acme → now Rival/, String(tenant))
    t.equal((await newest(w.api, tenant)).id, id)
  }
})

t.test('T6: of a tenant that moved, its former parent learns no new name or place', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const id = await reparent(w, ACME_LEEDS, RIVAL, { name: `Office ${canary(RIVAL)}` })
  const { changes } = await newest(bob.api, ACME)
  t.match(changes[0], {
    title: 'Leeds office',
    fields: [{ before: 'Acme', after: 'another tenant' }],
  })
  for (const page of everyPage(id, ACME))
    t.notMatch((await bob.browser.get(page)).body, /Rival|canary-6/, page)
  const arrived = (await newest(charlie.api, RIVAL)).changes[0]
  t.match(arrived.fields, [{}, { before: 'another tenant', after: 'Rival' }])
  t.notMatch(JSON.stringify(arrived), 'Acme')
})

t.test('T5: of a tenant that is closed to a reader, its new parent tells nothing', async (t) => {
  const w = await world(t)
  const ada = await addUser(w, RIVAL, 'Ada Admin', 'administrator')
  const denied = { person_id: ada.person_id, tenant_id: ACME_LEEDS, role_id: null, effect: 'deny' }
  t.equal((await w.api.post('/assignments', denied)).statusCode, 201)
  await reparent(w, ACME_LEEDS, RIVAL)
  t.notMatch((await ada.browser.get(`/tenants/${RIVAL}/history`)).body, 'Leeds')
})

t.test('the log of all that left counts in a large operation, too', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const ids = await addComputers(w, RIVAL, ['One', 'Two'])
  const mine = await addComputer(w, ACME, { name: 'Mine' })
  const id = await perform(w, 'test.large', async (open) => {
    const tx = everyTenantTx(open)
    await tx.updateTable('computer').set({ tenant_id: RIVAL }).where('id', '=', mine).execute()
    for (let n = 0; n <= 2500; n++)
      await tx
        .updateTable('computer')
        .set((eb) => ({ version: eb('version', '+', 1) }))
        .where('id', 'in', ids)
        .execute()
  })
  const listed = (await bob.api.get(`/operations?tenant_id=${ACME}`)).json().operations
  t.match(listed[0], { id, change_count: 1 })
  t.equal(
    (await w.api.get(`/operations?tenant_id=${RIVAL}`)).json().operations[0].change_count,
    1000,
  )
})

t.test('T25: the chain of the log holds over moves', async (t) => {
  const w = await world(t)
  await givenAway(w)
  await reparent(w, ACME_LEEDS, RIVAL)
  t.equal(await verifyAuditChain(w.db, []), null)
})

t.test('finds what left and what came by an index', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const queries = watchQueries(w.db)
  await w.alice.get(`/tenants/${ACME}/history`)
  await bob.browser.get(`/tenants/${ACME}/history`)
  const steps = queries.flatMap((query) => planOf(w.path, query))
  for (const index of ['change_left', 'change_joined', 'change_tenant'])
    t.ok(
      steps.some((step) => step.includes(`INDEX ${index}`)),
      index,
    )
  t.same(fullScans(steps), [])
})
