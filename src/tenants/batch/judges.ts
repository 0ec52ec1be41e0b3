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
import { ROOT_ID } from '../queries.ts'
import { type Verdict, done, refused, unchanged } from '../../jobs/batch.ts'
import type { Batch } from './actions.ts'
import type { Selected } from './selection.ts'

/**
 * Says what becomes of some tenants of one level. It is asked level by level, the deepest first, and
 * remembers what it allowed: each tenant is judged as if those before it were done already, though
 * nothing is written yet. The rules and their words are those of the commands for one tenant.
 */
export type Judge = (tenants: Selected[]) => Promise<Verdict[]>

export async function openJudge(db: Reads, batch: Batch, pace: Pace): Promise<Judge> {
  if (batch.action === 'delete') return judgeDeletions(db)
  if (batch.action === 'set_parent') return judgeMoves(db, batch.parent_id!, pace)
  if (batch.action === 'set_kind') return judgeKinds(batch.kind!, await countMsps(db))
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

/** `msps` is how many MSP tenants there are; the last one stays what it is. */
function judgeKinds(kind: TenantKind, msps: number): Judge {
  return async (tenants) =>
    tenants.map((tenant) => {
      if (tenant.kind === kind) return unchanged
      if (tenant.id === ROOT_ID) return refused(rootStays())
      if (tenant.kind === 'msp') {
        if (msps < 2) return refused(lastMspStays())
        msps--
      }
      return done(`Kind: ${kindLooks[tenant.kind].label} → ${kindLooks[kind].label}`)
    })
}

async function judgeMoves(db: Reads, parent_id: number, pace: Pace): Promise<Judge> {
  const parent = await findParentChain(db, parent_id)
  const parent_name = await nameOf(db, parent_id)
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
      const refusal = impossible.get(tenant.id)
      if (refusal) return refused(refusal)
      const namesake = namesakes.get(tenant.name_key)?.name ?? arrived.get(tenant.name_key)
      if (namesake !== undefined) return refused(nameIsTaken(namesake))
      arrived.set(tenant.name_key, tenant.name)
      moved.add(tenant.id)
      return done(`Parent: ${tenant.parent_name} → ${parent_name}`)
    })
  }
}

async function nameOf(db: Reads, id: number) {
  const tenant = await db
    .selectFrom('tenant')
    .select('name')
    .where('id', '=', id)
    .executeTakeFirst()
  return tenant?.name ?? ''
}

function judgeDeletions(db: Reads): Judge {
  /** How many children of each tenant are deleted before it. */
  const gone = new Map<number, number>()
  return async (tenants) => {
    const kept = await refuseDeletions(db, tenants, gone)
    return tenants.map(({ id, parent_id }) => {
      const refusal = kept.get(id)
      if (refusal) return refused(refusal)
      gone.set(parent_id!, (gone.get(parent_id!) ?? 0) + 1)
      return done('')
    })
  }
}
