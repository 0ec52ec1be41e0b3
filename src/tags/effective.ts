import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable, pathTable } from '../db/search.ts'
import { computersCarrying } from '../db/tag-cover.ts'
import type { Tag } from './queries.ts'

/** What a tag is carried by: the thing itself, or what covers it. */
export type Origin =
  | { kind: 'own' }
  /** Of a tenant that is not `visible`, nothing but the name is shown. */
  | { kind: 'tenant'; id: number; name: string; visible: boolean }
  | { kind: 'person'; id: number; name: string }

/** A tag that something carries, with all that it comes from. */
export type CarriedTag = Tag & { origins: Origin[] }

/** A tag of a tenant, with whether the tenants below carry it too. */
export type TenantTag = CarriedTag & { covers_children: boolean }

const carriersOf = prepared((db, { tag_id, limit }: { tag_id: number; limit: number }) =>
  computersCarrying(db, tag_id, limit),
)

/** The computers that carry a tag, seen or not; undefined when those may be more than `most`. */
export async function idsCarrying(db: Reads, tag_id: number, most: number) {
  const found = await carriersOf(db, { tag_id, limit: most + 1 })
  return found.length > most ? undefined : [...new Set(found.map(({ id }) => id))]
}

/** Those of some computers that carry a tag themselves. */
export async function carriersAmong(db: Reads, tag_id: number, computer_ids: number[]) {
  const carriers = await ownersAmong(db, { tag_id, ids: JSON.stringify(computer_ids) })
  return new Set(carriers.map(({ computer_id }) => computer_id))
}

const ownersAmong = prepared((db, { tag_id, ids }: Ids & { tag_id: number }) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .crossJoin('computer_tag')
    .select('computer_tag.computer_id')
    .whereRef('computer_tag.computer_id', '=', 'listed.id')
    .where('computer_tag.tag_id', '=', tag_id),
)

type Ids = { ids: string }

const ownOfComputers = prepared((db, { ids }: Ids) =>
  everyTenant(db)
    .selectFrom('computer_tag')
    .innerJoin('tag', 'tag.id', 'computer_tag.tag_id')
    .select(['computer_tag.computer_id as carrier_id', 'tag.id', 'tag.name', 'tag.color'])
    .where('computer_tag.computer_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id'))
    .orderBy('tag.name_key')
    .orderBy('tag.id'),
)

const personsOfComputers = prepared((db, { ids }: Ids) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .crossJoin('computer')
    .innerJoin('person', 'person.id', 'computer.primary_person_id')
    .innerJoin('person_tag', 'person_tag.person_id', 'person.id')
    .innerJoin('tag', 'tag.id', 'person_tag.tag_id')
    .select(['computer.id as carrier_id', 'tag.id', 'tag.name', 'tag.color'])
    .select(['person.id as from_id', 'person.name as from_name'])
    .whereRef('computer.id', '=', 'listed.id')
    .orderBy('tag.name_key')
    .orderBy('tag.id'),
)

/** The tags that are on the tenants themselves, and those that come from above them. */
const tagsOnTenants = prepared((db, { ids }: Ids) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .crossJoin('tenant')
    .innerJoin('tenant_tag', (join) =>
      join
        .on('tenant_tag.tenant_id', 'in', (eb) =>
          eb.selectFrom(pathTable(eb.ref('tenant.path'))).select('listed.id'),
        )
        .on((on) =>
          on.or([
            on('tenant_tag.tenant_id', '=', on.ref('tenant.id')),
            on('tenant_tag.covers_children', '=', on.lit(1)),
          ]),
        ),
    )
    .innerJoin('tag', 'tag.id', 'tenant_tag.tag_id')
    .innerJoin('tenant as origin', 'origin.id', 'tenant_tag.tenant_id')
    .select(['tenant.id as carrier_id', 'tag.id', 'tag.name', 'tag.color'])
    .select(['tenant_tag.covers_children', 'origin.id as from_id'])
    .select(['origin.name as from_name', 'origin.path as from_path'])
    .whereRef('tenant.id', '=', 'listed.id')
    .orderBy('tag.name_key')
    .orderBy('tag.id')
    .orderBy('origin.path'),
)

const listOf = (ids: Iterable<number>): Ids => ({ ids: JSON.stringify([...new Set(ids)]) })

type Computer = { id: number; tenant_id: number }

/**
 * The tags that computers carry, which were found before, by the id of the computer: three queries,
 * however many there are.
 */
export async function tagsOfComputers(db: Reads, asker: Asker, computers: Computer[]) {
  const ids = listOf(computers.map(({ id }) => id))
  const own = gather(await ownOfComputers(db, ids), () => ({ kind: 'own' }))
  const ofTenant = gather(
    await tagsOnTenants(db, listOf(computers.map(({ tenant_id }) => tenant_id))),
    fromTenant(asker),
  )
  const ofPerson = gather(await personsOfComputers(db, ids), ({ from_id, from_name }) => ({
    kind: 'person',
    id: from_id,
    name: from_name,
  }))
  return ({ id, tenant_id }: Computer): CarriedTag[] =>
    unite([own(id), ofTenant(tenant_id), ofPerson(id)])
}

/** The tags that tenants carry, which were found before, by the id of the tenant. */
export async function tagsOfTenants(db: Reads, asker: Asker, tenants: { id: number }[]) {
  const rows = await tagsOnTenants(db, listOf(tenants.map(({ id }) => id)))
  const carried = gather(rows, (row) =>
    row.from_id === row.carrier_id ? { kind: 'own' } : fromTenant(asker)(row),
  )
  const passing = new Set(
    rows
      .filter((row) => row.from_id === row.carrier_id && row.covers_children === 1)
      .map((row) => `${row.carrier_id} ${row.id}`),
  )
  return (id: number): TenantTag[] =>
    carried(id).map((tag) => ({ ...tag, covers_children: passing.has(`${id} ${tag.id}`) }))
}

const fromTenant =
  ({ access }: Asker) =>
  (row: { from_id: number; from_name: string; from_path: string }): Origin => ({
    kind: 'tenant',
    id: row.from_id,
    name: row.from_name,
    visible: permits(access, 'tenant.view', row.from_path),
  })

/** The tags of each carrier in the order of the rows, with an origin for each row. */
function gather<Row extends Tag & { carrier_id: number }>(
  rows: Row[],
  originOf: (row: Row) => Origin,
) {
  const byCarrier = Map.groupBy(rows, ({ carrier_id }) => carrier_id)
  return (carrier_id: number) =>
    unite([
      (byCarrier.get(carrier_id) ?? []).map((row) => {
        const { id, name, color } = row
        return { id, name, color, origins: [originOf(row)] }
      }),
    ])
}

/** Lists of tags as one, in which each is named once, by name. */
function unite(lists: CarriedTag[][]): CarriedTag[] {
  const tags = new Map<number, CarriedTag>()
  for (const tag of lists.flat()) {
    const known = tags.get(tag.id)
    tags.set(tag.id, { ...tag, origins: [...(known?.origins ?? []), ...tag.origins] })
  }
  return [...tags.values()].sort((one, other) => one.name.localeCompare(other.name, 'en'))
}

/** Whether something carries a tag itself, and not only by what covers it. */
export const isOwn = ({ origins }: CarriedTag) => origins.some(({ kind }) => kind === 'own')
