import type { Actor } from '../../access/actor.ts'
import { permits, permitsSomewhere } from '../../access/decide.ts'
import type { Db } from '../../db/connection.ts'
import { Conflict, NotFound } from '../../errors.ts'
import { findTag } from '../../tags/queries.ts'
import { findParent, parentText } from '../../tenants/find-parent.ts'
import { ROOT_ID, getTenant } from '../../tenants/queries.ts'
import { type Form, freshForm, withError } from '../../web/form.ts'
import { readId } from '../../web/numbers.ts'
import { type ComparedField, savedOver } from '../../web/saved-over.ts'
import { type ComputerFilter, readFilter as readListFilter } from '../list.ts'
import { EVERY_COMPUTER, type GroupFilter, type GroupState, readFilter } from './filter.ts'
import { filterValues } from './form.ts'
import { type ComputerGroup, getGroup } from './queries.ts'

/** The form of a new group with the filter that a list had, as its address says it. */
export async function formFromList(db: Db, actor: Actor, query: unknown): Promise<Form> {
  const filter: ComputerFilter = readListFilter(query)
  const { tab, q, tenant, only, tag, kind, platform, seen, maintenance } = filter
  const state: GroupState = tab === 'new' || tab === 'stale' ? tab : 'present'
  const plain = { ...EVERY_COMPUTER, state, q, tag_id: tag, kind, platform, seen, maintenance }
  return freshForm({
    ...filterValues({ ...plain, without_children: only && tenant !== '' }, tenant),
    name: '',
    description: '',
    tenant: tenant || (await usualOwner(db, actor)),
  })
}

/** Most groups are of everything that their maker looks after. */
async function usualOwner(db: Db, actor: Actor) {
  const root = await getTenant(db, actor, ROOT_ID).catch(() => null)
  const is_everywhere = root && permits(actor.access, 'computer_group.manage', root.path)
  if (!permitsSomewhere(actor.access, 'computer_group.manage')) return ''
  return parentText(db, actor, is_everywhere ? ROOT_ID : actor.tenant_id)
}

/** A group as its form shows it. What its filter names and is gone is asked for anew. */
export async function formOf(db: Db, actor: Actor, group: ComputerGroup): Promise<Form> {
  const read = readFilter(group.filter)
  const filter = read ?? EVERY_COMPUTER
  const { text, error } = await namedTenant(db, actor, group, filter)
  const tag = filter.tag_id && (await findTag(db, actor, 'computer.view', filter.tag_id))
  const has_tag = group.missing !== 'tag' && tag
  const form = freshForm({
    ...filterValues({ ...filter, tag_id: has_tag ? filter.tag_id : null }, text),
    name: group.name,
    description: group.description,
    version: String(group.version),
  })
  if (!read)
    return withError(form, '', 'Its filter cannot be read by this version. Update replaces it.')
  if (filter.tag_id && !has_tag)
    return withError(form, 'tag', 'The tag that stood here is gone. Choose another, or none.')
  return error ? withError(form, 'filter_tenant', error) : form
}

/** The form of a copy of a group. */
export async function formOfCopy(db: Db, actor: Actor, id: number): Promise<Form> {
  const group = await getGroup(db, actor, id)
  const { values, errors } = await formOf(db, actor, group)
  const { version: _, ...rest } = values
  const tenant = await parentText(db, actor, group.tenant_id)
  return { values: { ...rest, name: `Copy of ${group.name}`.slice(0, 200), tenant }, errors }
}

async function namedTenant(
  db: Db,
  actor: Actor,
  { missing }: ComputerGroup,
  { tenant_id }: GroupFilter,
) {
  if (tenant_id === null) return { text: '', error: '' }
  try {
    if (missing === 'tenant') throw new NotFound(`tenant ${tenant_id}`)
    await getTenant(db, actor, tenant_id)
    return { text: await parentText(db, actor, tenant_id), error: '' }
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    return {
      text: '',
      error: 'The tenant that stood here is gone. Choose another, or none for all of them.',
    }
  }
}

/** The tenant that a filter names, from what was typed; null for none. Throws Invalid. */
export async function findFilterTenant(db: Db, actor: Actor, text: string) {
  if (text === '') return null
  const id = await findTenant(db, actor, text, 'filter_tenant')
  return id === ROOT_ID ? null : id
}

/** The tenant that a typed text means. Throws Invalid at `field`. */
export const findTenant = async (db: Db, actor: Actor, text: string, field: string) =>
  (await findParent(db, actor, text, { field })).id

/**
 * When `error` says that the group changed while its form was open: what differs, and the form as it
 * was typed, with the version that may now be saved over. Otherwise undefined.
 */
export async function conflictOf(db: Db, actor: Actor, id: number, form: Form, error: unknown) {
  if (!(error instanceof Conflict)) return undefined
  const group = await getGroup(db, actor, id)
  if (form.values['version'] === String(group.version)) return undefined
  const stored = await formOf(db, actor, group)
  const named = [stored, form].map(({ values }) => readId(values['tag'] ?? ''))
  const tags = await Promise.all(
    named.map((tag_id = 0) => findTag(db, actor, 'computer.view', tag_id)),
  )
  const tagName = (text = '') => tags.find((tag) => String(tag?.id) === text)?.name ?? 'None'
  const fields = [...compared, { name: 'tag', label: 'Tag', words: tagName }]
  return savedOver('group', fields, stored.values, form.values)
}

const compared: ComparedField[] = [
  { name: 'name', label: 'Name' },
  { name: 'description', label: 'Description' },
  { name: 'state', label: 'State' },
  { name: 'q', label: 'Name, serial number or person' },
  { name: 'filter_tenant', label: 'Tenant' },
  { name: 'only', label: 'This tenant only' },
  { name: 'kind', label: 'Kind' },
  { name: 'platform', label: 'Operating system' },
  { name: 'seen', label: 'Last seen' },
  { name: 'maintenance', label: 'Maintenance' },
]
