import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import { lacks, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { type Preference, catalogue, getPreference } from './catalogue.ts'
import { type BareNode, type Chain, chainFor, readChain } from './chain.ts'
import { readChainAsOf } from './chain-as-of.ts'
import { type Resolution, resolve } from './inheritance.ts'
import type { StoredEntry } from './stored.ts'
import { hiddenNodes, veil } from './veil.ts'

/** A preference as it is in effect for a tenant, with the tenant's own entry, if it has one. */
export type InEffect = {
  preference: Preference
  resolution: Resolution
  own: StoredEntry | undefined
}

/** What is in effect for a tenant, and the chain that it comes from. */
export type PreferencesInEffect = { at: string; nodes: BareNode[]; preferences: InEffect[] }

/** What somebody may do about the preferences of a tenant. */
export type Rights = {
  edit: boolean
  lock: boolean
  /** The nodes of the chain from whose locks they may exempt the tenant. */
  exempt: number[]
}

/**
 * Every preference (or the one called `key`) in effect for a tenant, explained as far as the actor
 * may see the nodes that it comes from. Throws NotFound or Forbidden as `requireTenant` does.
 *
 * @param now the present instant
 * @param as_of an instant: the past is read from the log; for one to come, things stand as they
 *   are, but exemptions have run out
 */
export async function getPreferences(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  now: string,
  { as_of, key }: { as_of?: string | undefined; key?: string | undefined } = {},
): Promise<PreferencesInEffect> {
  if (as_of !== undefined) await requireTenant(db, actor, 'preference.view', tenant_id)
  const isPast = as_of !== undefined && as_of < now
  const chain = isPast ? await readChainAsOf(db, tenant_id, as_of) : await readChain(db, tenant_id)
  requireViewer(actor, chain)
  const at = as_of ?? now
  const wanted = key === undefined ? catalogue : [getPreference(key)]
  return { at, nodes: chain.nodes, preferences: resolveAll(actor, wanted, chain, at) }
}

/** As `requireTenant`, of a tenant whose chain was read: the chain tells where it lies. */
function requireViewer({ access }: Actor, { nodes }: Chain) {
  const { path, tenant_id } = nodes.at(-1)!
  if (!permits(access, 'tenant.view', path)) throw new NotFound(`tenant ${tenant_id}`)
  if (!permits(access, 'preference.view', path)) throw lacks('preference.view')
}

/** What the actor may do at the tenant with this chain. */
export function rightsOver({ access }: Actor, nodes: BareNode[]): Rights {
  const { path } = nodes.at(-1)!
  const waivable = nodes.filter((node) => permits(access, 'preference.exempt', node.path))
  return {
    edit: permits(access, 'preference.edit', path),
    lock: permits(access, 'preference.lock', path),
    exempt: permits(access, 'preference.exempt', path)
      ? waivable.map(({ tenant_id }) => tenant_id)
      : [],
  }
}

function resolveAll(
  actor: Actor,
  preferences: readonly Preference[],
  chain: Chain,
  at: string,
): InEffect[] {
  const last = chain.nodes.length - 1
  const hidden = hiddenNodes(actor, chain.nodes)
  return preferences.map((preference) => {
    const [nodes, exemptions] = chainFor(chain, preference)
    return {
      preference,
      resolution: veil(resolve(preference, nodes, exemptions, at), hidden),
      own: chain.entries.get(preference.key)?.[last],
    }
  })
}

/** One preference in effect for a tenant. Throws NotFound for an unknown key or tenant. */
export async function getPreferenceInEffect(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  now: string,
  key: string,
): Promise<InEffect & { nodes: BareNode[] }> {
  const { preferences, nodes } = await getPreferences(db, actor, tenant_id, now, { key })
  return { ...preferences[0]!, nodes }
}

/** A preference in effect, and the value that the tenant would have without its own entry. */
export async function getPreferenceToEdit(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  now: string,
  key: string,
): Promise<InEffect & { inherited: unknown; rights: Rights }> {
  const preference = getPreference(key)
  const chain = await readChain(db, tenant_id)
  requireViewer(actor, chain)
  const [nodes, exemptions] = chainFor(chain, preference)
  const { entry: _entry, ...bare } = nodes.at(-1)!
  const without = resolve(preference, [...nodes.slice(0, -1), bare], exemptions, now)
  const [in_effect] = resolveAll(actor, [preference], chain, now)
  return { ...in_effect!, inherited: without.value, rights: rightsOver(actor, chain.nodes) }
}
