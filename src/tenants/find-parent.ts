import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared, preparedInScope } from '../db/prepared.ts'
import { inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Invalid } from '../errors.ts'
import { findByFormerSlug } from './aliases.ts'
import { ROOT_PATH, sees } from './hidden.ts'
import { nameKey, sortKey } from './names.ts'
import { formatPath, parsePath } from './path.ts'
import { getPath, getTenant, ROOT_ID, type Tenant } from './queries.ts'
import { suggestTenants } from './suggest.ts'

/**
 * The tenant that a typed text means: by its path ("Acme / Leeds office"), else by its slug, or one
 * that it took over, else by its name when only one tenant has it. "All tenants" is the root. The path goes first, so that
 * what the list of suggestions fills in always means what it showed. Throws Invalid at `field`;
 * `if_empty` is what it says where nothing was typed.
 */
export async function findParent(
  db: Reads,
  actor: Asker,
  text: string,
  { field = 'parent', if_empty = 'Choose a tenant.' } = {},
): Promise<Tenant> {
  const typed = text.trim()
  if (typed === '') throw new Invalid({ [field]: if_empty })
  const id =
    (await findByPath(db, actor, parsePath(typed))) ??
    (await findBySlug(db, actor, typed)) ??
    (await findByFormerSlug(db, actor, typed)) ??
    (await findByName(db, actor, typed, field))
  if (id === undefined) throw new Invalid({ [field]: await unknownInWords(db, actor, typed) })
  return getTenant(db, actor, id)
}

/** What is said where a parent is to be chosen. */
export const CHOOSE_PARENT = 'Choose a parent, or All tenants.'

/** How a tenant is written so that `findParent` finds it again. */
export const parentText = async (db: Reads, actor: Asker, id: number) =>
  textOf(await getPath(db, actor, id))

/** How the parent of a tenant is written, whether or not the asker sees it. */
export const textOfParent = async (db: Reads, actor: Asker, id: number) =>
  textOf((await getPath(db, actor, id)).slice(0, -1))

function textOf(path: { name: string }[]) {
  const [root, ...below] = path.map((step) => step.name)
  return below.length > 0 ? formatPath(below) : root!
}

type ChildKey = { parent_id: number; name_key: string }

const childByName = prepared((db, { parent_id, name_key }: ChildKey) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'path'])
    .where('parent_id', '=', parent_id)
    .where('name_key', '=', name_key),
)

/** A path may lead past nodes that the asker does not see, as paths are shown to them. */
async function findByPath(db: Reads, actor: Asker, names: string[]) {
  let at = { id: ROOT_ID, path: ROOT_PATH }
  for (const [depth, name] of names.entries()) {
    const [child] = await childByName(db, {
      parent_id: at.id,
      name_key: nameKey(name),
    })
    // A path may begin with "All tenants" itself, unless a tenant is called so.
    if (!child && depth === 0 && nameKey(name) === 'all tenants') continue
    if (!child) return undefined
    at = child
  }
  return names.length > 0 && sees(actor, at.path) ? at.id : undefined
}

const tenantBySlug = preparedInScope((db, scope, { slug }: { slug: string }) =>
  db
    .selectFrom('tenant')
    .select('id')
    .where('slug', '=', slug)
    .where(inScope(scope, 'tenant.path')),
)

async function findBySlug(db: Reads, actor: Asker, slug: string) {
  const [tenant] = await tenantBySlug(db, visibleScope(actor, 'tenant.view'), { slug })
  return tenant?.id
}

/** How many namesakes the message names. */
const NAMESAKES = 3

type NameKeys = { sort_key: string; name_key: string }

const tenantsByName = preparedInScope((db, scope, keys: NameKeys) =>
  db
    .selectFrom('tenant')
    .select('id')
    // The sort key has an index over all branches; the name key decides.
    .where('sort_key', '=', keys.sort_key)
    .where('name_key', '=', keys.name_key)
    .where(inScope(scope, 'tenant.path'))
    .orderBy('id')
    .limit(NAMESAKES + 1),
)

async function findByName(db: Reads, actor: Asker, name: string, field: string) {
  const scope = visibleScope(actor, 'tenant.view')
  const keys = { sort_key: sortKey(name), name_key: nameKey(name) }
  const found = await tenantsByName(db, scope, keys)
  if (found.length <= 1) return found[0]?.id
  const paths = found.slice(0, NAMESAKES).map(({ id }) => parentText(db, actor, id))
  const listed = (await Promise.all(paths)).join('; ')
  const more = found.length > NAMESAKES ? '; and others' : ''
  throw new Invalid({
    [field]: `Several tenants have this name. Write the whole path: ${listed}${more}.`,
  })
}

/** Says what was probably meant, where only one tenant has the text in its name or slug. */
async function unknownInWords(db: Reads, actor: Asker, typed: string) {
  const [likely, ...others] = await suggestTenants(db, actor, typed, 2)
  const isOne = likely !== undefined && others.length === 0
  const meant = isOne && `Did you mean “${await parentText(db, actor, likely.id)}”?`
  return [`There is no tenant “${shorten(typed)}”.`, meant].filter(Boolean).join(' ')
}

const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text)
