import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import type { Reads } from './connection.ts'
import type { Schema } from './schema.ts'
import { filterOnly } from './scope.ts'
import { everyTenant } from './scope-guard.ts'

// What carries a tag: whoever was given it, and what it covers from there. A tag on a tenant covers
// its computers, and where `covers_children` says so, all that is below it; a tag on a person covers
// their computers. These are the only places that say it; they look wherever a tag may come from,
// also above what the asker sees, and so have to be put to rows that are confined already.

const eb = expressionBuilder<Schema>()

/** The tenants that carry a tag, or lie below one that passes it on. */
const tenantsCarrying = (tag_id: number) =>
  eb
    .selectFrom('tenant_tag')
    .select('tenant_tag.tenant_id as id')
    .where('tenant_tag.tag_id', '=', tag_id)
    .unionAll(
      eb
        .selectFrom('tenant_tag')
        .innerJoin('tenant as above', 'above.id', 'tenant_tag.tenant_id')
        // In a path there is nothing after its digits and slashes that would come after a colon.
        .innerJoin('tenant as covered', (join) =>
          join
            .onRef('covered.path', '>', 'above.path')
            .on((on) => on('covered.path', '<', on('above.path', '||', on.val(':')))),
        )
        .select('covered.id')
        .where('tenant_tag.tag_id', '=', tag_id)
        .where('tenant_tag.covers_children', '=', eb.lit(1)),
    )

/** Whether a tenant carries a tag, itself or from above. */
export const tenantCarriesTag = (tag_id: number): Expression<SqlBool> =>
  filterOnly(
    expressionBuilder<Schema, 'tenant'>()('tenant.id', 'in', tenantsCarrying(tag_id) as never),
  )

/** Whether a computer carries a tag: itself, by its tenant, or by its primary person. */
export function computerCarriesTag(tag_id: number): Expression<SqlBool> {
  const of = expressionBuilder<Schema, 'computer'>()
  return filterOnly(
    of.or([
      of('computer.tenant_id', 'in', tenantsCarrying(tag_id) as never),
      of.exists(
        of
          .selectFrom('computer_tag')
          .select('computer_tag.id')
          .whereRef('computer_tag.computer_id', '=', 'computer.id')
          .where('computer_tag.tag_id', '=', tag_id),
      ),
      of.exists(
        of
          .selectFrom('person_tag')
          .select('person_tag.id')
          .whereRef('person_tag.person_id', '=', 'computer.primary_person_id')
          .where('person_tag.tag_id', '=', tag_id),
      ),
    ]),
  )
}

/** The ids of the computers that carry a tag, at most `limit`; one may be named more than once. */
export const computersCarrying = (db: Reads, tag_id: number, limit: number) =>
  everyTenant(db)
    .selectFrom('computer_tag')
    .select('computer_tag.computer_id as id')
    .where('computer_tag.tag_id', '=', tag_id)
    .unionAll((union) =>
      union
        .selectFrom('person_tag')
        .innerJoin('computer', 'computer.primary_person_id', 'person_tag.person_id')
        .select('computer.id')
        .where('person_tag.tag_id', '=', tag_id),
    )
    .unionAll((union) =>
      union
        .selectFrom(tenantsCarrying(tag_id).as('covered'))
        .innerJoin('computer', 'computer.tenant_id', 'covered.id')
        .select('computer.id'),
    )
    .limit(limit)
