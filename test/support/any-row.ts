import type Database from 'better-sqlite3'
import { tables } from '../../src/db/tables.ts'

type Column = { name: string; type: string; pk: number }
type KeyColumn = { id: number; table: string; from: string; to: string | null }

/** A foreign key of a table: which of its columns must be found in which of another. */
export type ForeignKey = { table: string; columns: { from: string; to: string }[] }

/** The foreign keys of a table, as the database knows them. */
export function foreignKeys(sqlite: Database.Database, table: string): ForeignKey[] {
  const rows = sqlite.pragma(`foreign_key_list(${table})`) as KeyColumn[]
  return [...Map.groupBy(rows, ({ id }) => id).values()].map((columns) => ({
    table: columns[0]!.table,
    columns: columns.map(({ from, to }) => ({ from, to: to ?? 'id' })),
  }))
}

/** Columns whose text the database or the program reads as JSON, with what such a row says. */
const JSON_COLUMNS: Record<string, (text: string) => unknown> = {
  'computer_group.filter': (text) => ({ q: text }),
  'schedule.rules': () => [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
  'schedule.options': () => ({}),
  'schedule_override.rules': () => [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
  'session_options.options': (text) => ({ text }),
}

let last = 1000

/** What a row is to hold, by column. */
export type Row = Record<string, string | number | null>

/**
 * A row that any table takes, whatever its columns are: with rows of the same tenant wherever it
 * points to, which are put in first. It does not heed what CHECK asks, so checks must be off.
 */
export function anyRow(
  sqlite: Database.Database,
  table: string,
  tenant_id: number,
  text = 'text',
): Row {
  const row: Row = {}
  for (const { table: parent, columns } of foreignKeys(sqlite, table)) {
    if (parent === table) continue
    const found =
      parent === 'tenant'
        ? { id: tenant_id }
        : (anybodys(sqlite, parent) ?? putRow(sqlite, parent, tenant_id, text))
    for (const { from, to } of columns) row[from] ??= found[to as 'id']!
  }
  const referring = new Set(
    foreignKeys(sqlite, table).flatMap(({ columns }) => columns.map(({ from }) => from)),
  )
  for (const { name, type, pk } of sqlite.pragma(`table_info(${table})`) as Column[]) {
    if (referring.has(name)) continue
    const value = ++last
    if (!pk || type !== 'INTEGER')
      row[name] = type === 'TEXT' ? textFor(`${table}.${name}`, `${text} ${value}`) : value
  }
  return row
}

function textFor(column: string, text: string) {
  const json = JSON_COLUMNS[column]
  return json ? JSON.stringify(json(text)) : text
}

/** Of a table that serves all tenants, a row that is there already. */
function anybodys(sqlite: Database.Database, table: string) {
  if (tables[table as keyof typeof tables].class === 'tenant') return undefined
  return sqlite.prepare(`select * from "${table}" limit 1`).get() as Row | undefined
}

/** Puts such a row into the table, and returns it as it lies there. */
export function putRow(sqlite: Database.Database, table: string, tenant_id: number, text?: string) {
  return insert(sqlite, table, anyRow(sqlite, table, tenant_id, text))
}

export function insert(sqlite: Database.Database, table: string, row: Row): Row {
  const columns = Object.keys(row)
  const sql = `insert into "${table}" (${columns.map((name) => `"${name}"`).join(', ')})
    values (${columns.map(() => '?').join(', ')}) returning *`
  return sqlite.prepare(sql).get(...Object.values(row)) as Row
}
