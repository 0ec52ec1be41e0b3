import type { Place, Traits } from './conditions.ts'

/** What fits both of two filters; null where nothing can. */
export function meet(one: Traits, other: Traits): Traits | null {
  const tenant = meetPlaces(one.tenant, other.tenant)
  const kind = meetValues(one.kind, other.kind)
  const platform = meetValues(one.platform, other.platform)
  const maintenance = meetValues(one.maintenance, other.maintenance)
  if (tenant === 'none' || kind === 'none' || platform === 'none' || maintenance === 'none')
    return null
  return {
    tenant,
    kind,
    platform,
    maintenance,
    texts: [...new Set([...one.texts, ...other.texts])],
    tags: [...one.tags, ...other.tags.filter(({ id }) => !one.tags.some((tag) => tag.id === id))],
    seen_from: one.seen_from > other.seen_from ? one.seen_from : other.seen_from,
    seen_before: earlier(one.seen_before, other.seen_before),
  }
}

function meetValues<Value>(one: Value | null, other: Value | null): Value | null | 'none' {
  if (one === null || other === null) return one ?? other
  return one === other ? one : 'none'
}

/** '' is no bound, so it is later than any. */
const earlier = (one: string, other: string) =>
  one === '' || (other !== '' && other < one) ? other : one

function meetPlaces(one: Place | null, other: Place | null): Place | null | 'none' {
  if (!one || !other) return one ?? other
  if (one.path.startsWith(other.path)) return withinPlace(one, other)
  return other.path.startsWith(one.path) ? withinPlace(other, one) : 'none'
}

/** `inner` is the same tenant as `outer`, or one below it. */
function withinPlace(inner: Place, outer: Place): Place | 'none' {
  if (outer.only && inner.id !== outer.id) return 'none'
  return { ...inner, only: inner.only || outer.only }
}
