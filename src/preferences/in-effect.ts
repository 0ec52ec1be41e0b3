import type { Reads } from '../db/connection.ts'
import { getPreference } from './catalogue.ts'
import { chainFor, readChain } from './chain.ts'
import { resolve } from './inheritance.ts'

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
