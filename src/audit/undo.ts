import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import type { Db, Reads } from '../db/connection.ts'
import { type Tx, operation, preview } from '../db/operation.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { type Obstacle, explainUndo, listObstacles, undoFacts, undoWithin } from '../db/undo.ts'
import { Conflict, Forbidden, Invalid } from '../errors.ts'
import { type ListedOperation, getOperation, listVisible } from './queries.ts'
import { inSight, inSightAt, seesAll, sightOf } from './sight.ts'
import { UNSEEN, isFinal, rulesFor, undoRules } from './undo-rules.ts'

/** What taking an operation back would come to. */
export type UndoOutlook = {
  /** Whether it was taken back on trial; if not, something may still turn out not to fit. */
  is_tried: boolean
  /** Why it is not possible; null where nothing is known to stand in its way. */
  refusal: string | null
  /** The later operations that changed the same rows: those that the actor may see. */
  obstacles: ListedOperation[]
  /** How many more there are, that the actor may not see or that are too many to show. */
  hidden_obstacles: number
}

/** Later operations that are named; the others are counted. */
const OBSTACLES_SHOWN = 50

/** An operation of more changes is not taken back on trial: others who save would wait for it. */
const TRIED = 25_000

/**
 * Takes back a whole operation as a new one, whose id it returns. The actor needs, for each row, what
 * the change itself would take. Throws NotFound where nothing of it may be seen, Forbidden, or
 * Conflict, which names the later operations that stand in the way.
 */
export const takeBack = (db: Db, actor: Actor, id: number, reason: string | null) =>
  explainUndo(() =>
    operation(db, actor, undoFacts(id, reason), (tx) => takeBackWithin(tx, actor, id)),
  )

/** The same within an operation that was opened with `undoFacts`; run it in `explainUndo`. */
export async function takeBackWithin(tx: Tx, actor: Actor, id: number) {
  await getOperation(tx, actor, id)
  if (await isPartlyGone(tx, actor, id)) throw new Forbidden(UNSEEN)
  const rules = rulesFor(tx, actor, await tablesOf(tx, id), (obstacles) => {
    if (obstacles.length > 0) throw new Overlap(obstacles)
  })
  return undoWithin(tx, id, rules)
}

/** What would come of it. Throws NotFound where nothing of the operation may be seen. */
export async function foreseeUndo(db: Db, actor: Actor, id: number): Promise<UndoOutlook> {
  await getOperation(db, actor, id)
  if (await isPartlyGone(db, actor, id)) return { ...POSSIBLE, refusal: UNSEEN }
  const obstacles = await listObstacles(db, id)
  if (obstacles.length > 0) return refusedBy(db, actor, new Overlap(obstacles))
  const is_tried = (await countChanges(db, id)) <= TRIED
  if (!is_tried) return { ...POSSIBLE, is_tried }
  try {
    await explainUndo(() => preview(db, actor, (tx) => takeBackWithin(tx, actor, id)))
    return POSSIBLE
  } catch (error) {
    return refusedBy(db, actor, error)
  }
}

/**
 * Whether the operation took something to a tenant that the actor does not see. What became of that
 * since, they are not told either, not even how often it was changed.
 */
async function isPartlyGone(db: Reads, actor: Actor, id: number) {
  const sight = sightOf(actor)
  if (seesAll(sight)) return false
  const gone = await db
    .selectFrom('change')
    .select('id')
    .where('operation_id', '=', id)
    .where(inSight(sight, 'change'))
    .where((eb) => eb.not(inSightAt(sight, 'change', 'change.tenant_id')))
    .limit(1)
    .executeTakeFirst()
  return gone !== undefined
}

const POSSIBLE = { is_tried: true, refusal: null, obstacles: [], hidden_obstacles: 0 }

async function refusedBy(db: Reads, actor: Actor, error: unknown): Promise<UndoOutlook> {
  if (error instanceof Overlap) return namingObstacles(db, actor, error)
  if (error instanceof Conflict || error instanceof Forbidden || error instanceof Invalid)
    return { ...POSSIBLE, refusal: error.message }
  throw error
}

async function namingObstacles(
  db: Reads,
  actor: Actor,
  { message, obstacles }: Overlap,
): Promise<UndoOutlook> {
  const ids = obstacles.slice(0, OBSTACLES_SHOWN).map(({ operation_id }) => operation_id)
  const seen = await listVisible(db, actor, ids)
  const hidden_obstacles = obstacles.length - seen.length
  return { is_tried: true, refusal: message, obstacles: seen, hidden_obstacles }
}

/** Later operations stand in the way. */
class Overlap extends Conflict {
  readonly obstacles: Obstacle[]

  constructor(obstacles: Obstacle[]) {
    super(
      `${sayHowMany(obstacles.length)} changed the same since, or what belongs to it, and would ` +
        'have to be taken back first.',
    )
    this.obstacles = obstacles
  }
}

const sayHowMany = (number: number) =>
  number === 1 ? 'A later operation has' : `${number.toLocaleString('en')} later operations have`

async function countChanges(db: Reads, id: number) {
  const { change_count } = await db
    .selectFrom('operation')
    .select('change_count')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return change_count
}

/** The tables that an operation changed, seen or not. */
async function tablesOf(db: Reads, id: number) {
  const changes = await everyTenant(db)
    .selectFrom('change')
    .select('table_name')
    .distinct()
    .where('operation_id', '=', id)
    .execute()
  return changes.map(({ table_name }) => table_name)
}

/**
 * Why somebody is not offered to take an operation back; null where they are: whether it goes through
 * shows when it is tried.
 */
export async function refuseOffer(db: Reads, actor: Actor, { id, change_count }: ListedOperation) {
  if (change_count === 0) return 'It changed nothing.'
  if (change_count < (await countChanges(db, id)) || (await isPartlyGone(db, actor, id)))
    return UNSEEN
  const changed = (await tablesOf(db, id)).filter((table) => !isFinal(table))
  if (changed.length === 0) return 'This kind of change cannot be taken back.'
  const may = changed.every((table) => {
    const rule = undoRules[table]!
    return (
      'permissions' in rule && rule.permissions.some((one) => permitsSomewhere(actor.access, one))
    )
  })
  return may ? null : 'Taking it back needs permissions that you do not have.'
}

/** The operation that took this one back, if the actor may see it. */
export async function findUndo(db: Reads, actor: Actor, id: number) {
  const undoing = await db
    .selectFrom('operation')
    .select('id')
    .where('undoes_id', '=', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!undoing) return null
  const [seen] = await listVisible(db, actor, [undoing.id])
  return seen ?? null
}
