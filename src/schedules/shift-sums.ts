import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import type { Pace } from '../pace.ts'
import { LOOKED_AT, type Places, findPlaces } from './affected.ts'
import { nearest } from './regions.ts'
import { type Change, type Shift, type Verdict, changesIn } from './shifts.ts'
import { type Stranded, listStranded } from './stranded.ts'
import { openWindowsIn, opensSoon } from './shift-windows.ts'

/** What becomes of one schedule, in all shifts together. */
export type Sum = {
  verdict: Verdict
  name: string
  /** Whose it is. */
  tenant_name: string
  computers: number
  /** Whether there are more computers than were looked at. */
  is_more: boolean
  /** Windows that are open, by id. */
  open: Map<number, { until: string; skipped: number }>
  /** When windows open within a day, in words. */
  soon: Set<string>
}

export type Sums = {
  sums: Sum[]
  /** Whether any schedule lies above, as it is or as it would be. */
  any: boolean
  stranded: Stranded[]
}

/** What becomes of the schedules above, added up for all shifts; those of most computers first. */
export async function sumShifts(
  db: Db,
  asker: Asker,
  shifts: AsyncIterable<Shift>,
  pace: Pace,
): Promise<Sums> {
  const now = db.now()
  const placesIn = findPlaces(db, asker, now)
  const sums = new Map<string, Sum>()
  const stranded: Stranded[] = []
  let any = false
  for await (const shift of shifts) {
    any ||= shift.before.owned.length + shift.after.owned.length > 0
    stranded.push(...(await listStranded(db, asker, shift)))
    for (const change of await changesIn(db, shift))
      for (const verdict of Object.keys(change.standing) as Verdict[]) {
        const standing = change.standing[verdict]!
        const sum = sumOf(sums, verdict, standing)
        addPlaces(sum, change, await placesIn(shift, standing, verdict))
        for (const { id, until, skipped } of await openWindowsIn(db, asker, shift, change, verdict))
          sum.open.set(id, { until, skipped: (sum.open.get(id)?.skipped ?? 0) + skipped })
        const soon = opensSoon(shift, standing, verdict, now)
        if (soon) sum.soon.add(soon)
        await pace(0, 0)
      }
  }
  const ordered = [...sums.values()].toSorted((one, other) => other.computers - one.computers)
  return { any: any || stranded.length > 0, sums: ordered, stranded }
}

function addPlaces(sum: Sum, { verdicts }: Change, places: Places) {
  const found = places.slice(0, LOOKED_AT)
  sum.computers += found.filter((path) => nearest(verdicts, path) === sum.verdict).length
  sum.is_more ||= places.length > LOOKED_AT
}

function sumOf(
  sums: Map<string, Sum>,
  verdict: Verdict,
  { id, name, tenant_name }: { id: number; name: string; tenant_name: string },
) {
  const key = `${verdict} ${id}`
  const known = sums.get(key)
  if (known) return known
  const fresh: Sum = {
    verdict,
    name,
    tenant_name,
    computers: 0,
    is_more: false,
    open: new Map(),
    soon: new Set(),
  }
  sums.set(key, fresh)
  return fresh
}
