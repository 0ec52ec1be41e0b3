import { permits } from '../../access/decide.ts'
import { type Asker, lacks } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Pace } from '../../pace.ts'
import { refuseDeletions } from '../contents.ts'
import { type TenantKind, kindLooks } from '../kinds.ts'
import {
  countMsps,
  findNamesakes,
  findParentChain,
  lastMspStays,
  nameIsTaken,
  refuseMoves,
  rootStays,
} from '../places.ts'
import { ROOT_ID, findTenant } from '../queries.ts'
import { mayPutUnder, noSuchParent, refuseGain, refuseKind } from '../rights.ts'
import { isOwn, tagsOfTenants } from '../../tags/effective.ts'
import { findTag, isUsableAt } from '../../tags/queries.ts'
import { Conflict } from '../../errors.ts'
import { type Verdict, done, refused, unchanged } from '../../jobs/batch.ts'
import { type Batch, isOfTag, permissionsFor } from './actions.ts'
import type { Selected } from './selection.ts'

/**
 * Says what becomes of some tenants of one level. It is asked level by level, the deepest first, and
 * remembers what it allowed: each tenant is judged as if those before it were done already, though
 * nothing is written yet. The rules and their words are those of the commands for one tenant.
 */
export type Judge = (tenants: Selected[]) => Promise<Verdict[]>

/** A judge for whom first the rights of the asker count, at each of the tenants. */
export async function openJudge(db: Reads, asker: Asker, batch: Batch, pace: Pace): Promise<Judge> {
  const judge = await chooseJudge(db, asker, batch, pace)
  const permission = permissionsFor[batch.action]
  return async (tenants) => {
    const admitted = tenants.filter(({ path }) => permits(asker.access, permission, path))
    const verdicts = await judge(admitted)
    const found = new Map(admitted.map((tenant, index) => [tenant, verdicts[index]!]))
    return tenants.map((tenant) => found.get(tenant) ?? refused(lacks(permission)))
  }
}

async function chooseJudge(db: Reads, asker: Asker, batch: Batch, pace: Pace): Promise<Judge> {
  if (batch.action === 'delete') return judgeDeletions(db, asker)
  if (batch.action === 'set_parent') return judgeMoves(db, asker, batch.parent_id!, pace)
  if (isOfTag(batch.action)) return judgeTags(db, asker, batch)
  if (batch.action === 'set_kind') return judgeKinds(db, asker, batch.kind!)
  return judgeActivity(batch.action === 'activate')
}

function judgeActivity(active: boolean): Judge {
  const detail = active ? 'Inactive → active' : 'Active → inactive'
  return async (tenants) =>
    tenants.map((tenant) => {
      if (tenant.active === Number(active)) return unchanged
      return tenant.id === ROOT_ID ? refused(rootStays()) : done(detail)
    })
}

/** The last MSP tenant stays what it is. */
async function judgeKinds(db: Reads, asker: Asker, kind: TenantKind): Promise<Judge> {
  let msps = await countMsps(db)
  const judgeOne = async (tenant: Selected) => {
    if (tenant.kind === kind) return unchanged
    if (tenant.id === ROOT_ID) return refused(rootStays())
    const refusal = await refuseKind(db, asker, tenant, kind)
    if (refusal) return refused(refusal)
    if (tenant.kind === 'msp') {
      if (msps < 2) return refused(lastMspStays())
      msps--
    }
    return done(`Kind: ${kindLooks[tenant.kind].label} → ${kindLooks[kind].label}`)
  }
  return async (tenants) => {
    const verdicts: Verdict[] = []
    for (const tenant of tenants) verdicts.push(await judgeOne(tenant))
    return verdicts
  }
}

async function judgeMoves(db: Reads, asker: Asker, parent_id: number, pace: Pace): Promise<Judge> {
  const above = await findTenant(db, asker, parent_id)
  if (!above || !mayPutUnder(asker, above.path)) {
    const verdict = above ? refused(lacks('tenant.move')) : refused(noSuchParent())
    return async (tenants) =>
      tenants.map(({ id }) => (id === ROOT_ID ? refused(rootStays()) : verdict))
  }
  const parent = await findParentChain(db, parent_id)
  const moved = new Set<number>()
  const arrived = new Map<string, string>()
  return async (tenants) => {
    const moving = tenants.filter(({ id, parent_id: now }) => id !== ROOT_ID && now !== parent_id)
    const impossible = await refuseMoves(db, parent, moving, moved, pace)
    const keys = moving.map(({ name_key }) => name_key)
    const namesakes = await findNamesakes(db, parent_id, keys)
    return tenants.map((tenant) => {
      if (tenant.parent_id === parent_id) return unchanged
      if (tenant.id === ROOT_ID) return refused(rootStays())
      const refusal = impossible.get(tenant.id) ?? refuseGain(asker, tenant.path, above.path)
      if (refusal) return refused(refusal)
      const namesake = namesakes.get(tenant.name_key)?.name ?? arrived.get(tenant.name_key)
      if (namesake !== undefined) return refused(nameIsTaken(namesake))
      arrived.set(tenant.name_key, tenant.name)
      moved.add(tenant.id)
      return done(`Parent: ${tenant.parent_name} → ${above.name}`)
    })
  }
}

function judgeDeletions(db: Reads, asker: Asker): Judge {
  /** How many children of each tenant are deleted before it. */
  const gone = new Map<number, number>()
  return async (tenants) => {
    const kept = await refuseDeletions(db, asker, tenants, gone)
    return tenants.map(({ id, parent_id }) => {
      const refusal = kept.get(id)
      if (refusal) return refused(refusal)
      gone.set(parent_id!, (gone.get(parent_id!) ?? 0) + 1)
      return done('')
    })
  }
}

/** What comes from above is neither given nor taken: the tag is a tenant's own, or it is not. */
async function judgeTags(db: Reads, asker: Asker, batch: Batch): Promise<Judge> {
  const { action, tag_id, covers_children } = batch
  const tag = await findTag(db, asker, 'tenant.view', tag_id!)
  return async (tenants) => {
    const carried = await tagsOfTenants(db, asker, tenants)
    return tenants.map(({ id, name, path }) => {
      if (!tag || !isUsableAt(tag, path))
        return refused(new Conflict(`This tag cannot be used at ${name}.`))
      const own = carried(id).find((one) => one.id === tag.id && isOwn(one))
      if (action === 'remove_tag') return own ? done(`− ${tag.name}`) : unchanged
      if (own?.covers_children === covers_children) return unchanged
      return done(`+ ${tag.name}${covers_children ? ', with child tenants' : ''}`)
    })
  }
}
