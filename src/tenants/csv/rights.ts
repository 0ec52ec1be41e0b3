import { permits } from '../../access/decide.ts'
import type { Permission } from '../../access/permissions.ts'
import { lacks } from '../../access/visible.ts'
import type { BadLine } from '../../web/csv/read.ts'
import { mayPutUnder, refuseGain, refuseKind } from '../rights.ts'
import type { Forest, Place } from './forest.ts'
import { type PlacedRow, kindOf } from './place.ts'
import type { Difference } from '../../jobs/import.ts'

/** Refuses new tenants and changes that who imports may not make where they are. */
export async function refuseForbidden(
  forest: Forest,
  placed: Map<PlacedRow, Difference[]>,
  bad: BadLine[],
) {
  for (const [place, differences] of placed) {
    await forest.pace(0, 0)
    const reason = place.existing
      ? await forbidsChange(forest, place, differences)
      : await forbidsCreation(forest, place)
    if (reason) bad.push({ line: place.row.line, reason })
  }
}

async function forbidsCreation(forest: Forest, place: PlacedRow) {
  const path = pathOf(place.parent!)
  return (
    lacking(forest, ['tenant.import', 'tenant.create'], path) ??
    (await refuseKind(forest.db, forest.asker, { id: null, kind: null }, kindOf(place)))?.message
  )
}

async function forbidsChange(forest: Forest, place: PlacedRow, differences: Difference[]) {
  if (differences.length === 0) return undefined
  const { path } = place.existing!
  const moves = differences.some(({ field }) => field === 'Parent')
  const edits = differences.some(({ field }) => field !== 'Parent')
  const needed: Permission[] = ['tenant.import']
  if (edits) needed.push('tenant.edit')
  if (moves) needed.push('tenant.move')
  const reason = lacking(forest, needed, path)
  if (reason) return reason
  const under = pathOf(place.parent!)
  if (moves && !mayPutUnder(forest.asker, under)) return NOT_THERE
  const gain = moves && refuseGain(forest.asker, path, under)
  if (gain) return gain.message
  return (await refuseKind(forest.db, forest.asker, place.existing!, kindOf(place)))?.message
}

const NOT_THERE = 'You may not put tenants under this parent.'

function lacking({ asker }: Forest, needed: Permission[], path: string) {
  const missing = needed.find((permission) => !permits(asker.access, permission, path))
  return missing && lacks(missing).message
}

/** Where a place is: a new tenant is where the nearest tenant above it is that exists. */
function pathOf(place: Place): string {
  let at: Place | null = place
  while (at && !at.existing) at = at.parent
  return at?.existing?.path ?? ''
}
