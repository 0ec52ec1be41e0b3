import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { listObstacles } from '../db/undo.ts'
import { NotFound } from '../errors.ts'
import { type ListedOperation, getOperation } from './queries.ts'
import { findUndo, refuseOffer } from './undo.ts'

/** Whether somebody may take an operation back: where they do it, or why not. */
export type UndoOffer = {
  /** The page that shows what would come of it, or what stands in its way; null for neither. */
  href: string | null
  /** '' where they may. */
  reason: string
}

/** Null where there is nothing to take back, or nothing of it is to be seen. */
export async function offerUndo(db: Db, actor: Actor, id: number): Promise<UndoOffer | null> {
  const operation = await findOperation(db, actor, id)
  if (!operation || operation.change_count === 0) return null
  const undone_by = await findUndo(db, actor, id)
  if (undone_by) return { href: null, reason: `Taken back by ${undone_by.actor_name}.` }
  const refusal = await refuseOffer(db, actor, operation)
  if (refusal !== null) return { href: null, reason: refusal }
  const href = `/history/${id}/undo`
  if ((await listObstacles(db, id)).length === 0) return { href, reason: '' }
  return { href, reason: 'This cannot be taken back as it is: the same was changed since.' }
}

async function findOperation(db: Db, actor: Actor, id: number): Promise<ListedOperation | null> {
  try {
    return await getOperation(db, actor, id)
  } catch (error) {
    if (error instanceof NotFound) return null
    throw error
  }
}
