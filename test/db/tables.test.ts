import t from 'tap'
import { openConnection } from '../../src/db/connection.ts'
import { tables } from '../../src/db/tables.ts'
import { world } from '../support/world.ts'

async function open(t: Parameters<typeof world>[0]) {
  const { path } = await world(t)
  const sqlite = openConnection(path, { readonly: true })
  t.teardown(() => sqlite.close())
  return { rows: <Row>(sql: string) => sqlite.prepare(sql).all() as Row[] }
}

const OWN = `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'
  and name not like 'kysely_%' and name not like '%_search%'`

t.test('every table is strict', async (t) => {
  const { rows } = await open(t)
  const found = rows<{ name: string; strict: number }>(
    `select name, strict from pragma_table_list where schema = 'main' and name in (${OWN})`,
  )
  t.same(
    found.filter((table) => !table.strict),
    [],
  )
})

/** What the scheduler does is a record by itself. */
const RECORDS = new Set(['maintenance_window', 'maintenance_session'])

t.test('every business table is logged, whatever happens to a row', async (t) => {
  const { rows } = await open(t)
  const triggers = new Set(
    rows<{ name: string }>(`select name from sqlite_master where type = 'trigger'`).map(
      ({ name }) => name,
    ),
  )
  for (const [table, { class: kind, tenant_column }] of Object.entries(tables)) {
    if (kind === 'system' || RECORDS.has(table)) continue
    t.ok(tenant_column, `${table} has a tenant`)
    for (const event of ['insert', 'update', 'delete'])
      t.ok(triggers.has(`${table}_log_${event}`), `${table} logs ${event}`)
  }
})

t.test('a row of a tenant always has one', async (t) => {
  const { rows } = await open(t)
  for (const [table, { class: kind, tenant_column, scope_column }] of Object.entries(tables)) {
    if (kind !== 'tenant' || table === 'tenant') continue
    const column = rows<{ name: string; notnull: number }>(`pragma table_info(${table})`).find(
      ({ name }) => name === (tenant_column ?? scope_column),
    )
    t.equal(column?.notnull, 1, table)
  }
})
