import { gainsByMoving, permits, permitsSomewhere, permitsThroughout } from '../access/decide.ts'
import { mayRaise } from '../access/raising.ts'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Kind } from '../db/schema.ts'
import type { VisibleTenant } from '../db/scope.ts'
import { Forbidden, Invalid } from '../errors.ts'
import { type BatchAction, actionsOf } from './batch/actions.ts'
import { type TenantChanges, changesOf } from './changes.ts'
import { ROOT_PATH } from './hidden.ts'
import { type TenantKind, tenantKinds } from './kinds.ts'
import { findTenant, getTenant } from './queries.ts'

/** A tenant that may be the parent of others: of new ones, or of those that are moved. */
export type AdmittedParent = VisibleTenant<'tenant.create' | 'tenant.move'>

/** Changes of a tenant that were found to be permitted. */
export type AdmittedChanges = Omit<TenantChanges, 'parent_id'> & { parent_id?: AdmittedParent }

/**
 * A tenant that may be changed as wanted, and the changes. Throws NotFound, Forbidden, or Invalid for
 * a parent that there is not. What is wanted and is so already needs no permission.
 */
export async function admitChanges(
  db: Reads,
  asker: Asker,
  id: number,
  wanted: TenantChanges,
): Promise<{ id: VisibleTenant<'tenant.edit'>; changes: AdmittedChanges }> {
  const tenant = await getTenant(db, asker, id)
  const admitted = await requireTenant(db, asker, 'tenant.edit', id)
  const { parent_id, ...changes } = changesOf(tenant, wanted)
  const refusal = await refuseKind(db, asker, tenant, changes.kind)
  if (refusal) throw refusal
  if (changes.blocks_inheritance !== undefined)
    await requireTenant(db, asker, 'preference.lock', id)
  if (parent_id === undefined) return { id: admitted, changes }
  await requireTenant(db, asker, 'tenant.move', id)
  const parent = await admitParent(db, asker, parent_id)
  const gain = refuseGain(asker, tenant.path, (await getTenant(db, asker, parent_id)).path)
  if (gain) throw gain
  return { id: admitted, changes: { ...changes, parent_id: parent } }
}

/** The parent of a new tenant that the asker may create there. Throws as `admitChanges` does. */
export async function admitNewTenant(
  db: Reads,
  asker: Asker,
  parent_id: number,
  { kind }: { kind: TenantKind },
): Promise<VisibleTenant<'tenant.create'>> {
  const refusal = await refuseKind(db, asker, { id: null, kind: null }, kind)
  if (refusal) throw refusal
  if (!(await findTenant(db, asker, parent_id))) throw noSuchParent()
  return requireTenant(db, asker, 'tenant.create', parent_id)
}

/** What is said of a parent that is gone, or was never there for the asker. */
export const noSuchParent = () => new Invalid({ parent_id: 'This parent does not exist any more.' })

/** A parent under which the asker may move tenants. Throws Invalid where there is none. */
export async function admitParent(db: Reads, asker: Asker, id: number): Promise<AdmittedParent> {
  const parent = await findTenant(db, asker, id)
  if (!parent) throw noSuchParent()
  const creates = permits(asker.access, 'tenant.create', parent.path)
  return requireTenant(db, asker, creates ? 'tenant.create' : 'tenant.move', id)
}

/** Whether the asker may move tenants to this place, or create them there. */
export const mayPutUnder = ({ access }: Asker, path: string) =>
  permits(access, 'tenant.create', path) || permits(access, 'tenant.move', path)

/** Why the asker may not move a tenant from where it is to this parent, though they may to others. */
export const refuseGain = ({ access }: Asker, path: string, parent_path: string) =>
  gainsByMoving(access, path, parent_path)
    ? new Forbidden(
        'Under this parent you would have more rights on the tenant than you have now. Somebody who has them already can move it.',
      )
    : undefined

/** Whether the asker may make any tenant an MSP, or end that: then its users work for all. */
export const mayChooseMsp = ({ access }: Asker) =>
  permitsThroughout(access, 'user.manage', ROOT_PATH) &&
  permitsThroughout(access, 'tenant.edit', ROOT_PATH)

/** The kinds that the asker may choose for a tenant of the kind `now`, or for a new one. */
export function kindsFor(asker: Asker, now?: Kind): readonly TenantKind[] {
  if (mayChooseMsp(asker)) return tenantKinds
  return tenantKinds.filter((kind) => (now === 'msp') === (kind === 'msp'))
}

/** Why the asker may not make a tenant this kind; `id` is null for a new one. */
export async function refuseKind(
  db: Reads,
  asker: Asker,
  { id, kind }: { id: number | null; kind: Kind | null },
  wanted: TenantKind | undefined,
) {
  if (wanted === undefined || wanted === kind) return undefined
  if (wanted !== 'msp' && kind !== 'msp') return undefined
  if (!mayChooseMsp(asker))
    return new Forbidden(
      'The users of an MSP work for every tenant: only who may edit tenants and manage users everywhere can make a tenant one, or end that.',
    )
  if (wanted !== 'msp' || id === null || (await mayRaise(db, asker, id))) return undefined
  return new Forbidden('A user of this tenant would have more rights on All tenants than you have.')
}

/** What a page of the list offers. */
export type ListRights = {
  create: boolean
  import: boolean
  export: boolean
  set_defaults: boolean
  batch: readonly BatchAction[]
}

/** What the asker may do with a list of what is below `branch`. */
export const listRights = (
  asker: Asker,
  branch: { parent_id: number | null; path: string },
): ListRights => ({
  create:
    branch.parent_id === null
      ? permitsSomewhere(asker.access, 'tenant.create')
      : permits(asker.access, 'tenant.create', branch.path),
  import: permitsSomewhere(asker.access, 'tenant.import'),
  export: permitsSomewhere(asker.access, 'tenant.export'),
  set_defaults: permits(asker.access, 'preference.view', ROOT_PATH),
  batch: actionsOf(asker),
})
