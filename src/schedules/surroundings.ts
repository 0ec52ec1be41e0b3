import type { Reads } from '../db/connection.ts'
import { readRegions } from '../preferences/regions.ts'
import type { Surroundings } from './foresee.ts'
import { FREEZE_PERIODS } from './option-keys.ts'
import { nearest } from './regions.ts'
import type { Options } from './stored.ts'
import type { Zones } from './tenant-zones.ts'

const HOURS_START = 'maintenance.business_hours_start'
const HOURS_END = 'maintenance.business_hours_end'
const DAYS = 'maintenance.business_days'
const KEYS = [HOURS_START, HOURS_END, DAYS, FREEZE_PERIODS] as const

/**
 * What windows meet at the tenant with this path; a schedule's own options go before the preferences.
 * It is the same object wherever, and for whichever schedule, the same is met.
 */
export type SurroundingsAt = (options: Options, path: string) => Surroundings

/** Reads what windows meet where. Business hours and freeze periods follow the clock of each tenant. */
export async function readSurroundings(
  db: Reads,
  zones: Zones,
  now: string,
): Promise<SurroundingsAt> {
  const maps = new Map<string, Map<string, unknown>>()
  for (const key of KEYS) maps.set(key, await readRegions(db, key, now))
  const known = new Map<string, Surroundings>()
  return (options, path) => {
    const value = (key: (typeof KEYS)[number]) => options[key] ?? nearest(maps.get(key)!, path)
    const found: Surroundings = {
      zone: zones.at(path),
      hours: {
        start: value(HOURS_START) as string,
        end: value(HOURS_END) as string,
        days: value(DAYS) as Surroundings['hours']['days'],
      },
      freezes: value(FREEZE_PERIODS) as string[],
    }
    const key = JSON.stringify(found)
    if (!known.has(key)) known.set(key, found)
    return known.get(key)!
  }
}
