import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { nameKey } from '../../tenants/names.ts'
import { assignments, refuseToGive, rewrite } from '../assignments.ts'
import { chosen, type Conflict, holdersOf, type Pair, type Part, RENAME } from '../part.ts'
import { admittedAt, countAt } from '../rows.ts'
import { withSuffix } from '../suffix.ts'

const UNIFY = { value: 'unify', label: 'Make one group of both' }

/**
 * To be in a group is to have what the group has, so groups of one name become one only where
 * somebody chooses so who could give each what the other has.
 */
export const groups: Part = {
  columns: ['user_group.tenant_id'],
  needs: ['access.view', 'access.grant'],

  async look(db, pair) {
    const twins = await findTwins(db, pair)
    const number = await countAt(db, 'user_group', pair.source.id)
    const unified = twins.filter((twin) => chosen(pair, conflictOf(twin)) === UNIFY.value)
    const refusals: string[] = []
    for (const twin of unified) {
      const given = await assignments(db).where('group_id', 'in', [twin.id, twin.twin_id]).execute()
      refusals.push(...(await refuseToGive(db, pair.asker, given, pair.at)))
    }
    return {
      counts: [
        {
          what: 'User groups',
          number,
          becomes: 'Move, with their members and access',
          became: {
            'moved, with members and access': number - unified.length,
            'made one with a group of the same name': unified.length,
          },
        },
      ],
      conflicts: twins.map(conflictOf),
      refusals,
    }
  },

  async move(tx, pair, step) {
    for (const twin of await findTwins(tx, pair)) {
      if (chosen(pair, conflictOf(twin)) === UNIFY.value) await unify(tx, twin)
      else await rename(tx, pair, twin)
      await step(1)
    }
    await everyTenantTx(tx)
      .updateTable('user_group')
      .set((eb) => ({ tenant_id: admittedAt(pair), version: eb('version', '+', 1) }))
      .where('tenant_id', '=', pair.source.id)
      .execute()
    await step(0)
  },
}

/** The groups of the source whose name a group of the destination has. */
const findTwins = (db: Reads, pair: Pair) =>
  everyTenant(db)
    .selectFrom('user_group as mine')
    .innerJoin('user_group as theirs', 'theirs.name_key', 'mine.name_key')
    .select(['mine.id', 'mine.name', 'mine.description'])
    .select(['theirs.id as twin_id', 'theirs.description as twin_description'])
    .select((eb) => [
      eb
        .selectFrom('user_group_member')
        .select((of) => of.fn.countAll<number>().as('number'))
        .whereRef('user_group_member.group_id', '=', 'mine.id')
        .as('members'),
      eb
        .selectFrom('user_group_member')
        .select((of) => of.fn.countAll<number>().as('number'))
        .whereRef('user_group_member.group_id', '=', 'theirs.id')
        .as('twin_members'),
    ])
    .where('mine.tenant_id', '=', pair.source.id)
    .where('theirs.tenant_id', 'in', holdersOf(pair))
    .orderBy('mine.id')
    .execute()

type Twin = Awaited<ReturnType<typeof findTwins>>[number]

const membersOf = (number: number | null) => (number === 1 ? '1 member' : `${number ?? 0} members`)

const conflictOf = ({ id, name, members, twin_members }: Twin): Conflict => ({
  id: `group:${id}`,
  title: `Group ${name}`,
  source: membersOf(members),
  destination: membersOf(twin_members),
  options: [RENAME, UNIFY],
})

async function unify(tx: Tx, { id, twin_id }: Twin) {
  const all = everyTenantTx(tx)
  const in_both = everyTenant(tx)
    .selectFrom('user_group_member as other')
    .select('other.person_id')
    .where('other.group_id', '=', twin_id)
  await all
    .deleteFrom('user_group_member')
    .where('group_id', '=', id)
    .where('person_id', 'in', in_both)
    .execute()
  await all
    .updateTable('user_group_member')
    .set({ group_id: twin_id })
    .where('group_id', '=', id)
    .execute()
  const given = await assignments(tx).where('group_id', '=', id).execute()
  await rewrite(tx, given, { group_id: twin_id })
  await all.deleteFrom('user_group').where('id', '=', id).execute()
}

async function rename(tx: Tx, pair: Pair, { id, name }: Twin) {
  const others = await everyTenant(tx)
    .selectFrom('user_group')
    .select('name_key')
    .where('tenant_id', 'in', [pair.source.id, ...holdersOf(pair)])
    .execute()
  const taken = new Set(others.map(({ name_key }) => name_key))
  const new_name = withSuffix(name, pair.source.name, (one) => taken.has(nameKey(one)))
  await everyTenantTx(tx)
    .updateTable('user_group')
    .set((eb) => ({
      tenant_id: admittedAt(pair),
      name: new_name,
      name_key: nameKey(new_name),
      version: eb('version', '+', 1),
    }))
    .where('id', '=', id)
    .execute()
}
