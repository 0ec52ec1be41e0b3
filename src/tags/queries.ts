import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared, preparedInScope } from '../db/prepared.ts'
import type { TagColor } from '../db/tag-schema.ts'
import { inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { NotFound } from '../errors.ts'
import { nameKey } from '../tenants/names.ts'
import type { Place } from './by-name.ts'
import { tagsMadeWithin } from './met.ts'

/** A tag as it is drawn. */
export type Tag = { id: number; name: string; color: TagColor }

export { type PlacedTag, findTag, isUsableAt, tagChoices, tagsMet, tagsToGive } from './met.ts'

/** A tag as it is managed: where it was made, and how much was given it. */
export type ManagedTag = Tag & {
  tenant_id: number
  tenant_name: string
  description: string
  version: number
} & Carriers

/** How many were given a tag themselves, as far as somebody sees them. */
type Carriers = { people: number; computers: number; tenants: number }

const managed = (db: Reads, asker: Asker) =>
  db
    .selectFrom('tag')
    .innerJoin('tenant', 'tenant.id', 'tag.tenant_id')
    .select(['tag.id', 'tag.name', 'tag.color', 'tag.description', 'tag.version'])
    .select(['tag.tenant_id', 'tenant.name as tenant_name'])
    .where(inScope(visibleScope(asker, 'tag.manage'), 'tag.tenant_id'))

/** A page of the tags that the asker may manage and that have `q` in their name, by name. */
export async function pageOfManagedTags(
  db: Reads,
  asker: Asker,
  { q, after, limit }: { q: string; after: Place | null; limit: number },
): Promise<{ tags: ManagedTag[]; next: Place | null }> {
  const page = { text: nameKey(q), limit: limit + 1, ...(after && { after }) }
  const found = await tagsMadeWithin(db, asker, 'tag.manage', page)
  const last = found.length > limit ? found[limit - 1]! : null
  const ids = JSON.stringify(found.slice(0, limit).map(({ id }) => id))
  const tags = await managed(db, asker)
    .where('tag.id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
    .orderBy('tag.name_key')
    .orderBy('tag.id')
    .execute()
  const carriers = await countCarriers(db, asker, tags)
  return {
    tags: tags.map((tag) => ({ ...tag, ...carriers(tag.id) })),
    next: last && { name_key: last.name_key, id: last.id },
  }
}

/** A tag that the asker may manage. Throws NotFound when there is none. */
export async function getManagedTag(db: Reads, asker: Asker, id: number): Promise<ManagedTag> {
  const tag = await managed(db, asker).where('tag.id', '=', id).executeTakeFirst()
  if (!tag) throw new NotFound(`tag ${id}`)
  const carriers = await countCarriers(db, asker, [tag])
  return { ...tag, ...carriers(id) }
}

async function countCarriers(db: Reads, asker: Asker, tags: { id: number }[]) {
  const ids = JSON.stringify(tags.map(({ id }) => id))
  const [people, computers, tenants] = await Promise.all([
    countPeople(db, visibleScope(asker, 'person.view'), { ids }),
    countComputers(db, visibleScope(asker, 'computer.view'), { ids }),
    countTenants(db, visibleScope(asker, 'tenant.view'), { ids }),
  ])
  const numberOf = (counts: typeof people, id: number) =>
    counts.find(({ tag_id }) => tag_id === id)?.number ?? 0
  return (id: number): Carriers => ({
    people: numberOf(people, id),
    computers: numberOf(computers, id),
    tenants: numberOf(tenants, id),
  })
}

const countIn = (table: 'person_tag') =>
  preparedInScope((db, scope, { ids }: { ids: string }) =>
    db
      .selectFrom(table)
      .select([`${table}.tag_id`, (eb) => eb.fn.countAll<number>().as('number')])
      .where(`${table}.tag_id`, 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
      .where(inScope(scope, `${table}.tenant_id`))
      .groupBy(`${table}.tag_id`),
  )

// The three tables are alike in what is read of them here.
const countPeople = countIn('person_tag')
const countComputers = countIn('computer_tag' as 'person_tag')
const countTenants = countIn('tenant_tag' as 'person_tag')

/** What else is known of some tags, by their ids. */
export async function detailsOf(db: Reads, tags: Tag[]) {
  const rows = await tagDetails(db, { ids: JSON.stringify(tags.map(({ id }) => id)) })
  return new Map(rows.map((row) => [row.id, row]))
}

const tagDetails = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('tag')
    .select(['id', 'description', 'version'])
    .where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id')),
)

type Carried = Tag & { person_id: number }

const tagsOfPeople = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('person_tag')
    .innerJoin('tag', 'tag.id', 'person_tag.tag_id')
    .select(['person_tag.person_id', 'tag.id', 'tag.name', 'tag.color'])
    .where('person_tag.person_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id'))
    .orderBy('tag.name_key'),
)

/** The tags of people that were found before, by the id of the person. */
export async function tagsOf(db: Reads, people: { id: number }[]) {
  const carried: Carried[] = await tagsOfPeople(db, {
    ids: JSON.stringify(people.map(({ id }) => id)),
  })
  const tags = new Map<number, Tag[]>()
  for (const { person_id, ...tag } of carried) {
    const own = tags.get(person_id)
    if (own) own.push(tag)
    else tags.set(person_id, [tag])
  }
  return (person_id: number) => tags.get(person_id) ?? []
}
