import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { beginReading, readOn } from '../maintenance/covered.ts'
import { readExclusions } from './exclusions.ts'
import { countOf, formatCount } from '../web/counts.ts'
import type { OwnedSchedule } from './queries.ts'
import { regionsOf, standingIn } from './regions.ts'

/** Computers are counted so far on a page, since a schedule may be for a million. */
export const COUNTED = 5000

/**
 * How many computers a schedule covers now that the asker may see: where it is in effect, without those
 * that are excluded from maintenance, by themselves or by what their tenants prefer. Null for more than are counted.
 */
export async function countCovered(db: Reads, asker: Asker, schedule: OwnedSchedule, now: string) {
  const standingAt = standingIn(await regionsOf(db, schedule))
  const { keepsAway } = await readExclusions(db, now)
  const isIn = (path: string) =>
    standingAt(path)?.effect === 'on' && !keepsAway(schedule, path) && sees(asker, path)
  let count = 0
  for await (const some of readOn(db, await beginReading(db, schedule, now))) {
    for (const { path, state } of some) if (state !== 'excluded' && isIn(path)) count++
    if (count > COUNTED) return null
  }
  return count
}

const sees = ({ access }: Asker, path: string) => permits(access, 'computer.view', path)

/** How many computers are covered, in words. */
export const coveredInWords = (count: number | null) =>
  count === null
    ? `More than ${formatCount(COUNTED)} computers`
    : countOf(count, 'computer', 'computers')
