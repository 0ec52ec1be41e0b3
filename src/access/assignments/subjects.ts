import type { Reads } from '../../db/connection.ts'
import { inScope } from '../../db/scope.ts'
import { Invalid } from '../../errors.ts'
import { suggestPeople } from '../../people/suggest.ts'
import { nameKey } from '../../tenants/names.ts'
import { emailKey } from '../form.ts'
import { type Asker, visibleScope } from '../visible.ts'

/** To whom something can be assigned. */
export type Subject = { person_id: number } | { group_id: number }

/** One of those whom a typed text may mean. */
export type SubjectOption = {
  /** `person-12`: for the id of an element. */
  key: string
  icon: string
  name: string
  detail: string
  /** What a field is filled with, and `findSubject` finds again. */
  value: string
}

const SHOWN = 12

const people = (db: Reads, asker: Asker) =>
  db
    .selectFrom('person')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .select(['person.id', 'person.name', 'person.email'])
    .select(['tenant.name as tenant_name', 'tenant.slug'])
    .where(inScope(visibleScope(asker, 'person.view'), 'tenant.path'))

const groups = (db: Reads, asker: Asker) =>
  db
    .selectFrom('user_group')
    .innerJoin('tenant', 'tenant.id', 'user_group.tenant_id')
    .select(['user_group.id', 'user_group.name'])
    .select(['tenant.name as tenant_name', 'tenant.slug'])
    .where(inScope(visibleScope(asker, 'access.view'), 'tenant.path'))

/** The people and groups that have the typed text in their name or address, users first. */
export async function suggestSubjects(
  db: Reads,
  asker: Asker,
  typed: string,
): Promise<SubjectOption[]> {
  const like = `%${typed.trim().replace(/[%_]/g, '')}%`
  const [found_groups, found_people] = await Promise.all([
    groups(db, asker).where('user_group.name', 'like', like).limit(SHOWN).execute(),
    peopleFound(db, asker, typed.trim()),
  ])
  return [
    ...found_people.map(({ id, name, email, tenant_name, slug }) => ({
      key: `person-${id}`,
      icon: 'user',
      name,
      detail: `${email} · ${tenant_name}`,
      value: `${email} (${slug})`,
    })),
    ...found_groups.map(({ id, name, tenant_name, slug }) => ({
      key: `group-${id}`,
      icon: 'users',
      name,
      detail: `Group of ${tenant_name}`,
      value: `${name} (${slug})`,
    })),
  ].slice(0, SHOWN)
}

/** As `people`, in the order of the search. */
async function peopleFound(db: Reads, asker: Asker, text: string) {
  const ids = (await suggestPeople(db, asker, text, SHOWN)).map(({ id }) => id)
  if (ids.length === 0) return []
  const found = await people(db, asker).where('person.id', 'in', ids).execute()
  return found.toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id))
}

/**
 * The person or the group that a typed text means: an e-mail address, or the name of a group, with
 * the slug of the tenant behind it where there are several. Throws Invalid at `who`.
 */
export async function findSubject(db: Reads, asker: Asker, typed: string): Promise<Subject> {
  const text = typed.trim()
  if (text === '') throw new Invalid({ who: 'Choose a person or a group.' })
  const [, name = text, slug = null] = /^(.*\S)\s*\(([^()]+)\)$/.exec(text) ?? []
  const found = [
    ...(await named(db, asker, name, slug)),
    ...(slug === null ? [] : await named(db, asker, text, null)),
  ]
  if (found.length === 0)
    throw new Invalid({ who: 'There is no person with this address, and no group of this name.' })
  if (found.length > 1)
    throw new Invalid({
      who: `Several are called so. Add the slug of the tenant: ${found
        .slice(0, 3)
        .map(({ slug }) => `${name} (${slug})`)
        .join('; ')}.`,
    })
  return found[0]!.subject
}

async function named(db: Reads, asker: Asker, name: string, slug: string | null) {
  let by_email = people(db, asker).where('person.email_key', '=', emailKey(name))
  let by_name = groups(db, asker).where('user_group.name_key', '=', nameKey(name))
  if (slug !== null) {
    by_email = by_email.where('tenant.slug', '=', slug)
    by_name = by_name.where('tenant.slug', '=', slug)
  }
  const [person, group] = await Promise.all([
    by_email.limit(4).execute(),
    by_name.limit(4).execute(),
  ])
  return [
    ...person.map(({ id, slug }) => ({ subject: { person_id: id } as Subject, slug })),
    ...group.map(({ id, slug }) => ({ subject: { group_id: id } as Subject, slug })),
  ]
}

/** How a person or a group is written so that `findSubject` finds it again; '' if unseen. */
export async function subjectText(db: Reads, asker: Asker, subject: Subject) {
  if ('person_id' in subject) {
    const person = await people(db, asker)
      .where('person.id', '=', subject.person_id)
      .executeTakeFirst()
    return person ? `${person.email} (${person.slug})` : ''
  }
  const group = await groups(db, asker)
    .where('user_group.id', '=', subject.group_id)
    .executeTakeFirst()
  return group ? `${group.name} (${group.slug})` : ''
}
