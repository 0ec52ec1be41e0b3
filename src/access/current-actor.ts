import type { Reads } from '../db/connection.ts'
import type { Author } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Forbidden } from '../errors.ts'
import type { Access, Grant } from './decide.ts'
import { USER_COLUMNS, loadActor } from './grants.ts'
import type { Asker } from './visible.ts'

const userById = prepared((db, { person_id }: { person_id: number }) =>
  everyTenant(db)
    .selectFrom('person')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .innerJoin('role', 'role.id', 'person.role_id')
    .select(USER_COLUMNS)
    .where('person.id', '=', person_id)
    .where('person.active', '=', 1),
)

/**
 * Somebody with what they may do at this moment: for work that goes on after the request that began
 * it. Throws Forbidden when they may not sign in any more. The program itself stays what it is.
 */
export async function currentActor<Who extends Author & Asker>(
  db: Reads,
  now: string,
  who: Who,
): Promise<Who> {
  if (who.person_id === null) return who
  const [user] = await userById(db, { person_id: who.person_id })
  if (!user) throw new Forbidden('You may not sign in any more, so nothing of this was done.')
  const { access } = await loadActor(db, now, user, who.access.limit)
  return { ...who, access }
}

/** Throws Forbidden when what somebody may do is not what it was when `who` was loaded. */
export async function requireSameAccess(db: Reads, now: string, who: Author & Asker) {
  const { access } = await currentActor(db, now, who)
  if (fingerprintOf(access) !== fingerprintOf(who.access))
    throw new Forbidden(
      'What you may do was changed while this was running; nothing of it was kept. Start it again.',
    )
}

const fingerprints = new WeakMap<Access, string>()

/** The same text for the same rights. */
export function fingerprintOf(access: Access) {
  let known = fingerprints.get(access)
  if (known === undefined) {
    const { allows, denies, limit } = access
    known = JSON.stringify([textsOf(allows), textsOf(denies), limit && [...limit].sort()])
    fingerprints.set(access, known)
  }
  return known
}

const textsOf = (grants: readonly Grant[]) =>
  grants.map(({ path, permissions }) => `${path} ${[...permissions].sort().join(' ')}`).sort()
