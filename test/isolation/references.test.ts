import type Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openConnection } from '../../src/db/connection.ts'
import { tables } from '../../src/db/tables.ts'
import { type ForeignKey, anyRow, foreignKeys, insert } from '../support/any-row.ts'
import { ACME, RIVAL, world } from '../support/world.ts'

/** Tables whose rows belong to one tenant each, but for the tenants themselves. */
const owned = Object.entries(tables)
  .filter(([name, { class: kind }]) => kind === 'tenant' && name !== 'tenant')
  .map(([name]) => name)

const isOwned = (table: string) => table === 'tenant' || owned.includes(table)

/**
 * The columns by which a row of one tenant may point into another on purpose. Every other
 * reference between the rows of tenants includes the tenant, so that it cannot.
 */
const CROSSINGS: Record<string, string> = {
  'access_request.asked_tenant_id': 'Whoever asks for access asks for a tenant that is not theirs.',
  'tenant.parent_id': 'It is what makes the tree.',
  'tenant_alias.parent_id': 'A former name is known where its tenant was.',
  'exemption.lock_tenant_id': 'Whoever is excused is so from a lock that stands above.',
  'identity.provider_id': 'A provider of a tenant vouches for the people below it too.',
  'calendar_feed.person_id': 'Whoever looks after a tenant has a link to its calendar.',
  'role_assignment.person_id': 'Technicians of one tenant are given rights at another.',
  'role_assignment.group_id': 'So are groups of them.',
  'person_tag.tag_tenant_id+tag_id': 'A tag can be given in its tenant and below.',
  'computer_tag.tag_tenant_id+tag_id': 'As to people.',
  'tenant_tag.tag_tenant_id+tag_id': 'As to people.',
  'schedule.target_tag_tenant_id+target_tag_id': 'A tag from above says whom a schedule is for.',
  'schedule.target_group_tenant_id+target_group_id': 'So does a group of computers from above.',
  'schedule_computer.schedule_tenant_id+schedule_id': 'A schedule covers computers below it.',
  'schedule_override.schedule_tenant_id+schedule_id': 'A tenant decides about what it inherits.',
  'maintenance_session.window_tenant_id+window_id': 'A window is for computers below its tenant.',
}

/** Columns that name a tenant, and are kept by triggers. */
const KEPT = new Set(['person.top_id', 'computer.top_id'])

/** Columns that tell of what was, which may be gone, or of nothing: 0 for no override. */
const TELLING = new Set([
  'maintenance_window.override_id',
  'maintenance_session.schedule_id',
  'maintenance_order.schedule_id',
  'maintenance_order.window_id',
  'maintenance_order.session_id',
])

const nameOf = (table: string, { columns }: ForeignKey) =>
  `${table}.${columns.map(({ from }) => from).join('+')}`

/** Whether a reference can only be to a row of the same tenant. */
const staysInside = (table: string, { table: parent, columns }: ForeignKey) =>
  parent === 'tenant'
    ? columns.every(({ from }) => from === tables[table as keyof typeof tables].tenant_column)
    : columns.some(({ from, to }) => from === 'tenant_id' && to === 'tenant_id')

/** The file with an open operation and no checks, so that only references can refuse a row. */
async function open(t: Test) {
  const { path } = await world(t)
  const sqlite = openConnection(path)
  sqlite.pragma('ignore_check_constraints = ON')
  sqlite.exec(`begin;
    insert into operation (id, at, kind, actor_name) values (900, '2026-11-24', 'test', 'Test');
    insert into open_operation (slot, operation_id) values (1, 900)`)
  t.teardown(() => sqlite.close())
  return sqlite
}

t.test('T9: what refers to a row of a tenant names the tenant too', async (t) => {
  const sqlite = await open(t)
  const crossing = ['tenant', ...owned].flatMap((table) =>
    foreignKeys(sqlite, table)
      .filter((key) => isOwned(key.table) && !staysInside(table, key))
      .map((key) => nameOf(table, key)),
  )
  t.same(crossing.toSorted(), Object.keys(CROSSINGS).toSorted())
})

t.test('T9: no column holds an id that the database does not look after', async (t) => {
  const sqlite = await open(t)
  const loose = owned.flatMap((table) => {
    const kept = new Set(
      foreignKeys(sqlite, table).flatMap(({ columns }) => columns.map((one) => one.from)),
    )
    const columns = sqlite.pragma(`table_info(${table})`) as { name: string; type: string }[]
    return columns
      .filter(({ name, type }) => type === 'INTEGER' && name.endsWith('_id') && !kept.has(name))
      .map(({ name }) => `${table}.${name}`)
      .filter((name) => !KEPT.has(name) && !TELLING.has(name))
  })
  t.same(loose, [])
})

/** That the database refuses `row`, in this very way, and `sound`, which differs little, not. */
function refusesRow(
  t: Test,
  sqlite: Database.Database,
  table: string,
  { row, sound, because }: Record<'row' | 'sound', ReturnType<typeof anyRow>> & { because: RegExp },
) {
  t.throws(() => insert(sqlite, table, row), { message: because }, `${table}: ${String(because)}`)
  t.doesNotThrow(() => insert(sqlite, table, sound))
}

for (const table of owned)
  t.test(`T9: a row of ${table} is of a tenant that there is`, async (t) => {
    const sqlite = await open(t)
    for (const [tenant_id, because] of [
      [null, /NOT NULL/],
      [987_654, /FOREIGN KEY|NOT NULL/],
    ] as const) {
      const sound = anyRow(sqlite, table, ACME)
      refusesRow(t, sqlite, table, { row: { ...sound, tenant_id }, sound, because })
    }
  })

for (const table of owned)
  t.test(`T9: no row of ${table} points to what belongs to another tenant`, async (t) => {
    const sqlite = await open(t)
    const references = foreignKeys(sqlite, table).filter(
      (key) => key.table !== 'tenant' && isOwned(key.table) && staysInside(table, key),
    )
    for (const { columns } of references) {
      const because = /FOREIGN KEY/
      const sound = anyRow(sqlite, table, ACME)
      const foreign = anyRow(sqlite, table, RIVAL)
      const pointing = columns.filter(({ from }) => from !== 'tenant_id')
      const row = { ...anyRow(sqlite, table, ACME) }
      for (const { from } of pointing) row[from] = foreign[from]!
      refusesRow(t, sqlite, table, { row, sound, because })
      const move = sqlite.prepare(
        `update "${table}" set tenant_id = ? where "${pointing[0]!.from}" = ?`,
      )
      t.throws(() => move.run(RIVAL, sound[pointing[0]!.from]), { message: because })
    }
    t.ok(true, `${references.length} references`)
  })
