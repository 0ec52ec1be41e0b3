import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import type { Schema } from '../db/schema.ts'
import { type Scope, inScope } from '../db/scope.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { type Pace, chunks } from '../pace.ts'
import { type CarriedTag, isOwn, tagsOfComputers, tagsOfTenants } from './effective.ts'
import { idsInPath } from './met.ts'
import type { Tag } from './queries.ts'

/** A tag, and how many computers it is about. */
type CountedTag = Tag & { computers: number }

/** What becomes of tags when computers go to another tenant; each list by name. */
export type TagsAfterMove = {
  /** Given to the computers themselves, and not usable at the new tenant: they are taken off. */
  dropped: CountedTag[]
  /** Covered the computers where they were, and do so no more. */
  lost: CountedTag[]
  /** Will cover them, and did not before. */
  gained: CountedTag[]
}

type Move = { computers: { id: number; tenant_id: number }[]; tenant_id: number }

const AT_ONCE = 500

/**
 * Which tags would no longer apply to computers at another tenant, and which would be new; null when
 * none. The primary person stays behind, and with them what their tags covered.
 */
export async function foreseeTags(
  db: Reads,
  asker: Asker,
  { computers, tenant_id }: Move,
  pace: Pace,
): Promise<TagsAfterMove | null> {
  const covering = (await tagsOfTenants(db, asker, [{ id: tenant_id }]))(tenant_id)
  const places = JSON.stringify(idsInPath(await pathOf(db, tenant_id)))
  const counts = { dropped: counter(), lost: counter(), gained: counter() }
  for (const some of chunks(computers, AT_ONCE)) {
    const carried = await tagsOfComputers(db, asker, some)
    const own = some.flatMap((computer) => carried(computer).filter(isOwn))
    const usable = await usableAmong(db, own, places)
    for (const computer of some) {
      const before = carried(computer)
      const kept = before.filter((tag) => isOwn(tag) && usable.has(tag.id))
      const after = new Set([...kept, ...covering].map(({ id }) => id))
      const gone = before.filter(({ id }) => !after.has(id))
      counts.dropped.add(before.filter((tag) => isOwn(tag) && !usable.has(tag.id)))
      counts.lost.add(gone.filter((tag) => !isOwn(tag)))
      counts.gained.add(covering.filter((tag) => !before.some(({ id }) => id === tag.id)))
    }
    await pace(0, 0)
  }
  const [dropped, lost, gained] = [counts.dropped, counts.lost, counts.gained].map((one) =>
    one.list(),
  ) as [CountedTag[], CountedTag[], CountedTag[]]
  return dropped.length + lost.length + gained.length > 0 ? { dropped, lost, gained } : null
}

function counter() {
  const counted = new Map<number, CountedTag>()
  return {
    add(tags: CarriedTag[]) {
      for (const { id, name, color } of tags) {
        const known = counted.get(id)
        if (known) known.computers++
        else counted.set(id, { id, name, color, computers: 1 })
      }
    },
    list: () =>
      [...counted.values()].sort((one, other) => one.name.localeCompare(other.name, 'en')),
  }
}

/** The ids of those of some tags that were made at one of some tenants. */
async function usableAmong(db: Reads, some: Tag[], places: string) {
  const ids = JSON.stringify([...new Set(some.map(({ id }) => id))])
  const tags = await everyTenant(db)
    .selectFrom('tag')
    .select('id')
    .where('tag.id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
    .where('tag.tenant_id', 'in', (eb) => eb.selectFrom(idTable(places)).select('listed.id'))
    .execute()
  return new Set(tags.map(({ id }) => id))
}

async function pathOf(db: Reads, tenant_id: number) {
  const query = everyTenant(db).selectFrom('tenant').select('path').where('id', '=', tenant_id)
  return (await query.executeTakeFirstOrThrow()).path
}

/**
 * Takes off computers that are about to go to a tenant what cannot be used there. In the same
 * operation as the move, so that taking that back brings them back too.
 */
export async function dropTagsBeforeMove(
  tx: Tx,
  scope: Scope,
  computer_ids: string,
  tenant_id: number,
) {
  const usable = JSON.stringify(idsInPath(await pathOf(tx, tenant_id)))
  await tx
    .deleteFrom('computer_tag')
    .where('computer_id', 'in', (eb) => eb.selectFrom(idTable(computer_ids)).select('listed.id'))
    .where('tag_tenant_id', 'not in', (eb) => eb.selectFrom(idTable(usable)).select('listed.id'))
    .where(inScope(scope, 'computer_tag.tenant_id'))
    .execute()
}

/**
 * Takes off, at tenants that have come under another parent and at all below them, the tags of those
 * who were above before.
 */
export async function dropTagsOfFormerParents(tx: Tx, tenant_ids: number[]) {
  const values = { ids: JSON.stringify(tenant_ids) }
  for (const drop of dropBelow) await drop(everyTenantTx(tx), values)
}

/** Takes off computers what cannot be used where they have come back to. */
export const dropTagsOutOfPlace = (tx: Tx, computer_ids: number[]) =>
  dropOfComputers(everyTenantTx(tx), { ids: JSON.stringify(computer_ids) })

/** The tables of tags are alike in what is read of them here. */
const carrying = ['person_tag', 'computer_tag', 'tenant_tag'] as unknown as 'person_tag'[]

const dropBelow = carrying.map((table) =>
  prepared((db, { ids }: { ids: string }) =>
    (db as Tx)
      .deleteFrom(table)
      .where(`${table}.tenant_id`, 'in', (eb) =>
        eb
          .selectFrom(idTable(ids))
          .crossJoin('tenant as moved')
          .innerJoin('tenant as below', (join) =>
            join
              // For this there is an index.
              .onRef('below.top_id', '=', 'moved.top_id')
              .onRef('below.path', '>=', 'moved.path')
              .on((on) => on('below.path', '<', on('moved.path', '||', on.val(':')))),
          )
          .select('below.id')
          .whereRef('moved.id', '=', 'listed.id'),
      )
      .where(isOutOfPlace(table)),
  ),
)

const dropOfComputers = prepared((db, { ids }: { ids: string }) =>
  (db as Tx)
    .deleteFrom('computer_tag')
    .where('computer_tag.computer_id', 'in', (eb) =>
      eb.selectFrom(idTable(ids)).select('listed.id'),
    )
    .where(isOutOfPlace('computer_tag' as 'person_tag') as Expression<SqlBool>),
)

/** Whether what carries a tag is neither where the tag was made nor below. */
function isOutOfPlace(table: 'person_tag') {
  const eb = expressionBuilder<Schema, 'person_tag'>()
  return eb.not(
    eb.exists(
      eb
        .selectFrom('tenant as made_at')
        .innerJoin('tenant as carried_at', (join) =>
          join
            .onRef('carried_at.path', '>=', 'made_at.path')
            .on((on) => on('carried_at.path', '<', on('made_at.path', '||', on.val(':')))),
        )
        .select('made_at.id')
        .whereRef('made_at.id', '=', `${table}.tag_tenant_id`)
        .whereRef('carried_at.id', '=', `${table}.tenant_id`),
    ),
  )
}
