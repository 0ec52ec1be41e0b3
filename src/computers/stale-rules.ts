import type { Db } from '../db/connection.ts'
import { readRegions } from '../preferences/regions.ts'

/** Of everything below a path, the computers last seen before `cutoff` are stale. */
export type StaleRule = { path: string; cutoff: string }

/** The rules in force, the innermost first: the first whose path is above a computer counts. */
export async function listStaleRules(db: Db): Promise<StaleRule[]> {
  const now = db.now()
  const regions = await readRegions(db, 'agent.stale_after_days', now)
  return [...regions].map(([path, value]) => ({ path, cutoff: daysBefore(now, Number(value)) }))
}

const daysBefore = (now: string, days: number) =>
  Temporal.Instant.from(now)
    .subtract({ hours: 24 * days })
    .toString({ smallestUnit: 'millisecond' })
