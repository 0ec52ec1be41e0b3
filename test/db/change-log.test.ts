import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { tables } from '../../src/db/tables.ts'
import { createTenant, deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import { withFile } from '../support/rows.ts'
import { ACME, ACME_LEGAL, type World, world } from '../support/world.ts'
import { PROGRAM } from '../support/any-tenant.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'

const lastChanges = ({ db }: World) =>
  everyTenant(db)
    .selectFrom('change')
    .select(['table_name', 'row_id', 'tenant_id', 'before', 'after'])
    .where('operation_id', '=', (eb) =>
      eb.selectFrom('operation').select((id) => id.fn.max('id').as('id')),
    )
    .execute()

t.test('holds a new row', async (t) => {
  const here = await world(t)
  const paris = { name: 'Paris', kind: 'location', description: 'Rue X' } as const
  const id = await operation(here.db, here.actor, 'test', (tx) => createTenant(tx, ACME, paris))
  const [change, ...others] = await lastChanges(here)
  t.same(others, [])
  t.match(change, { table_name: 'tenant', row_id: id, tenant_id: id, before: null })
  t.match(JSON.parse(change!.after!), { id, parent_id: ACME, ...paris })
})

t.test('holds a changed row before and after, in full', async (t) => {
  const here = await world(t)
  await operation(here.db, here.actor, 'test', (tx) => updateTenant(tx, ACME, { name: 'Acme 2' }))
  const [change, ...others] = await lastChanges(here)
  t.same(others, [])
  t.match(JSON.parse(change!.before!), { id: ACME, name: 'Acme', kind: 'client', version: 1 })
  t.match(JSON.parse(change!.after!), { id: ACME, name: 'Acme 2', kind: 'client', version: 2 })
})

t.test('holds a deleted row', async (t) => {
  const here = await world(t)
  await operation(here.db, here.actor, 'test', (tx) => deleteTenant(tx, PROGRAM, ACME_LEGAL))
  const [change] = await lastChanges(here)
  t.match(change, { row_id: ACME_LEGAL, after: null })
  t.match(JSON.parse(change!.before!), { id: ACME_LEGAL, name: 'Legal' })
})

t.test('says nothing of a row that was written as it was', async (t) => {
  const here = await world(t)
  await operation(here.db, here.actor, 'test', (tx) =>
    everyTenantTx(tx).updateTable('tenant').set({ name: 'Acme' }).where('id', '=', ACME).execute(),
  )
  t.same(await lastChanges(here), [])
})

t.test('never holds a secret, nor what only reports', async (t) => {
  const { db } = await world(t)
  const rows = await everyTenant(db)
    .selectFrom('change')
    .select(['table_name', 'before', 'after'])
    .execute()
  t.ok(rows.some(({ table_name }) => table_name === 'api_token'))
  for (const { before, after } of rows)
    t.notMatch(`${before}${after}`, /argon2|token_hash|password|child_count|override_count/)
})

t.test('cannot be changed or deleted from by way of the database', async (t) => {
  const { path } = await world(t)
  withFile(path, (sqlite) => {
    t.throws(() => sqlite.exec(`update change set after = '{}'`), /append-only/)
    t.throws(() => sqlite.exec('delete from change'), /append-only/)
    t.throws(() => sqlite.exec(`update operation set actor_name = 'Mallory'`), /final/)
    t.throws(() => sqlite.exec('delete from operation'), /append-only/)
  })
})

t.test(
  'logs every column of every table that is logged, but those named as unlogged',
  async (t) => {
    const { path } = await world(t)
    withFile(path, (sqlite) => {
      for (const [table, { tenant_column, unlogged = [] }] of Object.entries(tables)) {
        if (!tenant_column) continue
        const columns = sqlite
          .prepare(`select name from pragma_table_info('${table}')`)
          .pluck()
          .all()
        const trigger = `select sql from sqlite_master where name = '${table}_log_insert'`
        const logged = [
          ...String(sqlite.prepare(trigger).pluck().get()).matchAll(/new\.(\w+)[,)]/g),
        ]
        const expected = columns.filter((column) => !unlogged.includes(String(column)))
        t.strictSame(new Set(logged.map(([, name]) => name)), new Set(expected), table)
      }
    })
  },
)
