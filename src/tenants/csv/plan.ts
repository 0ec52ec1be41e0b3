import type { Asker } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Difference, ImportPlan } from '../../jobs/import.ts'
import type { Pace } from '../../pace.ts'
import { kindLooks } from '../kinds.ts'
import { type Depths, refuseImpossibleDepths, refuseLastMsp, refuseTakenNames } from './check.ts'
import type { Forest, Place } from './forest.ts'
import { type PlacedRow, formerRows, kindOf, placeRows } from './place.ts'
import type { BadLine } from '../../web/csv/read.ts'
import type { Row } from './row.ts'
import { refuseForbidden } from './rights.ts'
import { chooseSlugs } from './slugs.ts'

/** What a file would do. */
export type Plan = ImportPlan<
  { place: PlacedRow; slug: string },
  { place: PlacedRow; differences: Difference[] },
  PlacedRow
> & {
  /** With whose rights it was made. */
  asker: Asker
  depths: Depths
  /** Tenants whose name another one takes over. */
  in_the_way: Set<Place>
}

/** Compares the rows of a file with the tree as it is now. `bad` holds what reading found. */
export async function planImport(
  db: Reads,
  asker: Asker,
  { rows, bad }: { rows: Row[]; bad: BadLine[] },
  pace: Pace,
): Promise<Plan> {
  const problems = [...bad]
  const { forest, placed } = await placeRows(db, asker, rows, problems, pace)
  const in_the_way = await refuseTakenNames(forest, placed, problems)
  const depths = await refuseImpossibleDepths(db, forest, placed, problems, pace)
  await refuseLastMsp(db, placed, problems)
  const compared = new Map<PlacedRow, Difference[]>()
  for (const place of placed) {
    await pace(0, 0)
    if (depths.get(place) !== Infinity) compared.set(place, compare(forest, place))
  }
  await refuseForbidden(forest, compared, problems)

  const bad_lines = new Set(problems.map(({ line }) => line))
  const good = placed
    .filter(({ row }) => !bad_lines.has(row.line))
    .sort((one, other) => one.row.line - other.row.line)
  const plan: Plan = {
    created: [],
    changed: [],
    unchanged: formerRows(forest, rows),
    asker,
    bad: problems.sort((one, other) => one.line - other.line),
    depths,
    in_the_way,
  }
  for (const place of good) {
    await pace(0, 0)
    const differences = compared.get(place) ?? []
    if (differences.length > 0) plan.changed.push({ place, differences })
    else if (place.existing) plan.unchanged.push(place)
  }
  const added = good.filter((place) => !place.existing)
  plan.created = await chooseSlugs(db, forest, added, pace)
  return plan
}

const nameOf = ({ row, existing }: Place) => (existing ? existing.name : row!.name)

function compare(forest: Forest, place: PlacedRow): Difference[] {
  const { existing, row, parent } = place
  if (!existing) return []
  const differences: Difference[] = []
  const differ = (field: string, from: string, to: string) => differences.push({ field, from, to })
  if (row.name !== existing.name) differ('Name', existing.name, row.name)
  const parent_now = forest.by_id.get(existing.parent_id!)!
  if (parent !== parent_now) differ('Parent', nameOf(parent_now), nameOf(parent!))
  const kind = kindOf(place)
  if (kind !== existing.kind) differ('Kind', kindLooks[existing.kind].label, kindLooks[kind].label)
  if (row.description !== undefined && row.description !== existing.description)
    differ('Description', existing.description, row.description)
  if (row.active !== undefined && Number(row.active) !== existing.active)
    differ('Active', existing.active ? 'yes' : 'no', row.active ? 'yes' : 'no')
  return differences
}
