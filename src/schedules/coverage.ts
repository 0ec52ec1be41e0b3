import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { FIRST, candidatesOf } from '../maintenance/covered.ts'
import { readExclusions } from './exclusions.ts'
import { countOf, formatCount } from '../web/counts.ts'
import type { OwnedSchedule } from './queries.ts'
import { nearest, regionsOf } from './regions.ts'

const READ_AT_ONCE = 1000

/** Computers are counted so far on a page, since a schedule may be for a million. */
export const COUNTED = 5000

/**
 * How many computers a schedule covers now that the asker may see: where it is in effect, without those
 * that are excluded from maintenance, by themselves or by what their tenants prefer. Null for more than are counted.
 */
export async function countCovered(db: Reads, asker: Asker, schedule: OwnedSchedule, now: string) {
  const { read } = await candidatesOf(db, schedule, now)
  const regions = await regionsOf(db, schedule)
  const byPath = new Map(regions.map(({ path, standing }) => [path, standing]))
  const { keepsAway } = await readExclusions(db, now)
  const isIn = (path: string) =>
    nearest(byPath, path)?.effect === 'on' && !keepsAway(schedule, path) && sees(asker, path)
  let count = 0
  let after = FIRST
  for (;;) {
    const some = await read(db, after, READ_AT_ONCE)
    for (const { path, state } of some) if (state !== 'excluded' && isIn(path)) count++
    if (count > COUNTED) return null
    if (some.length < READ_AT_ONCE) return count
    after = some.at(-1)!
  }
}

const sees = ({ access }: Asker, path: string) => permits(access, 'computer.view', path)

/** How many computers are covered, in words. */
export const coveredInWords = (count: number | null) =>
  count === null
    ? `More than ${formatCount(COUNTED)} computers`
    : countOf(count, 'computer', 'computers')
