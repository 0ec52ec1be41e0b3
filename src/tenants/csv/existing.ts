import type { Asker } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { type Pace, chunks } from '../../pace.ts'
import { listByFormerNames, listByFormerSlugs } from '../aliases.ts'
import { sees } from '../hidden.ts'
import { ROOT_ID } from '../queries.ts'

/** How many values one query asks for. */
const AT_ONCE = 500

/**
 * A tenant as it is in the database, as far as an import compares it. Of one that whoever imports
 * may not see, nothing may be told: it is known only since slugs and names are not given twice.
 */
export type Existing = Awaited<ReturnType<typeof getRoot>>

const selectExisting = (db: Reads) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'parent_id', 'kind', 'name', 'name_key', 'slug', 'description', 'active'])
    .select(['descendant_count', 'version', 'path'])

/** "All tenants". */
export const getRoot = (db: Reads) =>
  selectExisting(db).where('id', '=', ROOT_ID).executeTakeFirstOrThrow()

/** Whether who imports may see the tenant; a new one of the file is theirs. */
export const isSeen = (asker: Asker, existing: Existing | null) =>
  existing === null || sees(asker, existing.path)

/** Those of the slugs that tenants have. */
export async function loadBySlug(db: Reads, slugs: Iterable<string>, pace: Pace) {
  const found: Existing[] = []
  for (const some of chunks([...slugs], AT_ONCE)) {
    found.push(...(await selectExisting(db).where('slug', 'in', some).execute()))
    await pace(0, 0)
  }
  return found
}

/** Those of the slugs that tenants have, or had before they became part of others. */
export async function loadTakenSlugs(db: Reads, slugs: Iterable<string>, pace: Pace) {
  const wanted = [...slugs]
  const taken = new Set((await loadBySlug(db, wanted, pace)).map(({ slug }) => slug))
  for (const former of (await loadByFormerSlug(db, wanted, pace)).keys()) taken.add(former)
  return taken
}

/** The ids of the tenants that former slugs mean, by these. */
export async function loadByFormerSlug(db: Reads, slugs: Iterable<string>, pace: Pace) {
  const found = new Map<string, number>()
  for (const some of chunks([...slugs], AT_ONCE)) {
    for (const { slug, tenant_id } of await listByFormerSlugs(db, some)) found.set(slug!, tenant_id)
    await pace(0, 0)
  }
  return found
}

/** The ids of the tenants that former names under a tenant mean, by the keys of these. */
export async function loadByFormerName(db: Reads, parent_id: number, keys: string[], pace: Pace) {
  const found = new Map<string, number>()
  for (const some of chunks(keys, AT_ONCE)) {
    for (const { name_key, tenant_id } of await listByFormerNames(db, { parent_id, keys: some }))
      found.set(name_key!, tenant_id)
    await pace(0, 0)
  }
  return found
}

/** Tenants by id. */
export async function loadById(db: Reads, ids: Iterable<number>, pace: Pace) {
  const found: Existing[] = []
  for (const some of chunks([...ids], AT_ONCE)) {
    found.push(...(await selectExisting(db).where('id', 'in', some).execute()))
    await pace(0, 0)
  }
  return found
}

/** Those children of a tenant that have one of the names. */
export async function loadChildren(db: Reads, parent_id: number, keys: string[], pace: Pace) {
  const found: Existing[] = []
  for (const some of chunks(keys, AT_ONCE)) {
    const query = selectExisting(db).where('parent_id', '=', parent_id)
    found.push(...(await query.where('name_key', 'in', some).execute()))
    await pace(0, 0)
  }
  return found
}
