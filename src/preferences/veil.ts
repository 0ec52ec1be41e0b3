import type { Asker } from '../access/visible.ts'
import { scopeOf, permits } from '../access/decide.ts'
import { WHOLE_TREE } from '../db/scope.ts'
import type { BareNode } from './chain.ts'
import type { Explained, NodeName, Resolution, Waiver } from './inheritance.ts'

/**
 * The nodes of a chain that the asker may not see, with the name that each goes by. What flows down
 * from them is in effect and therefore shown: values, locks, bounds, and the name of the node. Who
 * decided it, when, and why, is not.
 */
export function hiddenNodes(asker: Asker, nodes: BareNode[]): Map<number, string> {
  if (scopeOf(asker.access, 'preference.view') === WHOLE_TREE) return new Map()
  const present = nodes.at(-1)?.path ?? ''
  return new Map(
    nodes
      .filter(({ path }) => !permits(asker.access, 'preference.view', path))
      // Above it once, but no longer: that may be another customer.
      .map(({ tenant_id, name, path }) => [
        tenant_id,
        present.startsWith(path) ? name : 'a former parent',
      ]),
  )
}

/** An explanation as far as somebody may read it who may not see some of its nodes. */
export function veil(resolution: Resolution, hidden: Map<number, string>): Resolution {
  if (hidden.size === 0) return resolution
  const { value, source, chain, bounds, locked_by } = resolution
  const name = <Node extends NodeName>(node: Node): Node => {
    const known_as = hidden.get(node.tenant_id ?? 0)
    return known_as === undefined ? node : { ...node, tenant_id: null, name: known_as }
  }
  return {
    value,
    source:
      source.name === null ? source : { ...source, ...name({ ...source, name: source.name }) },
    chain: chain.map((explained) => veilEntry(explained, hidden, name)),
    bounds: bounds.map(name),
    locked_by: locked_by && name(locked_by),
  }
}

function veilEntry(
  explained: Explained,
  hidden: Map<number, string>,
  name: <Node extends NodeName>(node: Node) => Node,
): Explained {
  const { entry, because, exemption, tenant_id } = explained
  const is_hidden = tenant_id !== null && hidden.has(tenant_id)
  return {
    ...name(explained),
    entry: is_hidden ? { ...entry, by: null, at: null } : entry,
    ...(because && { because: name(because) }),
    ...(exemption && { exemption: veilExemption(exemption, hidden) }),
  }
}

/** Of an exemption that was granted further up, what counts below is that it holds, and until when. */
function veilExemption(exemption: Waiver, hidden: Map<number, string>): Waiver {
  const isHidden = (id: number | null) => id !== null && hidden.has(id)
  const lock_tenant_id = isHidden(exemption.lock_tenant_id) ? null : exemption.lock_tenant_id
  if (!isHidden(exemption.tenant_id)) return { ...exemption, lock_tenant_id }
  const { expires_at } = exemption
  const unsaid = { id: null, tenant_id: null, reason: '', ticket: '', by: null, at: null }
  return { ...unsaid, lock_tenant_id, expires_at }
}
