import { type ReadableChange, isMove } from './ends.ts'
import type { Names, Reference } from './names.ts'
import { loggedTables, type Row, type Table } from './tables.ts'

/** One changed row, as a history shows it. */
export type DescribedChange = {
  id: number
  did: 'Created' | 'Changed' | 'Deleted'
  /** The same in the word that fits the row: "Withdrew". */
  verb: string
  /** "Tenant", "Preference" … */
  what: string
  title: string
  fields: DescribedField[]
  /** In one line, as far as that goes: "Set Time zone to Europe/London at Acme". */
  sentence: string
  /** The fields that the sentence does not say already. */
  rest: DescribedField[]
}

/** One column: what it was and what it became; null where there was nothing. */
type DescribedField = { label: string; before: string | null; after: string | null }

/** What a change points at: `describeChange` wants to call it by name. */
export function referencesIn({ table_name, before, after }: ReadableChange): Reference[] {
  const columns = Object.entries(loggedTables[table_name]?.columns ?? {})
  return [before, after].flatMap((json) => {
    const row = parse(json)
    return columns.flatMap(([name, column]) => {
      const value = row?.[name]
      if ('refers' in column)
        return typeof value === 'number' ? [{ table: column.refers, id: value }] : []
      return typeof value === 'string' ? (column.mentions?.(value) ?? []) : []
    })
  })
}

/** A change in words, column by column, without the columns that only the program reads. */
export function describeChange(change: ReadableChange, names: Names): DescribedChange {
  const before = parse(change.before)
  const after = parse(change.after)
  const table = loggedTables[change.table_name]
  const row = after ?? before!
  const did = !before ? 'Created' : !after ? 'Deleted' : 'Changed'
  const title = table?.title(row, names) ?? String(change.row_id)
  const verbs = typeof table?.verbs === 'function' ? table.verbs(row) : table?.verbs
  const fields = Object.entries(table?.columns ?? plainColumns(row))
    .filter(([name]) => before?.[name] !== after?.[name])
    .filter(([name, column]) => did === 'Changed' || !isUsual(row, name, column))
    .map(([name, column]) => ({
      label: column.label,
      before: before && inWords(before, name, column, names),
      after: after && inWords(after, name, column, names),
    }))
    .filter((field) => field.before !== null || field.after !== null)
    // What a row is called is said already, unless that is what changed.
    .filter((field) => did === 'Changed' || (field.before ?? field.after) !== title)
  const is_moved = isMove(change) && (change.table_name !== 'tenant' || fields.length === 1)
  const described = {
    id: change.id,
    did,
    verb: verbs?.[did] ?? (is_moved ? 'Moved' : did),
    what: table?.label ?? change.table_name,
    title,
    fields,
  } as const
  return { ...described, ...sayInOneLine(described, row, names, table) }
}

function sayInOneLine(
  { did, verb, what, title, fields }: Omit<DescribedChange, 'sentence' | 'rest'>,
  row: Row,
  names: Names,
  table?: Table,
) {
  const line = table?.line
  const words = (name: string) => inWords(row, name, table!.columns[name]!, names)
  const label = line?.title_alone ? '' : `${inASentence(what)} `
  const subject = line?.subject?.(row, names) ?? label + title
  const values = did === 'Created' ? (line?.values ?? []) : []
  const value = values.map(words).find((said) => said !== null)
  const place = line && words(line.place)
  const parts = [verb, subject, value && `to ${value}`, place && `${line.before_place} ${place}`]
  return {
    sentence: parts.filter(Boolean).join(' '),
    rest:
      did === 'Changed'
        ? fields
        : fields.filter(({ before, after }) => ![value, place].includes(before ?? after)),
  }
}

/** "Tenant" becomes small, "API token" does not. */
const inASentence = (label: string) =>
  /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label

const isUsual = (row: Row, name: string, column: Column) =>
  'usual' in column && row[name] === column.usual

type Column = Table['columns'][string]

function inWords(row: Row, name: string, column: Column, names: Names) {
  const value = row[name] ?? null
  if (value === null || value === '') return null
  if ('refers' in column) return names(column.refers, value)
  return column.words ? column.words(value, row, names) : String(value)
}

/** The columns of a table that has no words: as they are called. */
const plainColumns = (row: Row): Record<string, Column> =>
  Object.fromEntries(Object.keys(row).map((name) => [name, { label: name }]))

const parse = (json: string | null) => (json === null ? null : (JSON.parse(json) as Row))
