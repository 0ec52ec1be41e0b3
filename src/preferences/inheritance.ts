/**
 * What is in effect for a tenant, and why: the rules of docs/inheritance.md as one pure function.
 * The rule numbers in the comments are those of that page.
 *
 * Instants are ISO-8601 UTC texts of one form, so they compare as text.
 */
import type { Preference } from './catalogue.ts'

export type Scalar = string | number | boolean

export type Bounds = { min?: Scalar; max?: Scalar; allowed?: Scalar[] }

export type Form = { value: unknown } | { reset: true } | { add: unknown[]; remove: unknown[] }

export type Lock = null | 'fixed' | Bounds

/** `by` and `at` are null for a reader who may not see the node. */
export type Entry = { form: Form; lock: Lock; by: string | null; at: string | null }

export type ChainNode = {
  tenant_id: number
  name: string
  blocks_inheritance: boolean
  entry?: Entry
}

/** Waives the lock at `lock_tenant_id`, on one key, for `tenant_id` and all below it. */
export type Exemption = {
  id: number
  tenant_id: number
  lock_tenant_id: number
  reason: string
  ticket: string
  expires_at: string | null
  by: string
  at: string
}

export type Verdict = 'won' | 'merged' | 'overridden' | 'blocked' | 'locked_out' | 'out_of_bounds'

/** A node as an explanation names it; without its id for a reader who may not see it. */
export type NodeName = { tenant_id: number | null; name: string }

/** An exemption as an explanation shows it: of one that the reader may not see, only its end. */
export type Waiver = {
  id: number | null
  tenant_id: number | null
  lock_tenant_id: number | null
  reason: string
  ticket: string
  expires_at: string | null
  by: string | null
  at: string | null
}

export type BoundsInForce = NodeName & { bounds: Bounds }

export type Source = {
  tenant_id: number | null
  name: string | null
  kind: 'factory' | 'here' | 'inherited' | 'locked' | 'merged'
}

/** One entry of the chain, and what became of it. */
export type Explained = NodeName & {
  entry: Entry
  verdict: Verdict
  /** It stands, holds nothing below, and changes nothing. */
  redundant: boolean
  /** Null without a lock, or where a lock or bounds from above make the entry dormant. */
  lock_state: null | 'in_force' | 'exempted' | 'expired'
  /** The exemption that waives the lock or, if `expired`, once did. */
  exemption?: Waiver
  /** The node whose lock, bounds or block make the entry dormant. */
  because?: NodeName
}

export type Resolution = {
  value: unknown
  source: Source
  /** Root first; only nodes that have an entry. */
  chain: Explained[]
  /** The bounds that an entry at the tenant must keep: those in force above it. */
  bounds: BoundsInForce[]
  /** The node above whose fixed lock keeps the tenant from having an entry. */
  locked_by: NodeName | null
}

const FACTORY: Source = Object.freeze({ tenant_id: null, name: null, kind: 'factory' })

type Walk = {
  readonly preference: Preference
  readonly nodes: ChainNode[]
  readonly exemptions: Exemption[]
  readonly at: string
  value: unknown
  explained: Explained[]
  bounds: BoundsInForce[]
  locked_by: NodeName | null
}

/**
 * The effective value of a preference for the last node of the chain, at an instant, explained.
 *
 * @param nodes the chain of the tenant, root first, each with its entry for this preference
 * @param exemptions those for this preference; of any tenant, those elsewhere do nothing
 */
export function resolve(
  preference: Preference,
  nodes: ChainNode[],
  exemptions: Exemption[],
  at: string,
): Resolution {
  if (!nodes.some((node) => node.entry)) return fromFactory(preference)

  const walk: Walk = {
    preference,
    nodes,
    exemptions,
    at,
    value: preference.factory,
    explained: [],
    bounds: [],
    locked_by: null,
  }
  for (const node of nodes) {
    if (node.blocks_inheritance) block(walk, node)
    if (node.entry) enter(walk, node, node.entry)
  }
  return conclude(walk)
}

/** Whether a value lies inside the bounds; one of another type than a bound does not. */
export function isWithin(value: unknown, { min, max, allowed }: Bounds): boolean {
  if (min !== undefined && !(typeof value === typeof min && (value as Scalar) >= min)) return false
  if (max !== undefined && !(typeof value === typeof max && (value as Scalar) <= max)) return false
  return allowed === undefined || allowed.includes(value as Scalar)
}

/** Rule 1, when nobody says anything; most preferences of most tenants end here. */
function fromFactory({ factory }: Preference): Resolution {
  return { value: factory, source: FACTORY, chain: [], bounds: [], locked_by: null }
}

/** Rule 2: drops what was gathered, except the last entry that a bounded lock holds. */
function block(walk: Walk, node: ChainNode) {
  if (walk.locked_by) return

  const held = walk.explained.findLast(isHeld)
  for (const explained of walk.explained) {
    if (isDormant(explained)) continue
    explained.redundant = false
    if (explained === held) explained.verdict = 'won'
    else if (isHeld(explained)) explained.verdict = 'overridden'
    else putToSleep(explained, 'blocked', node)
  }
  const { factory } = walk.preference
  walk.value = held ? applyForm(held.entry.form, factory, factory) : factory
}

