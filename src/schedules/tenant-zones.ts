import type { Db, Reads } from '../db/connection.ts'
import { lastOperationId } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { branchOf } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { readRegions } from '../preferences/regions.ts'
import { TIME_ZONE } from './option-keys.ts'
import { nearest } from './regions.ts'
import type { ZoneChoice } from './stored.ts'

/** The time zones of tenants, as they are in effect. */
export type Zones = {
  /** The zone of the tenant with this path. */
  at(path: string): string
  /** Every zone that a tenant at or below this path has in effect. */
  below(path: string): Set<string>
  /** The paths of the tenants below this path where a zone begins to be in effect. */
  within(path: string): string[]
}

/** Reads which time zone is in effect where, once for the whole tree. */
export async function readZones(db: Reads, now: string): Promise<Zones> {
  const regions = await readRegions(db, TIME_ZONE, now)
  const all = [...regions]
  const at = (path: string) => nearest(regions, path) as string
  return {
    at,
    below: (path) => {
      const inside = all.filter(([one]) => one.startsWith(path))
      return new Set([at(path), ...inside.map(([, value]) => String(value))])
    },
    within: (path) => all.map(([one]) => one).filter((one) => one !== path && one.startsWith(path)),
  }
}

type Kept = { head: number; since: string; until: string; zones: Zones }

const kept = new WeakMap<Db, Kept>()

/**
 * The same for a page: read anew only when an operation has changed something since, by whichever
 * process, or an exemption has ended.
 */
export async function zonesNow(db: Db): Promise<Zones> {
  const now = db.now()
  const head = await lastOperationId(db)
  const known = kept.get(db)
  if (known && known.head === head && known.since <= now && now < known.until) return known.zones
  const zones = await readZones(db, now)
  const [next] = await nextExpiry(db, { now })
  kept.set(db, { head, since: now, until: next?.expires_at ?? '9', zones })
  return zones
}

const nextExpiry = prepared((db, { now }: { now: string }) =>
  everyTenant(db)
    .selectFrom('exemption')
    .select('expires_at')
    .where('key', '=', TIME_ZONE)
    .where('expires_at', '>', now)
    .orderBy('expires_at')
    .limit(1),
)

/** A clock that tells windows apart: that of a tenant, or of computers there that have one of their own. */
export type Clock = { path: string; time_zone: string }

/** The clock of a tenant. */
export const clockOfTenant = (path: string): Clock => ({ path, time_zone: '' })

const clocksOf = prepared((db, { from, to }: { from: string; to: string }) =>
  everyTenant(db)
    // Few of many computers differ: their tenants are looked up only then.
    .selectFrom((eb) =>
      eb
        .selectFrom('computer')
        .select(['computer.time_zone', 'computer.tenant_id'])
        .distinct()
        .where('computer.time_zone', '<>', '')
        .as('clock'),
    )
    .crossJoin('tenant')
    .whereRef('tenant.id', '=', 'clock.tenant_id')
    .select(['tenant.path', 'clock.time_zone'])
    .where('tenant.path', '>=', from)
    .where('tenant.path', '<', to),
)

/** The clocks of their own that computers at or below a path have, each once for each tenant. */
export const listClocks = (db: Reads, path: string): Promise<Clock[]> =>
  clocksOf(db, branchOf(path))

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
  for (const { time_zone } of await zonesOfComputers(db, branchOf(path))) found.add(time_zone)
  return found
}

/** Whose clock counts for a computer. A computer whose zone is not known has that of its tenant. */
export function zoneFor({ zone_of, zone }: ZoneChoice, zones: Pick<Zones, 'at'>, computer: Clock) {
  if (zone_of === 'fixed') return zone!
  return (zone_of === 'computer' && computer.time_zone) || zones.at(computer.path)
}
