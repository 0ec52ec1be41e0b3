import { Conflict, NotFound } from '../errors.ts'
import { paced } from '../pace.ts'
import { type BrokenReference, findBrokenReferences } from './broken-references.ts'
import type { Db, Reads } from './connection.ts'
import { deferReferences } from './deferring.ts'
import { type Author, type Tx, operation } from './operation.ts'
import { prepared } from './prepared.ts'
import { reversals, writerOf } from './reversals.ts'
import { everyTenant } from './scope-guard.ts'
import { type Stretch, stretchesOf } from './stretches.ts'

/** A later operation that touched the same rows, and so stands in the way of an undo. */
export type Obstacle = { operation_id: number; at: string; kind: string; actor_name: string }

/** A row as it was logged. */
export type LoggedRow = Record<string, string | number | null>

/** A row that is taken back: what it is now, and what it will be; null where there is none. */
export type Reversal = {
  table: string
  row_id: number
  now: LoggedRow | null
  former: LoggedRow | null
}

/** What an undo has to keep to, beside what the database itself holds. */
export type UndoRules = {
  /** Throws when others stand in the way. */
  refuseObstacles(obstacles: Obstacle[]): Promise<void> | void
  /** Whether a row stays as it is, though the rest is taken back. */
  stays(reversal: Reversal): boolean
  /** Looks at rows, some at a time, before any is taken back, and throws. */
  before(some: Reversal[]): Promise<void>
  /** Looks at rows, some at a time, once all are taken back, and throws. */
  after(some: Reversal[]): Promise<void>
}

/** Those of the program itself: whatever fits together may be taken back. */
const NO_RULES: UndoRules = {
  refuseObstacles,
  stays: () => false,
  before: async () => {},
  after: async () => {},
}

/** How an operation is recorded that takes another back. */
export const undoFacts = (id: number, reason: string | null) => ({
  kind: 'operation.undo',
  reason,
  undoes_id: id,
})

/**
 * Takes back a whole operation, as a new operation, whose id it returns. Throws NotFound when there
 * is none; Conflict when later operations touched the same rows, naming them, or when what exists
 * now does not go together with what would come back.
 */
export async function undoOperation(db: Db, author: Author, id: number, reason: string | null) {
  return explainUndo(() =>
    operation(db, author, undoFacts(id, reason), (tx) => undoWithin(tx, id, NO_RULES)),
  )
}

/** The same within an operation that was opened with `undoFacts`; run it in `explainUndo`. */
export async function undoWithin(tx: Tx, id: number, rules: UndoRules) {
  await requireOperation(tx, id)
  await rules.refuseObstacles(await listObstacles(tx, id))
  // Rows of one operation may point at each other; what counts is that they agree at the end.
  await deferReferences(tx)
  for await (const some of reversals(tx, id)) await rules.before(some)
  const goes = (reversal: Reversal) => !rules.stays(reversal)
  const write = writerOf(tx)
  for await (const some of reversals(tx, id)) await write(some.filter(goes))
  const broken = await findBrokenReferences(tx)
  if (broken.length > 0) await rules.refuseObstacles(await listBreaking(tx, id, endsOf(broken)))
  const lost = broken.length > 0 ? [] : await listLost(tx, id)
  if (lost.length > 0) await rules.refuseObstacles(await listBreaking(tx, id, lost))
  if (broken.length + lost.length > 0) throw new Conflict(NEEDED)
  for await (const some of reversals(tx, id)) await rules.after(some.filter(goes))
  return tx.operation.id
}

async function requireOperation(tx: Tx, id: number) {
  const query = tx.selectFrom('operation').select('id').where('id', '=', id)
  const known = await query.where('id', '<>', tx.operation.id).executeTakeFirst()
  if (!known) throw new NotFound(`operation ${id}`)
}

function refuseObstacles(obstacles: Obstacle[]) {
  if (obstacles.length === 0) return
  const named = obstacles.map(
    ({ kind, actor_name, operation_id }) => `${kind} by ${actor_name} (operation ${operation_id})`,
  )
  throw new Conflict(`Later changes stand in the way: ${named.join(', ')}.`)
}

const NEEDED = 'Something that was made since needs what would be taken away.'

/** Rows that nobody touched may still not go together with what was made since: says which way. */
export async function explainUndo<T>(undo: () => Promise<T>): Promise<T> {
  try {
    return await undo()
  } catch (error) {
    throw explain(error as Error & { code?: string })
  }
}

