import type { ExpressionBuilder } from 'kysely'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { Schema } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable, pathTable } from '../db/search.ts'

/** A place in the order of names. */
export type Place = { name_key: string; id: number }

/** So many after a place, or from the start, that have a text in their name (as `nameKey` writes it). */
export type Page = { after?: Place; text?: string; limit: number }

/** With the heads of the branches that are left out, as JSON. */
type Rest = Place & { text: string; limit: number; denied: string }

/** The next tags by name, wherever they were made: read in the order of an index. */
export const tagsOfTree = prepared((db, { name_key, id, text, limit, denied }: Rest) =>
  everyTenant(db)
    .selectFrom('tag')
    .crossJoin('tenant as made')
    .select(['tag.id', 'tag.name', 'tag.color', 'tag.tenant_id', 'made.path', 'tag.name_key'])
    .whereRef('made.id', '=', 'tag.tenant_id')
    .where('tag.name_key', '>=', name_key)
    .where((eb) => eb.or([eb('tag.name_key', '>', name_key), eb('tag.id', '>', id)]))
    .where((eb) => eb(eb.fn<number>('instr', ['tag.name_key', eb.val(text)]), '>', 0))
    .where((eb) => isOutside(eb, denied))
    .orderBy('tag.name_key')
    .orderBy('tag.id')
    .limit(limit),
)

/**
 * The next tags by name that were made at some nodes or in some branches: of each tenant no more
 * than can be wanted, in the order of its names.
 */
export const tagsOfPlaces = prepared(
  (db, { places, branches, denied, name_key, id, text, limit }: Rest & Places) =>
    everyTenant(db)
      .selectFrom('tenant as made')
      .crossJoin('tag')
      .select(['tag.id', 'tag.name', 'tag.color', 'tag.tenant_id', 'made.path', 'tag.name_key'])
      .where('made.id', 'in', (eb) =>
        eb.selectFrom(idTable(places)).select('listed.id').union(inBranches(db, branches)),
      )
      .where((eb) => isOutside(eb, denied))
      .where('tag.id', 'in', (eb) =>
        eb
          .selectFrom('tag as next')
          .select('next.id')
          .whereRef('next.tenant_id', '=', 'made.id')
          .where('next.name_key', '>=', name_key)
          .where((on) => on.or([on('next.name_key', '>', name_key), on('next.id', '>', id)]))
          .where((on) => on(on.fn<number>('instr', ['next.name_key', on.val(text)]), '>', 0))
          .orderBy('next.name_key')
          .limit(limit),
      )
      .orderBy('tag.name_key')
      .orderBy('tag.id')
      .limit(limit),
)

/** Ids of nodes, and of the heads of branches, as JSON. */
type Places = { places: string; branches: string }

const inBranches = (db: Reads, heads: string) =>
  everyTenant(db)
    .selectFrom(idTable(heads))
    .crossJoin('tenant as head')
    .crossJoin('tenant as below')
    .select('below.id')
    .whereRef('head.id', '=', 'listed.id')
    // For this there is an index.
    .whereRef('below.top_id', '=', 'head.top_id')
    .whereRef('below.path', '>=', 'head.path')
    .where((eb) => eb('below.path', '<', eb('head.path', '||', eb.val(':'))))

function isOutside(
  eb: ExpressionBuilder<Schema & { made: Schema['tenant'] }, 'made'>,
  heads: string,
) {
  return eb.not(
    eb.exists(
      eb
        .selectFrom(idTable(heads))
        .crossJoin('tenant as shut')
        .select('shut.id')
        .whereRef('shut.id', '=', 'listed.id')
        .whereRef('made.path', '>=', 'shut.path')
        .where((on) => on('made.path', '<', on('shut.path', '||', on.val(':')))),
    ),
  )
}

/** The tags with a name that were made at a tenant or above. */
export const namesakes = prepared(
  (db, { tenant_id, name_key }: { tenant_id: number; name_key: string }) =>
    everyTenant(db)
      .selectFrom('tenant as carrying')
      .crossJoin('tenant as made')
      .crossJoin('tag')
      .select(['tag.id', 'tag.name', 'tag.color', 'tag.tenant_id', 'made.path'])
      .where('carrying.id', '=', tenant_id)
      .where('made.id', 'in', (eb) =>
        eb.selectFrom(pathTable(eb.ref('carrying.path'))).select('listed.id'),
      )
      .whereRef('tag.tenant_id', '=', 'made.id')
      .where('tag.name_key', '=', name_key),
)
