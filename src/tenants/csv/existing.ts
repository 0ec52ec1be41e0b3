import type { Reads } from '../../db/connection.ts'
import { type Pace, chunks } from '../../pace.ts'
import { ROOT_ID } from '../queries.ts'

/** How many values one query asks for. */
const AT_ONCE = 500

/** A tenant as it is in the database, as far as an import compares it. */
export type Existing = Awaited<ReturnType<typeof getRoot>>

const selectExisting = (db: Reads) =>
  db
    .selectFrom('tenant')
    .select(['id', 'parent_id', 'kind', 'name', 'name_key', 'slug', 'description', 'active'])
    .select(['descendant_count', 'version'])

/** "All tenants". */
export const getRoot = (db: Reads) =>
  selectExisting(db).where('id', '=', ROOT_ID).executeTakeFirstOrThrow()

/** Those of the slugs that tenants have. */
export async function loadBySlug(db: Reads, slugs: Iterable<string>, pace: Pace) {
  const found: Existing[] = []
  for (const some of chunks([...slugs], AT_ONCE)) {
    found.push(...(await selectExisting(db).where('slug', 'in', some).execute()))
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
