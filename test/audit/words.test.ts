import { globSync, readFileSync } from 'node:fs'
import t from 'tap'
import { loggedTables } from '../../src/audit/tables.ts'
import { knownKinds, operationInWords } from '../../src/audit/words.ts'
import { openConnection } from '../../src/db/connection.ts'
import type { Schema } from '../../src/db/schema.ts'
import { tables } from '../../src/db/tables.ts'
import { world } from '../support/world.ts'

t.test('every kind of operation that the program writes has words of its own', async (t) => {
  const kinds = globSync('src/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/operation\([^()]*?'([a-z_]+\.[a-z_]+)'/g)].map(
      ([, kind]) => kind!,
    ),
  )
  t.ok(kinds.includes('tenant.create'))
  for (const kind of new Set(kinds)) t.notMatch(operationInWords(kind), ':', kind)
})

t.test('no two kinds of operation to choose from look alike', async (t) => {
  const kinds = knownKinds.map(({ label }) => label)
  t.ok(kinds.includes('Added tag (computer)'))
  t.equal(new Set(kinds).size, kinds.length)
})

t.test('a kind without words reads as it is spelled', async (t) => {
  t.equal(operationInWords('price_list.set_currency'), 'Price list: set currency')
})

t.test('every table that is logged has words, and says what it takes to read of it', async (t) => {
  const logged = Object.entries(tables).filter(([, { tenant_column }]) => tenant_column)
  t.ok(logged.length > 8)
  for (const [name, facts] of logged) {
    t.ok(loggedTables[name], name)
    // Of a tenant itself, and of what all share, the permission to see the history is enough.
    if (facts.class === 'tenant' && name !== 'tenant') t.ok(loggedTables[name]?.permission, name)
  }
})

/** What a history need not tell: keys and counters, and what title and line of a row say already. */
const KEYS = /^(id|version|operation_id|.*_key|.*_tenant_id|tenant_id|parent_id)$/
const UNTOLD: Partial<Record<keyof Schema, string[]>> = {
  access_request: ['asked_for', 'asked_at', 'answered_by', 'answered_at'],
  agent: ['doubt'],
  api_token: ['person_id', 'permissions'],
  computer: ['platform', 'source'],
  exemption: ['key'],
  identity: ['provider_id', 'created_at'],
  maintenance_order: ['verb', 'window_id', 'session_id'],
  person: ['source', 'invited_at'],
  preference_entry: ['key'],
  role: ['key'],
}

t.test('every column that is logged is told, or is known to go without saying', async (t) => {
  const { path } = await world(t)
  const sqlite = openConnection(path)
  t.teardown(() => sqlite.close())
  for (const table of Object.keys(tables) as (keyof Schema)[]) {
    const { unlogged = [], tenant_column } = tables[table] ?? {}
    if (!tenant_column) continue
    const told = new Set([
      ...Object.keys(loggedTables[table]!.columns),
      ...unlogged,
      ...(UNTOLD[table] ?? []),
    ])
    const columns = sqlite.pragma(`table_info(${table})`) as { name: string }[]
    const silent = columns.map(({ name }) => name).filter((column) => !KEYS.test(column))
    t.same(
      silent.filter((column) => !told.has(column)),
      [],
      table,
    )
  }
})
