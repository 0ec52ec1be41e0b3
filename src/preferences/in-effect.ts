import type { Reads } from '../db/connection.ts'
import { getPreference } from './catalogue.ts'
import { chainFor, readChain } from './chain.ts'
import { resolve } from './inheritance.ts'
import { hangUnder } from './moved-branches.ts'

/**
 * What some preferences have in effect for a tenant at an instant, by key: for the program itself,
 * which need not say why. Throws NotFound when there is no such tenant.
 */
export async function valuesInEffect(
  db: Reads,
  tenant_id: number,
  keys: readonly string[],
  at: string,
): Promise<Record<string, unknown>> {
  const chain = await readChain(db, tenant_id)
  return Object.fromEntries(
    keys.map((key) => {
      const preference = getPreference(key)
      const [nodes, exemptions] = chainFor(chain, preference)
      return [key, resolve(preference, nodes, exemptions, at).value]
    }),
  )
}

/** What a preference would have in effect for a tenant, were it below another parent. */
export async function valueUnder(
  db: Reads,
  { id, parent_id }: { id: number; parent_id: number },
  key: string,
  at: string,
): Promise<unknown> {
  const parent = await readChain(db, parent_id)
  const chain = hangUnder(parent, await readChain(db, id, { may_move: true }), new Set([id]))
  const preference = getPreference(key)
  const [nodes, exemptions] = chainFor(chain, preference)
  return resolve(preference, nodes, exemptions, at).value
}
