import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { ofTenant } from '../db/scope.ts'
import { Conflict, Forbidden } from '../errors.ts'
import { findSchedule } from './queries.ts'
import { type StandingSchedule, getStanding } from './standing.ts'
import { type Times, readOverride, writeTimes } from './stored.ts'

/** What a tenant decides about a schedule that it inherits: only `own` comes with times. */
export type OverrideInput =
  { form: 'off'; times: null } | { form: 'on'; times: null } | { form: 'own'; times: Times }

/** The decision of a tenant about a schedule that it inherits, if it has one. */
export async function findOverride(
  db: Reads,
  asker: Asker,
  tenant_id: number,
  schedule_id: number,
) {
  const at = await requireTenant(db, asker, 'schedule.view', tenant_id)
  const row = await db
    .selectFrom('schedule_override')
    .selectAll()
    .where('schedule_id', '=', schedule_id)
    .where(ofTenant('schedule_override.tenant_id', at))
    .executeTakeFirst()
  return row && readOverride(row)
}

/**
 * Decides for a tenant, and all below it, about a schedule that it inherits. `version` is that of
 * the decision that the editor saw, 0 where there was none. Throws NotFound for a schedule that does
 * not reach the tenant; Forbidden under a lock; Conflict where it was changed meanwhile, or where
 * the tenant does not inherit it because something above blocks that.
 */
export async function overrideSchedule(
  tx: Tx,
  asker: Asker,
  tenant_id: number,
  schedule_id: number,
  { form, times }: OverrideInput,
  version: number,
) {
  const at = await requireTenant(tx, asker, 'schedule.edit', tenant_id)
  const schedule = await getStanding(tx, asker, tenant_id, schedule_id)
  refuseOverride(schedule, tenant_id)
  const present = await findOverride(tx, asker, tenant_id, schedule_id)
  requireSeen(schedule, present, version)
  const columns = { form, ...writeTimes(times), operation_id: tx.operation.id }
  if (!present)
    await tx
      .insertInto('schedule_override')
      .values({ tenant_id: at, schedule_tenant_id: schedule.tenant_id, schedule_id, ...columns })
      .execute()
  else
    await tx
      .updateTable('schedule_override')
      .set({ ...columns, version: present.version + 1 })
      .where('id', '=', present.id)
      .where(ofTenant('schedule_override.tenant_id', at))
      .execute()
}

/** Takes a tenant's decision away, so that it inherits the schedule again. A lock does not stop it. */
export async function endOverride(
  tx: Tx,
  asker: Asker,
  tenant_id: number,
  schedule_id: number,
  version: number,
) {
  const at = await requireTenant(tx, asker, 'schedule.edit', tenant_id)
  const schedule = await findSchedule(tx, schedule_id)
  const present = await findOverride(tx, asker, tenant_id, schedule_id)
  if (!schedule || !present) return
  requireSeen(schedule, present, version)
  await tx
    .deleteFrom('schedule_override')
    .where('id', '=', present.id)
    .where(ofTenant('schedule_override.tenant_id', at))
    .execute()
}

/** Throws for a schedule about which a tenant has nothing to decide. */
function refuseOverride(
  { name, tenant_id: owner, tenant_name, locked, standing }: StandingSchedule,
  at: number,
) {
  if (owner === at)
    throw new Conflict(`“${name}” belongs to this tenant: edit the schedule itself.`)
  if (locked) throw new Forbidden(`${tenant_name} has locked “${name}”: it stays as it is.`)
  if (standing.effect === 'blocked')
    throw new Conflict(`“${name}” is not inherited here: inheritance is blocked on its way.`)
}

function requireSeen(
  { name }: { name: string },
  present: { version: number } | undefined,
  seen: number,
) {
  if ((present?.version ?? 0) === seen) return
  throw new Conflict(`What is decided here about “${name}” was changed by somebody else.`)
}