/** Rules 3 to 5: what becomes of the entry of the next node. */
function enter(walk: Walk, node: ChainNode, entry: Entry) {
  const explained: Explained = {
    tenant_id: node.tenant_id,
    name: node.name,
    entry,
    verdict: 'won',
    redundant: false,
    lock_state: null,
  }
  walk.explained.push(explained)
  if (walk.locked_by) return putToSleep(explained, 'locked_out', walk.locked_by)

  const value = applyForm(entry.form, walk.value, walk.preference.factory)
  const broken = walk.bounds.find(({ bounds }) => !isWithin(value, bounds))
  if (broken) return putToSleep(explained, 'out_of_bounds', broken)

  stand(walk, explained, value)
  if (entry.lock) lock(walk, explained, entry.lock)
}

/** Rule 4. */
function stand(walk: Walk, entrant: Explained, value: unknown) {
  const verdict = 'add' in entrant.entry.form ? 'merged' : 'overridden'
  for (const earlier of walk.explained) {
    if (earlier === entrant || !stands(earlier)) continue
    earlier.verdict = verdict
    earlier.redundant &&= verdict === 'merged'
  }
  entrant.redundant = isSame(value, walk.value)
  walk.value = value
}

/** Merges into a list, or replaces; an entry of the wrong form for what stands changes nothing. */
function applyForm(form: Form, standing: unknown, factory: unknown): unknown {
  if ('reset' in form) return factory
  if ('value' in form) return form.value
  if (!Array.isArray(standing)) return standing

  const list = [...standing]
  for (const item of form.add) if (!includes(list, item)) list.push(item)
  return list.filter((item) => !includes(form.remove, item))
}

/** Rule 5: a lock in force, unless an exemption waives it for this tenant. */
function lock(walk: Walk, explained: Explained, lock: 'fixed' | Bounds) {
  // Lists take only fixed locks.
  if (lock !== 'fixed' && walk.preference.merge === 'list') return

  const exemption = findExemption(walk, explained.tenant_id)
  if (exemption) explained.exemption = exemption
  if (exemption && isCurrent(exemption, walk.at)) {
    explained.lock_state = 'exempted'
    return
  }
  explained.lock_state = exemption ? 'expired' : 'in_force'
  explained.redundant = false
  const { tenant_id, name } = explained
  if (lock === 'fixed') walk.locked_by = { tenant_id, name }
  else walk.bounds.push({ tenant_id, name, bounds: lock })
}

/** The exemption in force from the lock of a node or, if there is none, one that has expired. */
function findExemption({ nodes, exemptions, at }: Walk, lock_tenant_id: number | null) {
  const covering = exemptions.filter(
    (exemption) =>
      exemption.lock_tenant_id === lock_tenant_id &&
      exemption.at <= at &&
      isBelow(nodes, exemption.tenant_id, lock_tenant_id),
  )
  return covering.find((exemption) => isCurrent(exemption, at)) ?? covering.at(-1)
}

/** Rule 6. */
function conclude(walk: Walk): Resolution {
  const here = walk.nodes.at(-1)?.tenant_id
  return {
    value: walk.value,
    source: sourceOf(walk, here),
    chain: walk.explained,
    bounds: walk.bounds.filter(({ tenant_id }) => tenant_id !== here),
    locked_by: walk.locked_by?.tenant_id === here ? null : walk.locked_by,
  }
}

function sourceOf({ explained, locked_by }: Walk, here: number | undefined): Source {
  const winner = explained.findLast(({ verdict }) => verdict === 'won')
  if (!winner) return FACTORY

  const { tenant_id, name } = winner
  if (locked_by && tenant_id !== here) return { tenant_id, name, kind: 'locked' }
  if (explained.some(({ verdict }) => verdict === 'merged')) {
    return { tenant_id, name, kind: 'merged' }
  }
  return { tenant_id, name, kind: tenant_id === here ? 'here' : 'inherited' }
}

function putToSleep(explained: Explained, verdict: Verdict, { tenant_id, name }: NodeName) {
  explained.verdict = verdict
  explained.because = { tenant_id, name }
}

function stands({ verdict }: Explained) {
  return verdict === 'won' || verdict === 'merged'
}

function isDormant({ verdict }: Explained) {
  return verdict === 'blocked' || verdict === 'locked_out' || verdict === 'out_of_bounds'
}

/** Whether a lock in force holds the entry; short of a fixed one, which stops every block. */
export function isHeld({ lock_state }: Explained) {
  return lock_state === 'in_force' || lock_state === 'expired'
}

function isCurrent({ expires_at }: Exemption, at: string) {
  return expires_at === null || at < expires_at
}

function isBelow(nodes: ChainNode[], tenant_id: number, ancestor_id: number | null) {
  const depth = nodes.findIndex((node) => node.tenant_id === tenant_id)
  return depth > nodes.findIndex((node) => node.tenant_id === ancestor_id)
}

function includes(items: unknown[], item: unknown) {
  return items.some((other) => isSame(other, item))
}

function isSame(one: unknown, other: unknown) {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
