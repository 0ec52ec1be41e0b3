import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import { fieldError, mainText, textOf } from '../support/html.ts'
import { confirmJob } from '../support/jobs.ts'
import {
  ACME,
  ACME_LEEDS,
  ACME_LEGAL,
  NORTHWIND,
  RIVAL,
  world,
  type World,
} from '../support/world.ts'
import { anyTenant } from '../support/any-tenant.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

type Fields = Record<string, string | string[]>

/** Selects tenants in the list and chooses what to do; returns the address of the draft. */
async function draft({ alice }: World, action: string, ids: number[], more: Fields = {}) {
  const response = await alice.post('/tenants/batches', { action, ids: ids.map(String), ...more })
  t.equal(response.statusCode, 303, textOf(response.body))
  return String(response.headers.location)
}

/** The lines of a preview or an outcome: tenant, outcome, what. */
const report = (html: string) =>
  [...html.matchAll(/<tr><th scope="row">.*?<\/tr>/g)].map(([row]) => textOf(row))

const tenant = ({ db }: World, id: number) =>
  everyTenant(db).selectFrom('tenant').selectAll().where('id', '=', id).executeTakeFirst()

const lastOperation = ({ db }: World) =>
  db.selectFrom('operation').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow()

async function addClients({ db, actor }: World, count: number) {
  return operation(db, actor, 'test.clients', async (tx) => {
    const ids: number[] = []
    for (let number = 1; number <= count; number++)
      ids.push(
        await createTenant(tx, anyTenant(1), {
          name: `Client ${number}`,
          kind: 'client',
          description: '',
        }),
      )
    return ids
  })
}

t.test('sets the parent of several tenants, once the parent is chosen and confirmed', async (t) => {
  const w = await world(t)
  const job = await draft(w, 'set_parent', [ACME_LEEDS, ACME_LEGAL, RIVAL])
  t.notMatch((await w.alice.get(job)).body, '/start')
  await w.alice.post(`${job}/draft`, { parent: 'rival' })
  const preview = (await w.alice.get(job)).body
  t.same(report(preview), [
    'Rival rival Not possible Rival cannot be put below itself.',
    'Legal acme-leeds-legal Changes Parent: Leeds office → Rival',
    'Leeds office acme-leeds Changes Parent: Acme → Rival',
  ])
  t.match(await tenant(w, ACME_LEEDS), { parent_id: ACME })

  const outcome = report(await confirmJob(w.alice, job, { reason: 'Sold' }))
  t.same(
    outcome,
    report(preview).map((line) => line.replace('Changes', 'Changed')),
  )
  t.match(await tenant(w, ACME_LEEDS), { parent_id: RIVAL })
  t.match(await tenant(w, ACME_LEGAL), { parent_id: RIVAL })
  t.match(await lastOperation(w), {
    kind: 'tenant.batch_set_parent',
    reason: 'Sold',
    change_count: 2,
  })
})

t.test('says at the field when there is no such parent, and keeps what was typed', async (t) => {
  const w = await world(t)
  const job = await draft(w, 'set_parent', [ACME_LEEDS])
  const response = await w.alice.post(`${job}/draft`, { parent: 'Nobody' })
  t.equal(response.statusCode, 422)
  t.equal(fieldError(response.body, 'parent'), 'There is no tenant “Nobody”.')
  t.match(response.body, 'value="Nobody"')
})

t.test('sets the kind, and leaves the last MSP what it is', async (t) => {
  const w = await world(t)
  const job = await draft(w, 'set_kind', [NORTHWIND, ACME, RIVAL])
  await w.alice.post(`${job}/draft`, { kind: 'division' })
  t.same(report(await confirmJob(w.alice, job, { reason: '' })), [
    'Northwind MSP northwind Not possible This is the last MSP tenant. Make another one an MSP first.',
    'Acme acme Changed Kind: Client → Division',
    'Rival rival Changed Kind: Client → Division',
  ])
  t.match(await tenant(w, NORTHWIND), { kind: 'msp' })
})

t.test('deactivates and activates, and tells those that were so already', async (t) => {
  const w = await world(t)
  await confirmJob(w.alice, await draft(w, 'deactivate', [ACME]), { reason: '' })
  t.match(await tenant(w, ACME), { active: 0, version: 2 })
  const page = await confirmJob(w.alice, await draft(w, 'activate', [ACME, RIVAL]), { reason: '' })
  t.same(report(page), ['Acme acme Changed Inactive → active', 'Rival rival As it is'])
  t.match(await tenant(w, ACME), { active: 1, version: 3 })
})

t.test('deletes a whole branch that is selected, children first', async (t) => {
  const w = await world(t)
  const job = await draft(w, 'delete', [ACME, ACME_LEEDS, ACME_LEGAL])
  t.match(mainText((await w.alice.get(job)).body), 'Delete 3 tenants')
  await confirmJob(w.alice, job, { reason: '' })
  t.notOk(await tenant(w, ACME))
  t.match(await lastOperation(w), { kind: 'tenant.batch_delete', change_count: 3 })
})

t.test('refuses to delete an MSP and what is not empty, and the rest stands', async (t) => {
  const w = await world(t)
  const job = await draft(w, 'delete', [NORTHWIND, ACME, RIVAL])
  t.same(report(await confirmJob(w.alice, job, { reason: '' })), [
    'Northwind MSP northwind Not possible Northwind MSP is an MSP tenant. Make it another kind first.',
    'Acme acme Not possible Acme is not empty: it has 1 child tenant.',
    'Rival rival Deleted',
  ])
  t.notOk(await tenant(w, RIVAL))
  t.ok(await tenant(w, ACME))
})

t.test('cannot be started when every tenant refuses', async (t) => {
  const w = await world(t)
  t.notMatch((await w.alice.get(await draft(w, 'delete', [NORTHWIND]))).body, '/start')
})

t.test('asks for the number of tenants before more than ten are deleted', async (t) => {
  const w = await world(t)
  const ids = await addClients(w, 11)
  const job = await draft(w, 'delete', ids)
  const wrong = await w.alice.post(`${job}/start`, { reason: '', number: '10' })
  t.equal(wrong.statusCode, 422)
  t.equal(fieldError(wrong.body, 'number'), 'Type 11 to go on.')
  t.ok(await tenant(w, ids[0]!))
  await confirmJob(w.alice, job, { reason: '', number: '11' })
  t.notOk(await tenant(w, ids[0]!))
})

t.test('does it with all that match, wherever they are', async (t) => {
  const w = await world(t)
  const job = await draft(w, 'deactivate', [], { match: '1', q: 'acme', kind: '', active: '' })
  await confirmJob(w.alice, job, { reason: '' })
  const inactive = await everyTenant(w.db)
    .selectFrom('tenant')
    .select('id')
    .where('active', '=', 0)
    .execute()
  t.same(inactive.map(({ id }) => id).sort(), [ACME, ACME_LEEDS, ACME_LEGAL])
})

const refused: [string, Fields][] = [
  ['nothing selected', { action: 'delete' }],
  ['an unknown action', { action: 'explode', ids: '3' }],
  ['what is no id', { action: 'delete', ids: '3 or 1=1' }],
  ['an id in another notation', { action: 'delete', ids: '0x6' }],
  ['T15: a field that is not known', { action: 'delete', ids: '3', parent_id: '1' }],
]
for (const [what, fields] of refused)
  t.test(`refuses ${what}`, async (t) => {
    const { alice } = await world(t)
    t.equal((await alice.post('/tenants/batches', fields)).statusCode, 422)
  })
