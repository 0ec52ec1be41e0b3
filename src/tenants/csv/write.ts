import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../db/connection.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { paced } from '../../pace.ts'
import type { TenantFilter } from '../list.ts'
import { sees } from '../hidden.ts'
import { ROOT_ID } from '../queries.ts'
import { findMatches } from '../search.ts'
import { csvHead, csvLine } from '../../web/csv/write.ts'
import { columns } from './row.ts'

const ROWS_AT_ONCE = 500

/**
 * The tenants that match, as a CSV file that an import reads back unchanged: a byte-order mark for
 * spreadsheets, commas, Windows line ends. Reads as the reader takes it, a page at a time.
 */
export async function* writeCsv(db: Db, actor: Actor, filter: TenantFilter) {
  yield csvHead(columns)
  const pace = paced()
  let after: string | null = null
  do {
    const { rows, next } = await findMatches(db, actor, filter, { limit: ROWS_AT_ONCE, after })
    yield (
      await readLines(
        db,
        actor,
        rows.map((row) => row.id),
      )
    ).join('')
    await pace(0, 0)
    after = next
  } while (after !== null)
}

/** Of a parent that the actor may not see, nothing is written; an import takes that for "as it is". */
async function readLines(db: Db, actor: Actor, ids: number[]) {
  const tenants = await everyTenant(db)
    .selectFrom('tenant')
    .innerJoin('tenant as parent', 'parent.id', 'tenant.parent_id')
    .select(['tenant.name', 'tenant.kind', 'tenant.description', 'tenant.slug', 'tenant.active'])
    .select(['parent.id as parent_id', 'parent.slug as parent_slug', 'parent.path as parent_path'])
    .where('tenant.id', 'in', ids)
    .orderBy('tenant.id')
    .execute()
  return tenants.map((tenant) =>
    csvLine([
      tenant.name,
      tenant.parent_id !== ROOT_ID && sees(actor, tenant.parent_path) ? tenant.parent_slug : '',
      tenant.kind,
      tenant.description,
      tenant.slug,
      tenant.active ? 'yes' : 'no',
    ]),
  )
}
