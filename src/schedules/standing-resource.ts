import type { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import { requireTenant } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { type VisibleTenant, ofTenant } from '../db/scope.ts'
import { compareTexts } from '../order.ts'
import { nameKey } from '../tenants/names.ts'
import { getTenant } from '../tenants/queries.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import type { StandingQuery, StandingResource } from './override-schemas.ts'
import { findOverride } from './overriding.ts'
import { describeTimes } from './resource.ts'
import { type StandingSchedule, getStanding, standingToldTo } from './standing.ts'

/** A page of the schedules that reach a tenant, by name, as each stands there. */
export async function pageOfStanding(
  db: Db,
  actor: Actor,
  tenant_id: number,
  { limit, cursor }: z.infer<typeof StandingQuery>,
) {
  const at = await requireTenant(db, actor, 'schedule.view', tenant_id)
  const { path } = await getTenant(db, actor, tenant_id)
  const [name_key, id] = cursor === undefined ? ['', 0] : decodeCursor(cursor, 2)
  const place = { name_key: String(name_key), id: Number(id) }
  const left = (await standingToldTo(db, actor, at))
    .map((schedule) => ({ name_key: nameKey(schedule.name), id: schedule.id, schedule }))
    .filter((one) => inOrder(place, one) < 0)
    .sort(inOrder)
  const page = left.slice(0, limit)
  const versions = await versionsAt(db, at)
  const last = left.length > limit ? page.at(-1)! : null
  return {
    schedules: page.map((one) => toResource(actor, path, one.schedule, versions.get(one.id) ?? 0)),
    next_cursor: last && encodeCursor([last.name_key, last.id]),
  }
}

type Place = { name_key: string; id: number }

const inOrder = (one: Place, other: Place) =>
  compareTexts(one.name_key, other.name_key) || one.id - other.id

/** The versions of what a tenant decides itself, by schedule. */
async function versionsAt(db: Reads, at: VisibleTenant<'schedule.view'>) {
  const rows = await db
    .selectFrom('schedule_override')
    .select(['schedule_id', 'version'])
    .where(ofTenant('schedule_override.tenant_id', at))
    .execute()
  return new Map(rows.map(({ schedule_id, version }) => [schedule_id, version]))
}

/** A schedule as it stands for a tenant. Throws NotFound where it does not reach. */
export async function describeStanding(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  schedule_id: number,
): Promise<StandingResource> {
  const standing = await getStanding(db, actor, tenant_id, schedule_id)
  const { path } = await getTenant(db, actor, tenant_id)
  const own = await findOverride(db, actor, tenant_id, schedule_id)
  return toResource(actor, path, standing, own?.version ?? 0)
}

function toResource(
  { access }: Actor,
  path: string,
  { standing, times, ...schedule }: StandingSchedule,
  version: number,
): StandingResource {
  const node = ({ tenant_id, name }: { tenant_id: number; name: string }) => ({
    tenant_id: permits(access, 'tenant.view', pathTo(path, tenant_id)) ? tenant_id : null,
    name,
  })
  return {
    id: schedule.id,
    name: schedule.name,
    state: schedule.state,
    locked: schedule.locked,
    ...describeTimes(times),
    owner: node({ tenant_id: schedule.tenant_id, name: schedule.tenant_name }),
    effect: standing.effect,
    decided_by: node(standing.decided_by),
    decisions: standing.chain.map(({ override, verdict, ...at }) => ({
      ...node(at),
      form: override.form,
      verdict,
    })),
    version,
  }
}

/** The path of a node on the way to a tenant: of `/1/3/4/`, that of 3 is `/1/3/`. */
const pathTo = (path: string, id: number) =>
  path.slice(0, path.indexOf(`/${id}/`) + `${id}`.length + 2)
