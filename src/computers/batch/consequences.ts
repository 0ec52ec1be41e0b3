import type { Asker } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Pace } from '../../pace.ts'
import { type Rendering, view } from '../../web/page.ts'

/** Computers that would go to another tenant. */
export type Move = {
  computers: { id: number; tenant_id: number }[]
  tenant_id: number
}

/**
 * What a feature adds to the preview of a move: `foresee` works out what would follow (kept as
 * JSON; null for nothing), and `draw` shows it. (Methods: only so may a list hold those of
 * different features.)
 */
type Consequence<Foreseen extends object> = {
  /** Tells it from the others. */
  name: string
  foresee(db: Reads, asker: Asker, move: Move, pace: Pace): Promise<Foreseen | null>
  draw(foreseen: Foreseen): Rendering
}

/** Every consequence of a move that is shown, in order. A feature adds its own. */
const consequences: Consequence<object>[] = []

/** What would follow from a move, by the names of the consequences. */
export type Foreseen = Record<string, object>

/** Works out what would follow. */
export async function foreseeMove(db: Reads, asker: Asker, move: Move, pace: Pace) {
  const foreseen: Foreseen = {}
  for (const consequence of consequences) {
    const found = await consequence.foresee(db, asker, move, pace)
    if (found) foreseen[consequence.name] = found
  }
  return foreseen
}

/** What would become of the computers, and what would follow from that. */
export const withConsequences = view<{ report: Rendering; consequences: Rendering[] }>(
  'computers/_batch-preview',
)

/** What would follow, as it is shown. */
export const drawConsequences = (foreseen: Foreseen): Rendering[] =>
  consequences.flatMap(({ name, draw }) => (foreseen[name] ? [draw(foreseen[name])] : []))
