import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import { nameTenants, requireTenant, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared, preparedInScope } from '../db/prepared.ts'
import { type VisibleTenant, inScope, ofTenant } from '../db/scope.ts'
import { NotFound } from '../errors.ts'
import type { Exemption } from './inheritance.ts'
import { exemptionColumns } from './stored.ts'

/** An exemption as it is listed: one of a tenant whose preferences the actor may see. */
export type ListedExemption = Omit<Exemption, 'lock_tenant_id'> & {
  key: string
  tenant_name: string
  /** Null where the actor may not see the node that holds the lock. */
  lock_tenant_id: number | null
  lock_tenant_name: string
  /** The actor may withdraw it. */
  withdrawable: boolean
}

const EXEMPTIONS_SHOWN = 50

/**
 * The exemptions granted to a tenant itself, and those from its own locks, of the tenants that the
 * actor may see; the newest first, from before the one with the id `before`. `older` is where the
 * next page begins, or null.
 */
export async function listExemptions(
  db: Reads,
  actor: Actor,
  id: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<{ exemptions: ListedExemption[]; older: number | null }> {
  const tenant = await requireTenant(db, actor, 'preference.view', id)
  const scope = visibleScope(actor, 'preference.view')
  const found = await exemptionsShown(db, scope, { tenant, before })
  const shown = await forActor(db, actor, found.slice(0, EXEMPTIONS_SHOWN))
  return { exemptions: shown, older: found.length > shown.length ? shown.at(-1)!.id : null }
}

const exemptionsShown = preparedInScope(
  (db, scope, { tenant, before }: { tenant: number; before: number }) =>
    exemptions(db)
      .where(inScope(scope, 'exemption.tenant_id'))
      .where((eb) =>
        eb.or([
          eb('exemption.tenant_id', '=', tenant),
          eb('exemption.lock_tenant_id', '=', tenant),
        ]),
      )
      .where('exemption.id', '<', before)
      .orderBy('exemption.id', 'desc')
      .limit(EXEMPTIONS_SHOWN + 1),
)

/** The exemptions granted to a tenant itself, the newest first, before the one with the id. */
export async function listExemptionsOf(
  db: Reads,
  actor: Actor,
  id: number,
  { limit, before }: { limit: number; before: number | null },
): Promise<ListedExemption[]> {
  const tenant = await requireTenant(db, actor, 'preference.view', id)
  const granted = exemptions(db).where(ofTenant('exemption.tenant_id', tenant))
  const page = before === null ? granted : granted.where('exemption.id', '<', before)
  return forActor(db, actor, await page.orderBy('exemption.id', 'desc').limit(limit).execute())
}

type OneOf = { tenant: VisibleTenant<'preference.view'>; id: number }

const exemptionOf = prepared((db, { tenant, id }: OneOf) =>
  exemptions(db).where(ofTenant('exemption.tenant_id', tenant)).where('exemption.id', '=', id),
)

/** An exemption granted to a tenant. Throws NotFound when there is none. */
export async function getExemption(db: Reads, actor: Actor, tenant_id: number, id: number) {
  const tenant = await requireTenant(db, actor, 'preference.view', tenant_id)
  const [exemption] = await forActor(db, actor, await exemptionOf(db, { tenant, id }))
  if (!exemption) throw new NotFound(`exemption ${id}`)
  return exemption
}

const exemptions = (db: Reads) =>
  db
    .selectFrom('exemption')
    .innerJoin('operation', 'operation.id', 'exemption.operation_id')
    .innerJoin('tenant', 'tenant.id', 'exemption.tenant_id')
    .select(['tenant.name as tenant_name', 'tenant.path as tenant_path'])
    .select(exemptionColumns)

type Row = Exemption & { key: string; tenant_name: string; tenant_path: string }

/** Adds where the lock is. That node is above the tenant, so its name may always be read. */
async function forActor(db: Reads, actor: Actor, rows: Row[]): Promise<ListedExemption[]> {
  const { access } = actor
  const nodes = await nameTenants(
    db,
    actor,
    rows.map((row) => row.lock_tenant_id),
  )
  return rows.map(({ tenant_path, ...row }) => {
    const lock = nodes.get(row.lock_tenant_id)!
    const sees_lock = permits(access, 'preference.view', lock.path)
    return {
      ...row,
      lock_tenant_id: sees_lock ? row.lock_tenant_id : null,
      lock_tenant_name: lock.name,
      withdrawable: [tenant_path, lock.path].every((path) =>
        permits(access, 'preference.exempt', path),
      ),
    }
  })
}
