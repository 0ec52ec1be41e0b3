/**
 * Whether a schedule is in effect for a tenant, with whose times, and why: as one pure function.
 *
 * A schedule that applies to child tenants is inherited by all below its owner. On the way down, a
 * tenant may switch it off, switch it on again as its owner decided it, or give it times of its own;
 * the last such decision counts. A tenant that blocks inheritance does not inherit it. A lock of the
 * owner makes every such decision dormant, and no block stops it.
 */

/** What a tenant decides about a schedule that it inherits. */
export type Override = { id: number; form: 'off' | 'on' | 'own' }

/** A tenant on the way from the owner of a schedule down. */
export type ScheduleNode = {
  tenant_id: number
  name: string
  blocks_inheritance: boolean
  override?: Override | undefined
}

/** What decides how a schedule is inherited. */
export type Inheritable = { applies_to_children: boolean; locked: boolean }

export type OverrideVerdict = 'won' | 'overridden' | 'blocked' | 'locked_out'

/** One decision on the way, and what became of it. */
export type ExplainedOverride = {
  tenant_id: number
  name: string
  override: Override
  verdict: OverrideVerdict
}

/** How a schedule stands for a tenant. */
export type Standing = {
  /** Off: switched off there or above. Blocked: not inherited since a tenant blocks that. */
  effect: 'on' | 'off' | 'blocked'
  /** The override whose times count; 0 for the schedule's own. */
  times_of: number
  /** The node that decided so: the owner, or the last of the overrides, or the one that blocks. */
  decided_by: { tenant_id: number; name: string }
  /** Every decision on the way, from the owner down. */
  chain: ExplainedOverride[]
}

/**
 * How a schedule stands for the last of the nodes; null where it does not reach.
 *
 * @param nodes from the owner of the schedule down to the tenant
 */
export function standingOf(schedule: Inheritable, nodes: ScheduleNode[]): Standing | null {
  const [owner, ...below] = nodes
  if (!owner) throw new Error('a schedule has an owner')
  if (below.length > 0 && !schedule.applies_to_children) return null
  const standing: Standing = { effect: 'on', times_of: 0, decided_by: nameOf(owner), chain: [] }
  for (const node of below) {
    if (node.blocks_inheritance && !schedule.locked) block(standing, node)
    if (node.override) enter(standing, schedule, node, node.override)
  }
  return standing
}

function block(standing: Standing, node: ScheduleNode) {
  for (const explained of standing.chain) explained.verdict = 'blocked'
  Object.assign(standing, { effect: 'blocked', times_of: 0, decided_by: nameOf(node) })
}

function enter(
  standing: Standing,
  { locked }: Inheritable,
  node: ScheduleNode,
  override: Override,
) {
  const explained: ExplainedOverride = { ...nameOf(node), override, verdict: 'won' }
  standing.chain.push(explained)
  if (locked) explained.verdict = 'locked_out'
  else if (standing.effect === 'blocked') explained.verdict = 'blocked'
  else {
    for (const earlier of standing.chain)
      if (earlier !== explained && earlier.verdict === 'won') earlier.verdict = 'overridden'
    standing.effect = override.form === 'off' ? 'off' : 'on'
    standing.times_of = override.form === 'own' ? override.id : 0
    standing.decided_by = nameOf(node)
  }
}

const nameOf = ({ tenant_id, name }: ScheduleNode) => ({ tenant_id, name })
