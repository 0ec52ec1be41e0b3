import { type Db, openDatabase } from '../src/db/connection.ts'
import { databasePath } from '../src/db/data-directory.ts'
import { operation } from '../src/db/operation.ts'
import type { TargetKinds } from '../src/db/schedule-schema.ts'
import { everyTenant } from '../src/db/scope-guard.ts'
import type { VisibleTenant } from '../src/db/scope.ts'
import { USUAL_FACTS } from '../src/schedules/facts.ts'
import { type ScheduleFacts, writeFacts } from '../src/schedules/stored.ts'
import type { Dataset } from './databases.ts'

const AT_ONCE = 500

/** Every night, for all computers of the tenant and below. */
const NIGHTLY: ScheduleFacts = {
  ...USUAL_FACTS,
  name: 'Nightly',
  rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T22:00' }],
  window_minutes: 240,
  zone_of: 'fixed',
  zone: 'UTC',
  spread_minutes: 60,
}

/** A schedule as NIGHTLY, but for what is given. */
type Placed = Partial<ScheduleFacts> & { tenant_id: number }

/** Adds schedules, in one operation. */
export const addSchedules = (db: Db, { actor }: Dataset, schedules: Placed[]) =>
  operation(db, actor, 'schedule.import', async (tx) => {
    for (let start = 0; start < schedules.length; start += AT_ONCE)
      await tx
        .insertInto('schedule')
        .values(
          schedules.slice(start, start + AT_ONCE).map(({ tenant_id, ...facts }) => ({
            tenant_id: tenant_id as VisibleTenant,
            ...writeFacts({ ...NIGHTLY, ...facts }, null),
          })),
        )
        .execute()
  })

/** The database of a dataset, with a clock that begins at an instant and goes on from there. */
export function openAt({ directory }: Dataset, start: string) {
  const began = performance.now()
  const now = () => new Date(Date.parse(start) + performance.now() - began).toISOString()
  return openDatabase(databasePath(directory), now)
}

const KINDS: TargetKinds[] = ['not_servers', 'servers']

/**
 * Two schedules for each of some tenants, for its servers and for its other computers. They open at
 * this time of day, since days of their own: none shares its rule with many others.
 */
export async function twoForEach(db: Db, tenants: number, time: string): Promise<Placed[]> {
  const owners = await everyTenant(db)
    .selectFrom('tenant')
    .select('id')
    .where('id', '>', 2)
    .orderBy('id')
    .limit(tenants)
    .execute()
  return owners.flatMap(({ id }) =>
    KINDS.map((target_kinds, at) => ({
      tenant_id: id,
      name: `Of ${target_kinds}`,
      applies_to_children: false,
      target_kinds,
      rules: [{ rrule: 'FREQ=DAILY', start: `${dayOf(id * 2 + at)}T${time}` }],
    })),
  )
}

const dayOf = (number: number) =>
  `2026-${String(1 + (number % 10)).padStart(2, '0')}-${String(1 + (number % 28)).padStart(2, '0')}`
