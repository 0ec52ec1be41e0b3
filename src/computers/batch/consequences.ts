import { accessOfMovedComputers } from '../../access/relocation.ts'
import type { Asker } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { type Consequence, type Foreseen, drawAll, foreseeAll } from '../../jobs/consequences.ts'
import type { Pace } from '../../pace.ts'
import { preferencesOfMovedComputers } from '../../preferences/relocation.ts'
import { nameClashes } from './clashes.ts'
import { schedulesOfMovedComputers } from '../../schedules/relocation.ts'
import { primaryPeople } from './left-behind.ts'
import { sources } from './sources.ts'
import { tagsOfMovedComputers } from './tags.ts'

/** Computers that would go to another tenant. */
export type Move = {
  computers: { id: number; tenant_id: number }[]
  tenant_id: number
}

/** Every consequence of a move that is shown, in order. A feature adds its own. */
const consequences: Consequence<Move, object>[] = [
  sources,
  nameClashes,
  primaryPeople,
  preferencesOfMovedComputers,
  tagsOfMovedComputers,
  schedulesOfMovedComputers,
  accessOfMovedComputers,
]

/** Works out what would follow. */
export const foreseeMove = (db: Db, asker: Asker, move: Move, pace: Pace) =>
  foreseeAll(consequences, db, asker, move, pace)

/** What would follow, as it is shown. */
export const drawConsequences = (foreseen: Foreseen) => drawAll(consequences, foreseen)
