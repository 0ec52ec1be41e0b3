import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import type { Pace } from '../pace.ts'
import { countWhere, findPlaces } from './affected.ts'
import { type Shift, type Verdict, changesIn } from './shifts.ts'
import { type Stranded, listStranded } from './stranded.ts'
import { type OpenWindow, openWindowsIn, opensSoon } from './shift-windows.ts'

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
  open: Map<number, OpenWindow>
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
        const places = await placesIn(shift, standing, verdict)
        sum.computers += countWhere(places, change, verdict)
        sum.is_more ||= places.is_more
        for (const window of await openWindowsIn(db, asker, shift, change, verdict))
          addWindow(sum, window)
        const soon = opensSoon(shift, standing, verdict, now)
        if (soon) sum.soon.add(soon)
        await pace(0, 0)
      }
  }
  const ordered = [...sums.values()].toSorted((one, other) => other.computers - one.computers)
  return { any: any || stranded.length > 0, sums: ordered, stranded }
}

function addWindow({ open }: Sum, window: OpenWindow) {
  const known = open.get(window.id)
  const skipped = (known?.skipped ?? 0) + window.skipped
  open.set(window.id, { ...window, skipped, is_more: window.is_more || known?.is_more === true })
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
