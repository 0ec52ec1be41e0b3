import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Conflict } from '../errors.ts'
import { type Form, freshForm } from '../web/form.ts'
import { type ComparedField, savedOver } from '../web/saved-over.ts'
import { CHOOSE_PARENT, findParent, parentText, textOfParent } from './find-parent.ts'
import { kindLooks } from './kinds.ts'
import { getTenant, type Tenant } from './queries.ts'

/** A tenant as the form on its tab Edit shows it. */
export async function formOf(db: Db, actor: Actor, tenant: Tenant): Promise<Form> {
  return freshForm({
    name: tenant.name,
    parent: await textOfParent(db, actor, tenant.id),
    kind: tenant.kind,
    slug: tenant.slug,
    description: tenant.description,
    ...(tenant.active && { active: 'on' }),
    version: String(tenant.version),
  })
}

/**
 * The id of the parent that is typed for a tenant; the one that it has where nothing is typed, or
 * what was there already: that may be a tenant which the actor does not see.
 */
export async function findNewParent(
  db: Db,
  actor: Actor,
  { id, parent_id }: Pick<Tenant, 'id' | 'parent_id'>,
  text: string | undefined,
) {
  if (text === undefined || text.trim() === (await textOfParent(db, actor, id))) return parent_id!
  return (await findParent(db, actor, text, { if_empty: CHOOSE_PARENT })).id
}

/**
 * When `error` says that the tenant changed while its form was open: what differs, and the form
 * as it was typed, with the version that may now be saved over. Otherwise undefined.
 */
export async function conflictOf(db: Db, actor: Actor, id: number, form: Form, error: unknown) {
  if (!(error instanceof Conflict)) return undefined
  const tenant = await getTenant(db, actor, id)
  if (form.values['version'] === String(tenant.version)) return undefined
  const stored = (await formOf(db, actor, tenant)).values
  const parent_id = await findNewParent(db, actor, tenant, form.values['parent'])
  // A parent may be typed in several ways; here it is compared with the one that is stored.
  const parent =
    parent_id === tenant.parent_id ? stored['parent']! : await parentText(db, actor, parent_id)
  return savedOver('tenant', fields, stored, { ...form.values, parent })
}

const fields: ComparedField[] = [
  { name: 'name', label: 'Name' },
  { name: 'parent', label: 'Parent' },
  {
    name: 'kind',
    label: 'Kind',
    words: (value = '') => kindLooks[value as keyof typeof kindLooks].label,
  },
  { name: 'slug', label: 'Slug' },
  { name: 'description', label: 'Description' },
  { name: 'active', label: 'Active', words: (value = '') => (value === 'on' ? 'Yes' : 'No') },
]
