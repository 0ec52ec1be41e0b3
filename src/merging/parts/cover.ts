import type { Reads } from '../../db/connection.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { chosen, type Conflict, type Pair, type Part } from '../part.ts'
import { admittedAt } from '../rows.ts'
import { tally } from '../tally.ts'

const DROP = { value: 'drop', label: 'Take it off' }
const TAKE = { value: 'take', label: 'Put it on the destination' }

/**
 * A tag on the source covers its computers. On the destination it would cover all of that, so it
 * goes there only where somebody chooses so.
 */
export const cover: Part = {
  columns: ['tenant_tag.tenant_id'],
  needs: ['tenant.view', 'tenant.edit'],

  async look(db, pair) {
    const tags = await tagsOn(db, pair.source.id)
    const becomes = 'Are taken off, unless you put them on the destination'
    return {
      counts: [
        {
          what: 'Tags on the tenant',
          number: tags.length,
          becomes,
          became: tally(tags, (tag) => isTaken(pair, tag), 'put on the destination', 'taken off'),
        },
      ],
      conflicts: tags.map((tag) => conflictOf(tag, pair)),
    }
  },

  async move(tx, pair, step) {
    const all = everyTenantTx(tx)
    const there = new Set((await tagsOn(tx, pair.destination.id)).map(({ tag_id }) => tag_id))
    for (const tag of await tagsOn(tx, pair.source.id)) {
      if (isTaken(pair, tag) && !there.has(tag.tag_id))
        await all
          .updateTable('tenant_tag')
          .set({ tenant_id: admittedAt(pair) })
          .where('id', '=', tag.id)
          .execute()
      else await all.deleteFrom('tenant_tag').where('id', '=', tag.id).execute()
      await step(1)
    }
  },
}

const tagsOn = (db: Reads, tenant_id: number) =>
  everyTenant(db)
    .selectFrom('tenant_tag')
    .innerJoin('tag', 'tag.id', 'tenant_tag.tag_id')
    .select(['tenant_tag.id', 'tenant_tag.tag_id', 'tenant_tag.covers_children', 'tag.name'])
    .where('tenant_tag.tenant_id', '=', tenant_id)
    .orderBy('tenant_tag.id')
    .execute()

type Tagged = Awaited<ReturnType<typeof tagsOn>>[number]

const isTaken = (pair: Pair, tag: Tagged) => chosen(pair, conflictOf(tag, pair)) === TAKE.value

const conflictOf = (
  { id, name, covers_children }: Tagged,
  { source, destination }: Pair,
): Conflict => ({
  id: `cover:${id}`,
  title: `Tag ${name} on ${source.name}`,
  source: covers_children ? 'Covers all below it too' : 'Covers its computers',
  destination: `Would cover the computers of ${destination.name}`,
  options: [DROP, TAKE],
})
