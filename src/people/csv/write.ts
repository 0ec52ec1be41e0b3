import type { Asker } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { paced } from '../../pace.ts'
import { csvHead, csvLine } from '../../web/csv/write.ts'
import { tenantNamesOf } from '../names-of.ts'
import { listRoles } from '../queries.ts'
import { findPeople, type FoundFilter } from '../search.ts'
import { columns } from './row.ts'

const ROWS_AT_ONCE = 500

/** The people who match and whom the asker sees, as a CSV file that an import reads back unchanged. */
export async function* writeCsv(db: Db, asker: Asker, filter: FoundFilter) {
  yield csvHead(columns)
  const roles = new Map((await listRoles(db)).map(({ id, name }) => [id, name]))
  const pace = paced()
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof findPeople>> = await findPeople(db, asker, filter, {
      limit: ROWS_AT_ONCE,
      after,
    })
    const tenants = await tenantNamesOf(db, page.rows)
    yield page.rows
      .map(({ email, name, tenant_id, role_id, active }) =>
        csvLine([
          email,
          name,
          tenants.get(tenant_id)?.slug ?? '',
          role_id === null ? '' : (roles.get(role_id) ?? ''),
          active ? 'yes' : 'no',
        ]),
      )
      .join('')
    await pace(0, 0)
    after = page.next
  } while (after !== null)
}
