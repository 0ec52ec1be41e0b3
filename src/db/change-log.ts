import type Database from 'better-sqlite3'
import { tables } from './tables.ts'

/**
 * Creates the triggers that write every insert, update and delete of a business table into the
 * change log, under the open operation, and refuse the write when there is none. They are made
 * anew from the columns that each table has now, so a migration cannot leave one out.
 */
export function installChangeLog(sqlite: Database.Database) {
  for (const [table, { tenant_column, unlogged = [] }] of Object.entries(tables)) {
    if (!tenant_column) continue
    const columns = (sqlite.pragma(`table_info(${table})`) as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => !unlogged.includes(name))
    for (const [name, body] of logTriggers(table, tenant_column, columns)) {
      sqlite.exec(`drop trigger if exists ${name}; create trigger ${name} ${body}`)
    }
  }
}

function logTriggers(table: string, tenant_column: string, columns: string[]) {
  const row = (side: 'old' | 'new') =>
    `json_object(${columns.map((column) => `'${column}', ${side}.${column}`).join(', ')})`
  const write = (side: 'old' | 'new', before: string, after: string) => `
    insert into change (operation_id, table_name, row_id, tenant_id, before, after)
    values (
      coalesce(
        (select operation_id from open_operation),
        raise(abort, 'a write outside an operation')),
      '${table}', ${side}.id, ${side}.${tenant_column}, ${before}, ${after});`
  const differs = columns.map((column) => `old.${column} is not new.${column}`).join(' or ')
  return [
    [
      `${table}_log_insert`,
      `after insert on ${table} begin ${write('new', 'null', row('new'))} end`,
    ],
    [
      `${table}_log_update`,
      `after update of ${columns.join(', ')} on ${table} when ${differs}
       begin ${write('new', row('old'), row('new'))} end`,
    ],
    [
      `${table}_log_delete`,
      `after delete on ${table} begin ${write('old', row('old'), 'null')} end`,
    ],
  ] as const
}
