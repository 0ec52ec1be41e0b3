import type { z } from 'zod'
import { type Asker, visibleScope } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { inScope } from '../db/scope.ts'
import { idsIn } from '../db/search.ts'
import { describeTag } from '../tags/api-schemas.ts'
import { type CarriedTag, isOwn, tagsOfComputers } from '../tags/effective.ts'
import { getTenant } from '../tenants/queries.ts'
import type { ComputerListQuery, ComputerResource } from './api-schemas.ts'
import { type Computer, getComputer, selectComputers } from './queries.ts'
import { findComputers } from './search.ts'
import { seenBounds } from './seen.ts'
import { findTags, withGroup } from './wanted.ts'

/** A computer as the API shows it. Throws NotFound when there is none that the asker may see. */
export async function describeComputer(db: Reads, asker: Asker, id: number) {
  const computer = await getComputer(db, asker, id)
  const carried = await tagsOfComputers(db, asker, [computer])
  return toResource(computer, carried(computer))
}

type Query = Omit<z.infer<typeof ComputerListQuery>, 'limit' | 'cursor'>

/** What a query of the API asks for, made ready to be looked for. */
export async function wantedBy(db: Db, asker: Asker, query: Query) {
  const { tab, q, tenant_id, without_children, group_id = null } = query
  const { kind = null, platform = null, maintenance = null, seen = null } = query
  const tenant = tenant_id === undefined ? null : await getTenant(db, asker, tenant_id)
  const place = tenant?.parent_id ? { ...tenant, only: without_children } : null
  const tags = await findTags(db, asker, query.tag_id ?? null)
  const seen_bounds = seenBounds(seen, db.now())
  const traits = { kind, platform, maintenance, tenant: place, tags, ...seen_bounds }
  return withGroup(db, asker, { tab, texts: q === '' ? [] : [q], ...traits }, group_id, 'group_id')
}

/** A page of computers by name, as the API shows them. */
export async function listComputers(
  db: Db,
  asker: Asker,
  { limit, cursor, ...query }: z.infer<typeof ComputerListQuery>,
) {
  const wanted = await wantedBy(db, asker, query)
  const sort = { by: 'name', descending: false } as const
  const found = await findComputers(db, asker, wanted, { limit, sort, after: cursor ?? null })
  return { computers: await describeRows(db, asker, found.rows), next_cursor: found.next }
}

/** Computers that were found, as the API shows them. */
export async function describeRows(db: Reads, asker: Asker, rows: { id: number }[]) {
  const ids = rows.map(({ id }) => id)
  const computers = await selectComputers(db)
    .where('computer.id', 'in', idsIn(ids))
    .where(inScope(visibleScope(asker, 'computer.view'), 'tenant.path'))
    .execute()
  const carried = await tagsOfComputers(db, asker, computers)
  const byId = new Map(computers.map((computer) => [computer.id, computer]))
  return ids.flatMap((id) => {
    const computer = byId.get(id)
    return computer ? [toResource(computer, carried(computer))] : []
  })
}

const toResource = (computer: Computer, tags: CarriedTag[]): ComputerResource => ({
  id: computer.id,
  tenant_id: computer.tenant_id,
  name: computer.name,
  kind: computer.kind,
  serial_number: computer.serial_number,
  manufacturer: computer.manufacturer,
  model: computer.model,
  hardware_uuid: computer.hardware_uuid,
  operating_system: computer.operating_system,
  time_zone: computer.time_zone,
  platform: computer.platform,
  primary_person_id: computer.primary_person_id,
  state: computer.state,
  stale: computer.tab === 'stale',
  source: computer.source,
  first_seen_at: computer.first_seen_at || null,
  last_seen_at: computer.last_seen_at || null,
  tags: tags.filter(isOwn).map(({ id, name }) => ({ id, name })),
  effective_tags: tags.map(describeTag),
  version: computer.version,
})
