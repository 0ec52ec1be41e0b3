import type { Actor } from '../access/actor.ts'
import { requireTenant, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Preference } from './catalogue.ts'
import type { EntryDraft } from './entry.ts'
import { type ChainNode, type Resolution, resolve } from './inheritance.ts'
import { type Joint, readSkeleton } from './skeleton.ts'

/**
 * What would be otherwise: a tenant's entry (null: nothing of its own any more), whether it blocks
 * inheritance, or an exemption of the tenant that is no more.
 */
export type Hypothesis =
  { entry: EntryDraft | null } | { blocks: boolean } | { without_exemption: number }

/**
 * Why a tenant keeps its value: it (or one above it, below the change) has its own entry that
 * stands; blocks; is exempt from a lock; has an entry that a lock or bounds make dormant; or the
 * value is the same as before.
 */
export type Keeping = 'overrides' | 'blocked' | 'exempt' | 'locked' | 'same'

/** Tenants that fare alike: one of them, and those below it that follow it. */
export type Region = {
  tenant_id: number
  name: string
  /** How many tenants, the named one included. */
  tenants: number
  old: unknown
  new: unknown
  /** Null when the value changes. */
  keeps: Keeping | null
}

export type Impact = {
  /** Tenants whose effective value changes. */
  changing: number
  /** The same by value: most tenants first. */
  values: { old: unknown; new: unknown; tenants: number }[]
  /** Tenants whose value stays, by what keeps it. */
  keeping: Record<Keeping, number>
  /** Entries further down that the change puts to sleep, and those that it wakes. */
  put_to_sleep: number
  woken: number
  /** Changing ones first, the largest first. */
  regions: Region[]
}

const YIELD_AFTER = 250

/**
 * What would change for a preference in the branch of a tenant, if the tenant were as supposed.
 * Resolves, before and after, each tenant at which something is decided; the rest follow those.
 * Tenants of the branch whose preferences the actor may not see are neither counted nor named.
 */
export async function measureImpact(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  preference: Preference,
  hypothesis: Hypothesis,
  now: string,
): Promise<Impact> {
  const top = await requireTenant(db, actor, 'preference.view', tenant_id)
  const joints = await readSkeleton(db, visibleScope(actor, 'preference.view'), top, preference)
  const impact = emptyImpact()
  let count = 0
  for (const joint of joints) {
    weigh(impact, joint, assess(preference, joint, tenant_id, hypothesis, now), tenant_id)
    if (++count % YIELD_AFTER === 0) await new Promise(setImmediate)
  }
  impact.values = sumUp(impact.regions)
  impact.regions.sort(changingFirst)
  return impact
}

const emptyImpact = (): Impact => ({
  changing: 0,
  values: [],
  keeping: { overrides: 0, blocked: 0, exempt: 0, locked: 0, same: 0 },
  put_to_sleep: 0,
  woken: 0,
  regions: [],
})

type Assessment = { before: Resolution; after: Resolution }

function assess(
  preference: Preference,
  { chain, exemptions }: Joint,
  tenant_id: number,
  hypothesis: Hypothesis,
  now: string,
): Assessment {
  const changed = chain.map((node) =>
    node.tenant_id === tenant_id ? suppose(node, hypothesis, now) : node,
  )
  const left =
    'without_exemption' in hypothesis
      ? exemptions.filter(({ id }) => id !== hypothesis.without_exemption)
      : exemptions
  return {
    before: resolve(preference, chain, exemptions, now),
    after: resolve(preference, changed, left, now),
  }
}

function suppose(node: ChainNode, hypothesis: Hypothesis, now: string): ChainNode {
  if ('blocks' in hypothesis) return { ...node, blocks_inheritance: hypothesis.blocks }
  if (!('entry' in hypothesis)) return node
  const { entry: _entry, ...bare } = node
  return hypothesis.entry ? { ...bare, entry: { ...hypothesis.entry, by: '', at: now } } : bare
}

function weigh(impact: Impact, joint: Joint, { before, after }: Assessment, changed_id: number) {
  countDormant(impact, joint, before, after, changed_id)
  if (joint.tenants === 0) return

  const changes = JSON.stringify(before.value) !== JSON.stringify(after.value)
  const keeps = changes ? null : keeping(joint, after, changed_id)
  const { tenant_id, name } = joint.node
  impact.regions.push({
    tenant_id,
    name,
    tenants: joint.tenants,
    old: before.value,
    new: after.value,
    keeps,
  })
  if (keeps) impact.keeping[keeps] += joint.tenants
  else impact.changing += joint.tenants
}

/** The tenants that change, by what they change from and to. */
function sumUp(regions: Region[]) {
  const values = new Map<string, Impact['values'][number]>()
  for (const region of regions) {
    if (region.keeps) continue
    const pair = JSON.stringify([region.old, region.new])
    const sum = values.get(pair) ?? { old: region.old, new: region.new, tenants: 0 }
    sum.tenants += region.tenants
    values.set(pair, sum)
  }
  return [...values.values()].sort((one, other) => other.tenants - one.tenants)
}

function countDormant(
  impact: Impact,
  { node }: Joint,
  before: Resolution,
  after: Resolution,
  changed_id: number,
) {
  if (node.tenant_id === changed_id || !node.entry) return
  const slept = isDormantAt(before, node.tenant_id)
  const sleeps = isDormantAt(after, node.tenant_id)
  if (sleeps && !slept) impact.put_to_sleep++
  if (slept && !sleeps) impact.woken++
}

const isDormantAt = ({ chain }: Resolution, tenant_id: number) => {
  const own = chain.find((explained) => explained.tenant_id === tenant_id)
  return own?.verdict === 'locked_out' || own?.verdict === 'out_of_bounds'
}

/** What keeps the value of a tenant below the change; the strongest reason first. */
function keeping({ chain }: Joint, after: Resolution, changed_id: number): Keeping {
  const top = chain.findIndex((node) => node.tenant_id === changed_id)
  const below = new Set<number | null>(chain.slice(top + 1).map((node) => node.tenant_id))
  const verdicts = after.chain.filter((explained) => below.has(explained.tenant_id))
  const changed = after.chain.find((explained) => explained.tenant_id === changed_id)
  if (changed?.lock_state === 'exempted') return 'exempt'
  if (verdicts.some(({ verdict }) => verdict === 'won')) return 'overrides'
  if (chain.slice(top + 1).some((node) => node.blocks_inheritance) && !after.locked_by)
    return 'blocked'
  if (after.locked_by || verdicts.some(({ verdict }) => verdict === 'out_of_bounds'))
    return 'locked'
  return 'same'
}

function changingFirst(one: Region, other: Region) {
  if ((one.keeps === null) !== (other.keeps === null)) return one.keeps === null ? -1 : 1
  return other.tenants - one.tenants || one.tenant_id - other.tenant_id
}
