import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { listRegions } from '../preferences/regions.ts'
import { TIME_ZONE } from './option-keys.ts'
import { endOf, nearest } from './regions.ts'
import type { ZoneChoice } from './stored.ts'

/** The time zones of tenants, as they are in effect. */
export type Zones = {
  /** The zone of the tenant with this path. */
  at(path: string): string
  /** Every zone that a tenant at or below this path has in effect. */
  below(path: string): Set<string>
}

/** Reads which time zone is in effect where, once for the whole tree. */
export async function readZones(db: Reads, now: string): Promise<Zones> {
  const regions = await listRegions(db, TIME_ZONE, now)
  const byPath = new Map(regions.map(({ path, value }) => [path, String(value)]))
  const at = (path: string) => nearest(byPath, path)!
  return {
    at,
    below: (path) => {
      const inside = regions.filter((region) => region.path.startsWith(path))
      return new Set([at(path), ...inside.map(({ value }) => String(value))])
    },
  }
}

const zonesOfComputers = prepared((db, { from, to }: { from: string; to: string }) =>
  everyTenant(db)
    .selectFrom('computer')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .select('computer.time_zone')
    .distinct()
    .where('computer.time_zone', '<>', '')
    .where('tenant.path', '>=', from)
    .where('tenant.path', '<', to),
)

/** Every zone in which a schedule with this choice may have windows, at or below a path. */
export async function zonesOf(
  db: Reads,
  zones: Zones,
  { zone_of, zone }: ZoneChoice,
  path: string,
) {
  if (zone_of === 'fixed') return new Set([zone!])
  const found = zones.below(path)
  if (zone_of === 'tenant') return found
  for (const { time_zone } of await zonesOfComputers(db, { from: path, to: endOf(path) }))
    found.add(time_zone)
  return found
}

/** Whose clock counts for a computer. A computer whose zone is not known has that of its tenant. */
export function zoneFor(
  { zone_of, zone }: ZoneChoice,
  zones: Pick<Zones, 'at'>,
  computer: { path: string; time_zone: string },
) {
  if (zone_of === 'fixed') return zone!
  return (zone_of === 'computer' && computer.time_zone) || zones.at(computer.path)
}
