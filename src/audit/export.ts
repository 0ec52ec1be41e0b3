import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { csvHead, csvLine } from '../web/csv/write.ts'
import type { DescribedChange } from './describe.ts'
import { describeChanges } from './history.ts'
import { type HistoryFilter, lensOf, listInLens, listOperations } from './operations.ts'
import type { ListedOperation } from './queries.ts'

/** Who reads the file, as they are now; null once they may not read on. */
export type Reader = () => Promise<Actor | null>

const OPERATIONS_AT_ONCE = 50
const CHANGES_AT_ONCE = 200

/** A change with the operation that it was part of. */
type Line = { operation: ListedOperation; change: DescribedChange }

/**
 * The operations that match, newest first, and of each what the reader sees: a few hundred rows at a
 * time, as the reader takes them. Ends early when the reader loses the right to it.
 */
async function* eachLine(db: Db, reader: Reader, filter: HistoryFilter): AsyncGenerator<Line[]> {
  let before: number | null = null
  do {
    const actor = await requireReader(reader)
    const page = { before, limit: OPERATIONS_AT_ONCE }
    const { operations, next } = await listOperations(db, actor, filter, page)
    for (const operation of operations) yield* linesOf(db, reader, filter, operation)
    before = next
  } while (before !== null)
}

async function* linesOf(db: Db, reader: Reader, filter: HistoryFilter, operation: ListedOperation) {
  let after = 0
  while (true) {
    const actor = await requireReader(reader)
    const lens = await lensOf(db, actor, filter)
    const found = await listInLens(db, lens, operation.id, { after, limit: CHANGES_AT_ONCE })
    const described = await describeChanges(db, actor, found)
    yield described.map((change) => ({ operation, change }))
    if (found.length < CHANGES_AT_ONCE) return
    after = found.at(-1)!.id
    await new Promise(setImmediate)
  }
}

async function requireReader(reader: Reader) {
  const actor = await reader()
  if (!actor) throw new Error('whoever takes the history may not read it any more')
  return actor
}

const COLUMNS = ['operation', 'at', 'by', 'kind', 'reason', 'undoes', 'did', 'what', 'title']

/** As CSV: a line for each column of a row that differs, old and new. */
export async function* writeHistoryCsv(db: Db, reader: Reader, filter: HistoryFilter) {
  yield csvHead([...COLUMNS, 'field', 'before', 'after'])
  for await (const lines of eachLine(db, reader, filter)) yield lines.flatMap(csvLines).join('')
}

function csvLines({ operation, change }: Line) {
  const { id, at, actor_name, kind, reason, undoes_id } = operation
  const of_operation = [String(id), at, actor_name, kind, reason ?? '', String(undoes_id ?? '')]
  const start = [...of_operation, change.did, change.what, change.title]
  if (change.fields.length === 0) return [csvLine([...start, '', '', ''])]
  return change.fields.map(({ label, before, after }) =>
    csvLine([...start, label, before ?? '', after ?? '']),
  )
}

/** As JSON: one list, with an object for each row. */
export async function* writeHistoryJson(db: Db, reader: Reader, filter: HistoryFilter) {
  let separator = '['
  for await (const lines of eachLine(db, reader, filter)) {
    const objects = lines.map((line) => {
      const text = `${separator}\n${JSON.stringify(jsonObject(line))}`
      separator = ','
      return text
    })
    yield objects.join('')
  }
  yield separator === '[' ? '[]\n' : '\n]\n'
}

function jsonObject({ operation, change: { did, what, title, fields } }: Line) {
  const { id, at, actor_name, kind, reason, undoes_id } = operation
  return { operation: id, at, by: actor_name, kind, reason, undoes_id, did, what, title, fields }
}
