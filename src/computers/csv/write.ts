import { type Asker, visibleScope } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { inScope } from '../../db/scope.ts'
import { idsIn } from '../../db/search.ts'
import { paced } from '../../pace.ts'
import { isOwn, tagsOfComputers } from '../../tags/effective.ts'
import { writeTagNames } from '../../tags/listed-names.ts'
import { csvHead, csvLine } from '../../web/csv/write.ts'
import { type Found, type Wanted, findComputers } from '../search.ts'
import { columns } from './row.ts'

const ROWS_AT_ONCE = 500

/**
 * The computers that match and that the asker may export, as a CSV file that an import reads back
 * unchanged. Reads as the reader takes it, a page at a time.
 */
export async function* writeCsv(db: Db, asker: Asker, wanted: Wanted | null) {
  yield csvHead(columns)
  const pace = paced()
  const sort = { by: 'name', descending: false } as const
  let after: string | null = null
  do {
    const page: Found = await findComputers(db, asker, wanted, { limit: ROWS_AT_ONCE, sort, after })
    const lines = await readLines(
      db,
      asker,
      page.rows.map(({ id }) => id),
    )
    yield lines.join('')
    await pace(0, 0)
    after = page.next
  } while (after !== null)
}

async function readLines(db: Db, asker: Asker, ids: number[]) {
  const scope = visibleScope(asker, 'computer.export')
  const found = await db
    .selectFrom('computer')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .leftJoin('person', (join) =>
      join
        .onRef('person.tenant_id', '=', 'computer.tenant_id')
        .onRef('person.id', '=', 'computer.primary_person_id'),
    )
    .select(['computer.id', 'computer.name', 'computer.kind', 'computer.serial_number'])
    .select(['computer.manufacturer', 'computer.model', 'computer.hardware_uuid'])
    .select(['computer.operating_system', 'computer.time_zone', 'computer.tenant_id'])
    .select(['tenant.slug', 'person.email'])
    .where('computer.id', 'in', idsIn(ids))
    .where(inScope(scope, 'tenant.path'))
    .execute()
  const carried = await tagsOfComputers(db, asker, found)
  const byId = new Map(found.map((computer) => [computer.id, computer]))
  return ids.flatMap((id) => {
    const computer = byId.get(id)
    if (!computer) return []
    const { name, slug, kind, serial_number, manufacturer, model } = computer
    const { hardware_uuid, operating_system, time_zone, email } = computer
    const hardware = [serial_number, manufacturer, model, hardware_uuid]
    const system = [operating_system, time_zone]
    const tags = writeTagNames(carried(computer).filter(isOwn))
    return [csvLine([name, slug, kind, ...hardware, ...system, email ?? '', tags, String(id)])]
  })
}
