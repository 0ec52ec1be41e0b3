import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import type { Pace } from '../pace.ts'
import { type Rendering, view } from '../web/page.ts'

// What would follow from something that moves, beyond what becomes of the things themselves: each
// feature says its part, and the preview shows them all.

/**
 * What a feature adds to a preview: `foresee` works out what would follow (kept as JSON; null for
 * nothing), and `draw` shows it. (Methods: only so may a list hold those of different features.)
 */
export type Consequence<Move, Foreseen extends object> = {
  /** Tells it from the others. */
  name: string
  foresee(db: Db, asker: Asker, move: Move, pace: Pace): Promise<Foreseen | null>
  draw(foreseen: Foreseen): Rendering
}

/** What would follow, by the names of the consequences. */
export type Foreseen = Record<string, object>

/** Works out what would follow. */
export async function foreseeAll<Move>(
  consequences: Consequence<Move, object>[],
  db: Db,
  asker: Asker,
  move: Move,
  pace: Pace,
) {
  const foreseen: Foreseen = {}
  for (const consequence of consequences) {
    const found = await consequence.foresee(db, asker, move, pace)
    if (found) foreseen[consequence.name] = found
  }
  return foreseen
}

/** What would follow, as it is shown. */
export const drawAll = <Move>(
  consequences: Consequence<Move, object>[],
  foreseen: Foreseen,
): Rendering[] =>
  consequences.flatMap(({ name, draw }) => (foreseen[name] ? [draw(foreseen[name])] : []))

/** One consequence as a table: what it is about, and what is said of each. */
export type ConsequencePanel = {
  title: string
  /** In one sentence, beside the title. */
  note: string
  rows: { name: string; lines: string[] }[]
  /** What is not listed, in words; '' where everything is. */
  more: string
}

export const consequencePanel = view<ConsequencePanel>('jobs/_consequence')

/** Rows that a panel lists; it says how many more there are. */
const LISTED = 50

/** The first rows of a panel, and what there is to say of the others. */
export const firstRows = (rows: ConsequencePanel['rows']) => ({
  rows: rows.slice(0, LISTED),
  more: rows.length > LISTED ? `And ${(rows.length - LISTED).toLocaleString('en')} more.` : '',
})
