import type { Preference } from '../../src/preferences/catalogue.ts'
import type { ChainNode, Exemption, Verdict } from '../../src/preferences/inheritance.ts'

/**
 * The rules of inheritance once more, as definitions instead of a walk: slow, and meant to be
 * obviously right. Each question about node `i` of the chain is answered from the chain alone.
 */
export function inheritanceModel(
  preference: Preference,
  nodes: ChainNode[],
  exemptions: Exemption[],
  at: string,
) {
  const indices = [...nodes.keys()]
  const formAt = (i: number): any => nodes[i]!.entry!.form
  const hasEntry = (i: number) => nodes[i]!.entry !== undefined
  const amends = (i: number) => 'add' in formAt(i)

  /** Rule 5: an exemption covers the tenant if it was made for a node between lock and tenant. */
  const isWaived = (i: number) =>
    exemptions.some(
      (exemption) =>
        exemption.lock_tenant_id === nodes[i]!.tenant_id &&
        nodes.slice(i + 1).some((node) => node.tenant_id === exemption.tenant_id) &&
        exemption.at <= at &&
        (exemption.expires_at ?? '9999') > at,
    )
  const isFixed = (i: number) => isLive(i) && nodes[i]!.entry!.lock === 'fixed' && !isWaived(i)
  const isBounded = (i: number) =>
    isLive(i) && typeof (nodes[i]!.entry!.lock ?? '') === 'object' && !isWaived(i)

  const fits = (i: number, bound: number) => {
    const { min, max, allowed }: any = nodes[bound]!.entry!.lock
    const value = 'reset' in formAt(i) ? preference.factory : formAt(i).value
    return (
      value >= (min ?? value) && value <= (max ?? value) && (allowed ?? [value]).includes(value)
    )
  }
  const isLockedOut = (i: number) => hasEntry(i) && indices.slice(0, i).some(isFixed)
  const isOutOfBounds = (i: number) =>
    hasEntry(i) &&
    !isLockedOut(i) &&
    indices.slice(0, i).some((above) => isBounded(above) && !fits(i, above))
  const isLive = (i: number): boolean => hasEntry(i) && !isLockedOut(i) && !isOutOfBounds(i)

  // Rule 2: only the last block counts, and only above the end of the live entries.
  const lock = indices.find(isFixed)
  const end = lock ?? nodes.length - 1
  const lastBlock = indices.findLast((i) => i <= end && nodes[i]!.blocks_inheritance) ?? 0
  const held = indices.findLast((i) => i < lastBlock && isBounded(i))

  const candidates = indices.filter((i) => isLive(i) && (i >= lastBlock || i === held))
  const lastReplacing = candidates.findLast((i) => !amends(i)) ?? 0
  const contributors = candidates.filter((i) => i >= lastReplacing)

  const merge = (list: any[], { add, remove }: any) =>
    list
      .concat(add.filter((x: any, k: number) => !list.includes(x) && add.indexOf(x) === k))
      .filter((x: any) => !remove.includes(x))
  const value = contributors.reduce<any>((standing, i) => {
    if (amends(i)) return merge(standing, formAt(i))
    return 'reset' in formAt(i) ? preference.factory : formAt(i).value
  }, preference.factory)

  const verdictAt = (i: number): Verdict => {
    if (isLockedOut(i)) return 'locked_out'
    if (isOutOfBounds(i)) return 'out_of_bounds'
    if (i < lastBlock && !isBounded(i)) return 'blocked'
    if (!contributors.includes(i)) return 'overridden'
    return i === contributors.at(-1) ? 'won' : 'merged'
  }
  return { value, verdicts: indices.filter(hasEntry).map(verdictAt) }
}