function explain(error: Error & { code?: string }) {
  if (error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return new Conflict(NEEDED)
  if (error.code === 'SQLITE_CONSTRAINT_UNIQUE')
    return new Conflict('Something that was made since has taken a name that would come back.')
  if (error.code === 'SQLITE_CONSTRAINT_TRIGGER' && error.message.includes('below itself'))
    return new Conflict(
      'A tenant would come to be below itself: its former parent is below it now.',
    )
  if (error.code === 'SQLITE_CONSTRAINT_NOTNULL')
    return new Conflict('A secret that is gone cannot come back: make a new one.')
  return error
}

/**
 * The operations after `id` that changed a row which it changed too. Those that were taken back
 * themselves do not count, nor what took them back: together they left the rows as they were.
 */
export async function listObstacles(db: Reads, id: number): Promise<Obstacle[]> {
  const later = await listLater(db, id)
  const undone = new Set<number>()
  const obstacles = later.filter(({ operation_id, undoes_id }) => {
    if (undone.has(operation_id)) return false
    if (undoes_id === null || undoes_id <= id) return true
    undone.add(undoes_id)
    return false
  })
  return obstacles
    .reverse()
    .map(({ operation_id, at, kind, actor_name }) => ({ operation_id, at, kind, actor_name }))
}

/** The newest first, so that what takes back is met before what it took back. */
async function listLater(db: Reads, id: number) {
  const pace = paced()
  const later = new Map<number, Obstacle & { undoes_id: number | null }>()
  for (const stretch of await stretchesOf(db, id)) {
    for (const one of await laterThan(db, stretch)) later.set(one.operation_id, one)
    await pace(0, 0)
  }
  return [...later.values()].toSorted((one, other) => other.operation_id - one.operation_id)
}

const laterThan = prepared((db, { operation_id, first, last }: Stretch) =>
  // What stands in the way does so wherever it lies.
  everyTenant(db)
    .selectFrom('change as mine')
    .innerJoin('change as later', (join) =>
      join
        .onRef('later.table_name', '=', 'mine.table_name')
        .onRef('later.row_id', '=', 'mine.row_id')
        .onRef('later.id', '>', 'mine.id')
        .on('later.operation_id', '<>', operation_id),
    )
    .innerJoin('operation', 'operation.id', 'later.operation_id')
    .select(['operation.id as operation_id', 'operation.undoes_id'])
    .select(['operation.at', 'operation.kind', 'operation.actor_name'])
    .distinct()
    .where('mine.operation_id', '=', operation_id)
    .where('mine.id', '>=', first)
    .where('mine.id', '<=', last),
)

type TouchedRow = { table: string; row_id: number }

/** The rows of references that would be open: on the one side and the other. */
const endsOf = (broken: BrokenReference[]): TouchedRow[] =>
  broken.flatMap(({ table, row_id, parent, parent_id }) => [
    { table, row_id },
    { table: parent, row_id: parent_id },
  ])

/** The later operations because of which it cannot be: those that touched these rows last. */
async function listBreaking(tx: Tx, id: number, rows: TouchedRow[]): Promise<Obstacle[]> {
  const found = new Map<number, Obstacle>()
  for (const { table, row_id } of rows) {
    const [last] = await lastChangeOf(tx, { table, row_id, since: id, before: tx.operation.id })
    if (last) found.set(last.operation_id, last)
  }
  return [...found.values()].toSorted((a, b) => a.operation_id - b.operation_id)
}

/**
 * Rows that would go with what is taken away, though the operation did not make them: what somebody
 * made since is not lost without a word.
 */
async function listLost(tx: Tx, id: number): Promise<TouchedRow[]> {
  const lost: TouchedRow[] = []
  for (const stretch of await stretchesOf(tx, tx.operation.id))
    lost.push(...(await lostIn(tx, { ...stretch, undone: id })))
  return lost
}

/** So many rows that would be lost are enough to say what is in the way. */
const ENOUGH = 100

const lostIn = prepared((db, { operation_id, first, last, undone }: Stretch & { undone: number }) =>
  everyTenant(db)
    .selectFrom('change as goes')
    .select(['goes.table_name as table', 'goes.row_id'])
    .where('goes.operation_id', '=', operation_id)
    .where('goes.id', '>=', first)
    .where('goes.id', '<=', last)
    .where('goes.after', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('change as mine')
            .select('mine.id')
            .whereRef('mine.table_name', '=', 'goes.table_name')
            .whereRef('mine.row_id', '=', 'goes.row_id')
            .where('mine.operation_id', '=', undone),
        ),
      ),
    )
    .limit(ENOUGH),
)

type OfRow = { table: string; row_id: number; since: number; before: number }

const lastChangeOf = prepared((db, { table, row_id, since, before }: OfRow) =>
  everyTenant(db)
    .selectFrom('change')
    .innerJoin('operation', 'operation.id', 'change.operation_id')
    .select(['operation.id as operation_id', 'operation.at'])
    .select(['operation.kind', 'operation.actor_name'])
    .where('change.table_name', '=', table)
    .where('change.row_id', '=', row_id)
    .where('change.operation_id', '>', since)
    .where('change.operation_id', '<', before)
    .orderBy('change.id', 'desc')
    .limit(1),
)
