import type { Reads } from '../db/connection.ts'
import { readRegions } from '../preferences/regions.ts'
import { EXCLUDES_COMPUTERS, EXCLUDES_CROSS_TENANT } from './option-keys.ts'
import type { OwnedSchedule } from './queries.ts'
import { nearest } from './regions.ts'

/** Whoever wants no cross-tenant work is passed by what is decided there. */
const ROOT_PATH = '/1/'

export type Exclusions = {
  /** Whether by its preferences the tenant with this path takes no part in a schedule. */
  keepsAway(schedule: Pick<OwnedSchedule, 'path'>, path: string): boolean
}

/** Reads which tenants take no part in maintenance, by their preferences. */
export async function readExclusions(db: Reads, now: string): Promise<Exclusions> {
  const all = await readRegions(db, EXCLUDES_COMPUTERS, now)
  const crossTenant = await readRegions(db, EXCLUDES_CROSS_TENANT, now)
  return {
    keepsAway: (schedule, path) =>
      nearest(all, path) === true ||
      (schedule.path === ROOT_PATH && nearest(crossTenant, path) === true),
  }
}
