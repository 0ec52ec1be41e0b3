import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Conflict } from '../errors.ts'
import { type Form, freshForm, withError } from '../web/form.ts'
import { findParent, parentText, textOfParent } from './find-parent.ts'
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
  return (await findParent(db, actor, text)).id
}

/** The fields in which what was typed differs from what is stored now. */
export type SavedOver = { label: string; stored: string; typed: string }[]

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
  const values = {
    ...form.values,
    // A parent may be typed in several ways; here it is compared with the one that is stored.
    parent:
      parent_id === tenant.parent_id ? stored['parent']! : await parentText(db, actor, parent_id),
    version: String(tenant.version),
  }
  const saved_over = fields
    .map(({ name, label, words }) => ({
      label,
      stored: words(stored[name]),
      typed: words(values[name as keyof typeof values]),
    }))
    .filter((field) => field.stored !== field.typed)
  const form_now = withError(freshForm(values), '', SAVED_MEANWHILE)
  return { form: form_now, saved_over }
}

const SAVED_MEANWHILE =
  'Somebody else changed this tenant while you were editing it, so nothing of yours is saved yet. ' +
  'Update replaces what is stored now with what is in this form.'

const text = (value = '') => value.trim().replace(/\r\n?/g, '\n') || 'Nothing'
const yesOrNo = (value = '') => (value === 'on' ? 'Yes' : 'No')
const kind = (value = '') => kindLooks[value as keyof typeof kindLooks].label

const fields = [
  { name: 'name', label: 'Name', words: text },
  { name: 'parent', label: 'Parent', words: text },
  { name: 'kind', label: 'Kind', words: kind },
  { name: 'slug', label: 'Slug', words: text },
  { name: 'description', label: 'Description', words: text },
  { name: 'active', label: 'Active', words: yesOrNo },
]
