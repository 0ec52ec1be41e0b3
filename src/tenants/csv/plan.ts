import type { Reads } from '../../db/connection.ts'
import type { Pace } from '../../pace.ts'
import { kindLooks } from '../kinds.ts'
import { freeSlug, slugFrom } from '../names.ts'
import { type Depths, refuseImpossibleDepths, refuseLastMsp, refuseTakenNames } from './check.ts'
import { listNumberedSlugs, loadBySlug } from './existing.ts'
import type { Forest, Place } from './forest.ts'
import { type PlacedRow, kindOf, placeRows } from './place.ts'
import type { BadLine, Row } from './row.ts'

/** One difference between a tenant and its line, in words. */
export type Difference = { field: string; from: string; to: string }

/** What a file would do. */
export type Plan = {
  created: { place: PlacedRow; slug: string }[]
  changed: { place: PlacedRow; differences: Difference[] }[]
  unchanged: PlacedRow[]
  /** In the order of the file. While there are any, nothing can be applied. */
  bad: BadLine[]
  depths: Depths
  /** Tenants whose name another one takes over. */
  in_the_way: Set<Place>
}

/** Compares the rows of a file with the tree as it is now. `bad` holds what reading found. */
export async function planImport(
  db: Reads,
  { rows, bad }: { rows: Row[]; bad: BadLine[] },
  pace: Pace,
): Promise<Plan> {
  const problems = [...bad]
  const { forest, placed } = await placeRows(db, rows, problems, pace)
  const in_the_way = await refuseTakenNames(forest, placed, problems)
  const depths = await refuseImpossibleDepths(db, forest, placed, problems, pace)
  await refuseLastMsp(db, placed, problems)

  const bad_lines = new Set(problems.map(({ line }) => line))
  const good = placed
    .filter(({ row }) => !bad_lines.has(row.line))
    .sort((one, other) => one.row.line - other.row.line)
  const plan: Plan = {
    created: [],
    changed: [],
    unchanged: [],
    bad: problems.sort((one, other) => one.line - other.line),
    depths,
    in_the_way,
  }
  for (const place of good) {
    await pace(0, 0)
    const differences = compare(forest, place)
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

/** New tenants without a slug get one made of their name, past all that are taken. */
async function chooseSlugs(db: Reads, forest: Forest, added: PlacedRow[], pace: Pace) {
  const wanted = new Set<string>()
  for (const { row } of added) {
    if (row.slug === undefined) wanted.add(slugFrom(row.name))
    await pace(0, 0)
  }
  const numbering: Numbering = { db, given: forest.by_slug, taken: new Set(), numbers: new Map() }
  for (const { slug } of await loadBySlug(db, wanted, pace)) numbering.taken.add(slug)
  const created: Plan['created'] = []
  for (const place of added) {
    await pace(0, 0)
    const slug = place.row.slug ?? (await chooseSlug(numbering, slugFrom(place.row.name)))
    created.push({ place, slug })
  }
  return created
}

type Numbering = {
  db: Reads
  given: Map<string, unknown>
  taken: Set<string>
  /** The last number that was given to a slug. */
  numbers: Map<string, number>
}

async function chooseSlug({ db, given, taken, numbers }: Numbering, wanted: string) {
  const isTaken = (slug: string) => taken.has(slug) || given.has(slug)
  let first = 1
  if (isTaken(wanted)) {
    if (!numbers.has(wanted))
      for (const numbered of await listNumberedSlugs(db, wanted)) taken.add(numbered)
    first = (numbers.get(wanted) ?? 1) + 1
    numbers.set(wanted, first)
  }
  const slug = freeSlug(wanted, isTaken, first)
  taken.add(slug)
  return slug
}
