import type { Reads } from '../db/connection.ts'
import { listHeldGrants } from './assignments/held-grants.ts'
import { holdersAt } from './assignments/reachers.ts'
import { type Access, type Grant, permits } from './decide.ts'
import type { Permission } from './permissions.ts'

/** Things at the node with the path `from` that would be at `to`. */
export type Shift = {
  from: string
  to: string
  /** The node that is there already: that of `to`, or the one above it. */
  under: string
  /** How many things. */
  number: number
  /** Whether the node itself goes: then all that is given there or below goes with it. */
  carries: boolean
  /** What becomes of what somebody holds, where more than this moves; null for nothing. */
  becomes?: (grant: HeldGrant) => HeldGrant | null
  /** Further nodes that are concerned then, and whoever holds something there. */
  beside?: string[]
}

/** Something that somebody holds: by an assignment, or as their own role. */
type HeldGrant = Grant & { effect: 'allow' | 'deny'; assignment_id: number | null }

type HeldAccess = Access & { allows: readonly HeldGrant[]; denies: readonly HeldGrant[] }

/** Somebody who holds something at one of the nodes or above. */
export type Holder = {
  name: string
  tenant_name: string
  tenant_path: string
  access: HeldAccess
}

const NODES_AT_ONCE = 500
const PEOPLE_AT_ONCE = 200

/** Everybody who can sign in and holds something at or above the nodes of the shifts, each once. */
export async function* listHolders(
  db: Reads,
  shifts: Shift[],
  now: string,
): AsyncGenerator<Holder> {
  const met = new Set<number>()
  const nodes = [
    ...new Set(shifts.flatMap(({ from, to, beside = [] }) => [from, to, ...beside].flatMap(idsIn))),
  ]
  for (let start = 0; start < nodes.length; start += NODES_AT_ONCE) {
    const some = nodes.slice(start, start + NODES_AT_ONCE)
    let after: { sort_key: string; id: number } | null = null
    do {
      const people: Row[] = await holdersAt(db, some, now, { roles: null, after })
        .limit(PEOPLE_AT_ONCE)
        .execute()
      const fresh = people.filter(({ id }) => !met.has(id)).filter(canSignIn)
      for (const { id } of people) met.add(id)
      yield* await withAccess(db, fresh, now)
      const last = people.at(-1)
      after = people.length < PEOPLE_AT_ONCE ? null : { sort_key: last!.sort_key, id: last!.id }
    } while (after !== null)
  }
}

const idsIn = (path: string) => path.split('/').filter(Boolean).map(Number)

type Row = Awaited<ReturnType<ReturnType<typeof holdersAt>['execute']>>[number]

const canSignIn = ({ active, role_id, account }: Row) =>
  active === 1 && role_id !== null && account !== null

async function withAccess(db: Reads, people: Row[], now: string): Promise<Holder[]> {
  const held = await listHeldGrants(
    db,
    people.map(({ id }) => id),
  )
  return people.map(({ id, name, tenant_name, tenant_path }) => {
    const grants = held.get(id)!.filter(({ expires_at }) => expires_at === null || expires_at > now)
    const of = (wanted: string) => grants.filter(({ effect }) => effect === wanted)
    const access = { allows: of('allow'), denies: of('deny'), limit: null }
    return { name, tenant_name, tenant_path, access }
  })
}

/** For how many things somebody would have the permission and has not; and the reverse. */
export function weighHolder({ access }: Holder, shifts: Shift[], permission: Permission) {
  const found = { gains: 0, loses: 0 }
  for (const shift of shifts) {
    const afterwards = heldAfter(access, shift)
    if (afterwards === access && !isConcerned(access, shift)) continue
    for (const [from, to, number] of nodesOf(access, shift)) {
      const has = permits(access, permission, from)
      const would_have = permits(afterwards, permission, to)
      if (has && !would_have) found.loses += number
      if (would_have && !has) found.gains += number
    }
  }
  return found
}

/** Somebody who holds the same at both places, such as all of it above, is not concerned. */
const isConcerned = ({ allows, denies }: Access, { from, to }: Shift) =>
  [...allows, ...denies].some(({ path }) => from.startsWith(path) !== to.startsWith(path))

/** What somebody holds afterwards. The same object where that is what they hold now. */
function heldAfter(access: HeldAccess, shift: Shift): Access {
  const { becomes, carries } = shift
  if (!becomes) return carries && isConcerned(access, shift) ? carried(access, shift) : access
  const { allows, denies, limit } = access
  if ([...allows, ...denies].every((grant) => becomes(grant) === grant)) return access
  const after = (grants: readonly HeldGrant[]) => grants.flatMap((grant) => becomes(grant) ?? [])
  return { allows: after(allows), denies: after(denies), limit }
}

/** What somebody holds once a node has moved: what they hold there or below goes with it. */
function carried({ allows, denies, limit }: Access, { from, to }: Shift): Access {
  const carry = (grant: Grant): Grant =>
    grant.path.startsWith(from) ? { ...grant, path: to + grant.path.slice(from.length) } : grant
  return { allows: allows.map(carry), denies: denies.map(carry), limit }
}

/**
 * The nodes at which the answer may be another: that which moves, and, where something is denied
 * above, each below it at which they hold something.
 */
function nodesOf({ allows }: Access, { from, to, number, carries }: Shift) {
  const nodes: [string, string, number][] = [[from, to, number]]
  const below = carries ? allows.filter(({ path }) => path !== from && path.startsWith(from)) : []
  for (const { path } of below) nodes.push([path, to + path.slice(from.length), 1])
  return nodes
}
