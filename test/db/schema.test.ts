import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { tables } from '../../src/db/tables.ts'
import { withFile } from '../support/rows.ts'
import { world } from '../support/world.ts'

const source = [
  'schema.ts',
  'access-schema.ts',
  'account-schema.ts',
  'computer-schema.ts',
  'merge-schema.ts',
  'tag-schema.ts',
  'schedule-schema.ts',
]
  .map((file) => readFileSync(join(import.meta.dirname, '../../src/db', file), 'utf8'))
  .join('\n')

/** The columns that the files of the schema declare of a table, with whether each may be null. */
function declaredColumns(table: string) {
  const name = new RegExp(`\\b${table}: (\\w+)`).exec(source.split('interface Schema')[1]!)![1]
  const body = new RegExp(`interface ${name} \\{([^}]*)\\}`).exec(source)![1]!
  const lines = [...body.matchAll(/^ {2}(\w+): (.*(?:\n {4}.*)*)$/gm)]
  return Object.fromEntries(lines.map(([, column, type]) => [column, /\| null\b/.test(type!)]))
}

const ours = `select name from sqlite_master where type = 'table'
  and name not like 'sqlite_%' and name not like 'kysely_%' and name not like '%_search%'`

t.test('classes every table as of a tenant, global or system', async (t) => {
  const { path } = await world(t)
  withFile(path, (sqlite) =>
    t.strictSame(sqlite.prepare(ours).pluck().all().sort(), Object.keys(tables).sort()),
  )
})

for (const table of Object.keys(tables))
  t.test(`declares the columns that ${table} has`, async (t) => {
    const { path } = await world(t)
    const columns = withFile(path, (sqlite) => sqlite.pragma(`table_xinfo(${table})`)) as {
      name: string
      notnull: number
      pk: number
    }[]
    const actual = columns.map(({ name, notnull, pk }) => [name, notnull === 0 && pk === 0])
    t.strictSame(declaredColumns(table), Object.fromEntries(actual))
  })
