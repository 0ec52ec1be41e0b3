import type { Permission } from './permissions.ts'

/** Something that somebody holds, anywhere: their own role, or an assignment to them or a group. */
export type HeldGrant = {
  effect: 'allow' | 'deny'
  /** The path of its node. */
  path: string
  permissions: ReadonlySet<Permission>
  /** Null: without an end. */
  expires_at: string | null
}

/**
 * What becomes of a grant at a tenant. Of what is allowed: it `gives` something there, or it is
 * `denied` whole, or it `waits`, since its holder cannot sign in or may not even see the tenant.
 * What is denied `denies` something that is allowed, or it is `idle`. And it may have `expired`.
 */
export type Verdict = 'gives' | 'denied' | 'waits' | 'denies' | 'idle' | 'expired'

export type ExplainedGrant<G extends HeldGrant = HeldGrant> = {
  grant: G
  verdict: Verdict
  /** What it gives here; of a denial, what it takes. */
  permissions: ReadonlySet<Permission>
  /** The denials that take something of it. */
  denied_by: G[]
}

export type AccessExplanation<G extends HeldGrant = HeldGrant> = {
  /** What the holder may do at the tenant. It is what `permits` says. */
  permissions: ReadonlySet<Permission>
  /** Every grant whose node is the tenant or above it, with what becomes of it. */
  grants: ExplainedGrant<G>[]
}

export type Holder<G extends HeldGrant> = {
  grants: readonly G[]
  /** Whether they can sign in: what they hold waits until then. */
  can_sign_in: boolean
  /** What an API token is confined to; null for no such limit. */
  limit?: ReadonlySet<Permission> | null
}

/** What somebody may do at the tenant with this path at this moment, and why. */
export function explainAccess<G extends HeldGrant>(
  { grants, can_sign_in, limit = null }: Holder<G>,
  path: string,
  now: string,
): AccessExplanation<G> {
  const here = grants.filter((grant) => path.startsWith(grant.path))
  const in_force = here.filter(({ expires_at }) => expires_at === null || expires_at > now)
  const allows = in_force.filter(({ effect }) => effect === 'allow')
  const denies = in_force.filter(({ effect }) => effect === 'deny')
  const is_denied = (permission: Permission) => denies.some((deny) => takes(deny, permission))
  const sees =
    can_sign_in &&
    allows.some((allow) => allow.permissions.has('tenant.view')) &&
    !is_denied('tenant.view')

  const explain = (grant: G): ExplainedGrant<G> => {
    const nothing = { grant, permissions: new Set<Permission>(), denied_by: [] }
    if (!in_force.includes(grant)) return { ...nothing, verdict: 'expired' }
    if (grant.effect === 'deny') {
      const taken = filter(union(allows), (permission) => takes(grant, permission))
      return { ...nothing, verdict: taken.size > 0 ? 'denies' : 'idle', permissions: taken }
    }
    const left = filter(grant.permissions, (permission) => !is_denied(permission))
    const denied_by = denies.filter((deny) =>
      [...grant.permissions].some((permission) => takes(deny, permission)),
    )
    if (left.size === 0 && denied_by.length > 0) return { ...nothing, verdict: 'denied', denied_by }
    if (!sees || left.size === 0) return { ...nothing, verdict: 'waits', denied_by }
    return { grant, verdict: 'gives', permissions: left, denied_by }
  }

  const explained = here.map(explain)
  const given = union(explained.filter(({ verdict }) => verdict === 'gives'))
  const is_limited = limit !== null && !limit.has('tenant.view')
  const permissions = is_limited ? [] : filter(given, (one) => limit === null || limit.has(one))
  return { permissions: new Set(permissions), grants: explained }
}

/** Whoever may not see a tenant may do nothing there: denying that denies everything. */
const takes = ({ permissions }: HeldGrant, permission: Permission) =>
  permissions.has(permission) || permissions.has('tenant.view')

const union = (sets: { permissions: ReadonlySet<Permission> }[]) =>
  new Set(sets.flatMap(({ permissions }) => [...permissions]))

const filter = (set: Iterable<Permission>, keep: (permission: Permission) => boolean) =>
  new Set([...set].filter(keep))
