import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { chosen, type Conflict, holdersOf, KEEP, type Pair, type Part, TAKE } from '../part.ts'
import { carriers } from '../carriers.ts'
import { admittedAt, countAt } from '../rows.ts'
import { followTag } from './naming-groups.ts'

/** Tags of one name become one; what carried either carries it. */
export const tags: Part = {
  columns: [
    'tag.tenant_id',
    'person_tag.tag_tenant_id',
    'computer_tag.tag_tenant_id',
    'tenant_tag.tag_tenant_id',
    // These follow their computers by themselves.
    'computer_tag.tenant_id',
    'schedule.target_tag_tenant_id',
  ],
  needs: ['person.view', 'computer.view', 'tag.manage'],

  async look(db, pair) {
    const twins = await findTwins(db, pair)
    const number = await countAt(db, 'tag', pair.source.id)
    return {
      counts: [
        {
          what: 'Tags',
          number,
          becomes: twins.length > 0 ? `Move; ${twins.length} of the same name become one` : 'Move',
          became: {
            moved: number - twins.length,
            'made one with a tag of the same name': twins.length,
          },
        },
      ],
      conflicts: twins.map(conflictOf),
    }
  },

  async move(tx, pair, step) {
    const all = everyTenantTx(tx)
    const tenant_id = admittedAt(pair)
    for (const twin of await findTwins(tx, pair)) await unify(tx, pair, twin)
    for (const { table } of carriers)
      await all
        .updateTable(table)
        .set({ tag_tenant_id: tenant_id })
        .where('tag_tenant_id', '=', pair.source.id)
        .execute()
    await all
      .updateTable('tag')
      .set((eb) => ({ tenant_id, version: eb('version', '+', 1) }))
      .where('tenant_id', '=', pair.source.id)
      .execute()
    await step(0)
  },
}

/** The tags of the source whose name a tag of the destination has. */
const findTwins = (db: Reads, pair: Pair) =>
  everyTenant(db)
    .selectFrom('tag as mine')
    .innerJoin('tag as theirs', 'theirs.name_key', 'mine.name_key')
    .select(['mine.id', 'mine.name', 'mine.color', 'mine.description'])
    .select(['theirs.id as twin_id', 'theirs.color as twin_color'])
    .select('theirs.description as twin_description')
    .where('mine.tenant_id', '=', pair.source.id)
    .where('theirs.tenant_id', 'in', holdersOf(pair))
    .orderBy('mine.id')
    .execute()

type Twin = Awaited<ReturnType<typeof findTwins>>[number]

const inWords = (color: string, description: string) =>
  description ? `${color}, “${description}”` : color

const conflictOf = ({ id, name, ...twin }: Twin): Conflict => ({
  id: `tag:${id}`,
  title: `Tag ${name}`,
  source: inWords(twin.color, twin.description),
  destination: inWords(twin.twin_color, twin.twin_description),
  options: [KEEP, TAKE],
})

async function unify(tx: Tx, pair: Pair, twin: Twin) {
  const all = everyTenantTx(tx)
  for (const { table, carrier } of carriers) {
    const carries_both = everyTenant(tx)
      .selectFrom(`${table} as other`)
      .select(`other.${carrier}`)
      .where('other.tag_id', '=', twin.twin_id)
    await all
      .deleteFrom(table)
      .where('tag_id', '=', twin.id)
      .where(carrier, 'in', carries_both)
      .execute()
    await all
      .updateTable(table)
      .set({ tag_id: twin.twin_id, tag_tenant_id: pair.destination.id })
      .where('tag_id', '=', twin.id)
      .execute()
  }
  await followTag(tx, pair, twin.id, twin.twin_id)
  await all
    .updateTable('schedule')
    .set((eb) => ({
      target_tag_tenant_id: pair.destination.id,
      target_tag_id: twin.twin_id,
      version: eb('version', '+', 1),
    }))
    .where('target_tag_id', '=', twin.id)
    .execute()
  await all.deleteFrom('tag').where('id', '=', twin.id).execute()
  if (chosen(pair, conflictOf(twin)) !== TAKE.value) return
  const { color, description } = twin
  await all
    .updateTable('tag')
    .set((eb) => ({ color, description, version: eb('version', '+', 1) }))
    .where('id', '=', twin.twin_id)
    .execute()
}
