import type { Reads } from '../db/connection.ts'
import { type Chain, readChain } from './chain.ts'

/** A preference that a tenant takes from another one which becomes part of it. */
export type Taken = { key: string; from: number; to: number }

/**
 * Chains as they would be once tenants have taken preferences of others, in this order: whoever was
 * excused from a lock that is taken still is.
 */
export async function afterTaking(db: Reads, taken: readonly Taken[]) {
  const sources = new Map<number, Chain>()
  for (const { from } of taken) if (!sources.has(from)) sources.set(from, await readChain(db, from))
  return (chain: Chain) =>
    taken.reduce((before, one) => withTaken(before, one, sources.get(one.from)!), chain)
}

function withTaken(chain: Chain, { key, from, to }: Taken, source: Chain): Chain {
  const place = chain.nodes.findIndex(({ tenant_id }) => tenant_id === to)
  if (place < 0) return chain
  const entries = chain.nodes.map((_, index) => chain.entries.get(key)?.[index])
  entries[place] = source.entries.get(key)?.[source.nodes.length - 1]
  const exemptions = (chain.exemptions.get(key) ?? []).map((exemption) =>
    exemption.lock_tenant_id === from ? { ...exemption, lock_tenant_id: to } : exemption,
  )
  return {
    ...chain,
    entries: new Map(chain.entries).set(key, entries),
    exemptions: new Map(chain.exemptions).set(key, exemptions),
  }
}
