import type { Asker } from '../access/visible.ts'
import { requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { type VisibleTenant, ofTenant } from '../db/scope.ts'
import { Invalid } from '../errors.ts'
import { sortKey } from '../tenants/names.ts'

type InTenant = { tenant: VisibleTenant<'person.view'>; email_key: string; name: string }

const peopleCalled = prepared((db, { tenant, email_key, name }: InTenant) =>
  db
    .selectFrom('person')
    .select(['person.id', 'person.name', 'person.email'])
    .where(ofTenant('person.tenant_id', tenant))
    .where((eb) =>
      eb.or([eb('person.email_key', '=', email_key), eb('person.sort_key', '=', name)]),
    )
    .orderBy('person.id')
    .limit(2),
)

/**
 * The person of a tenant whom a typed text means, by e-mail address or by name; null for no text.
 * Throws Invalid at `person`.
 */
export async function findPerson(db: Reads, asker: Asker, tenant_id: number, text: string) {
  const typed = text.trim()
  if (typed === '') return null
  const tenant = await requireTenant(db, asker, 'person.view', tenant_id)
  const email = /<([^<>]+)>$/.exec(typed)?.[1] ?? typed
  const wanted = { tenant, email_key: email.trim().toLowerCase(), name: sortKey(typed) }
  const [found, ...others] = await peopleCalled(db, wanted)
  if (found && others.length === 0) return found.id
  throw new Invalid({
    person: found
      ? 'Several people there have this name. Enter the e-mail address.'
      : `Nobody at this tenant has the name or the address “${typed.slice(0, 80)}”.`,
  })
}

const personById = prepared((db, { tenant, id }: { tenant: VisibleTenant; id: number }) =>
  db
    .selectFrom('person')
    .select(['person.name', 'person.email'])
    .where(ofTenant('person.tenant_id', tenant))
    .where('person.id', '=', id),
)

/** How a person is written so that `findPerson` finds them again; '' for nobody. */
export async function personText(db: Reads, asker: Asker, tenant_id: number, id: number | null) {
  if (id === null) return ''
  const tenant = await requireTenant(db, asker, 'person.view', tenant_id)
  const [person] = await personById(db, { tenant, id })
  return person ? `${person.name} <${person.email}>` : ''
}

/** Throws Invalid at `primary_person_id` unless it is nobody, or somebody of the tenant. */
export async function requirePersonAt(
  db: Reads,
  asker: Asker,
  tenant_id: number,
  id: number | null,
) {
  if (id === null) return
  const tenant = await requireTenant(db, asker, 'person.view', tenant_id)
  const [person] = await personById(db, { tenant, id })
  if (!person) throw new Invalid({ primary_person_id: 'Nobody at this tenant has this id.' })
}
