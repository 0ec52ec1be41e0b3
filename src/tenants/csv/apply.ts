import { type Asker, visibleScope } from '../../access/visible.ts'
import { lastIdOf } from '../../db/last-id.ts'
import type { Tx } from '../../db/operation.ts'
import { inScope } from '../../db/scope.ts'
import { type Pace, chunks } from '../../pace.ts'
import { dropTagsOfFormerParents } from '../../tags/moves.ts'
import { nameKey, sortKey } from '../names.ts'
import type { Place } from './forest.ts'
import { type PlacedRow, kindOf } from './place.ts'
import type { Plan } from './plan.ts'

/** With triggers and indexes this many rows take some 5 ms. */
const ROWS_AT_ONCE = 250

/**
 * Writes what a plan without bad lines says, which was made in the same operation. New tenants come
 * first, parents before children; then those that change, again from the top down, so that at no
 * moment anything is below itself.
 */
export async function applyPlan(tx: Tx, plan: Plan, pace: Pace) {
  const total = plan.created.length + plan.changed.length
  const created = await topDown(plan, plan.created, pace)
  const ids = await allotIds(tx, created)
  const idOf = (place: Place) => place.existing?.id ?? ids.get(place)!
  await clearNames(tx, plan.asker, plan.in_the_way)
  let done = 0
  for (const some of chunks(created, ROWS_AT_ONCE)) {
    const rows = some.map(({ place, slug }) => ({
      id: idOf(place),
      slug,
      description: place.row.description ?? '',
      ...columnsOf(place, idOf),
    }))
    await tx.insertInto('tenant').values(rows).execute()
    await pace((done += rows.length), total)
  }
  for (const { place } of await topDown(plan, plan.changed, pace)) {
    await changeTenant(tx, plan.asker, place, idOf)
    await pace(++done, total)
  }
  const moved = plan.changed.filter(
    ({ place }) => place.existing!.parent_id !== idOf(place.parent!),
  )
  await dropTagsOfFormerParents(
    tx,
    moved.map(({ place }) => place.existing!.id),
  )
}

/** New tenants get their ids up front, so that one insert can hold parents and children. */
async function allotIds(tx: Tx, created: Plan['created']) {
  const first = (await lastIdOf(tx, 'tenant')) + 1
  return new Map<Place, number>(created.map(({ place }, index) => [place, first + index]))
}

/** Those nearer to the root first; in the order of the file where that does not decide. */
async function topDown<Item extends { place: PlacedRow }>(
  { depths }: Plan,
  items: Item[],
  pace: Pace,
) {
  const levels: Item[][] = []
  for (const item of items) {
    const level = (levels[depths.get(item.place)!] ??= [])
    level.push(item)
    await pace(0, 0)
  }
  return levels.flat()
}

const columnsOf = (place: PlacedRow, idOf: (place: Place) => number) => ({
  parent_id: idOf(place.parent!),
  kind: kindOf(place),
  name: place.row.name,
  name_key: nameKey(place.row.name),
  sort_key: sortKey(place.row.name),
  active: Number(place.row.active ?? place.existing?.active ?? true),
})

async function changeTenant(
  tx: Tx,
  asker: Asker,
  place: PlacedRow,
  idOf: (place: Place) => number,
) {
  const existing = place.existing!
  await tx
    .updateTable('tenant')
    .set({
      ...columnsOf(place, idOf),
      description: place.row.description ?? existing.description,
      version: existing.version + 1,
    })
    .where('id', '=', existing.id)
    .where(admitted(asker))
    .execute()
}

const admitted = (asker: Asker) => inScope(visibleScope(asker, 'tenant.import'), 'tenant.path')

/** No name has a control character in it, so a key with one is nobody's. */
async function clearNames(tx: Tx, asker: Asker, places: Set<Place>) {
  for (const { existing } of places)
    await tx
      .updateTable('tenant')
      .set({ name_key: `${existing!.name_key}\u0001` })
      .where('id', '=', existing!.id)
      .where(admitted(asker))
      .execute()
}
