import { deleteAccount } from '../access/ending.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { type Assignment, assignments, refuseToGive, rewrite } from './assignments.ts'
import { chosen, type Conflict, holdersOf, KEEP, type Pair, TAKE } from './part.ts'
import { admittedAt } from './rows.ts'

// Two people of one address, one at the source and one at the destination, become one of them.

/** The people of the source whose address somebody at the destination has. */
export const findTwins = (db: Reads, pair: Pair) =>
  everyTenant(db)
    .selectFrom('person as mine')
    .innerJoin('person as theirs', 'theirs.email_key', 'mine.email_key')
    .leftJoin('user_account as my_account', 'my_account.person_id', 'mine.id')
    .leftJoin('user_account as their_account', 'their_account.person_id', 'theirs.id')
    .leftJoin('role as my_role', 'my_role.id', 'mine.role_id')
    .leftJoin('role as their_role', 'their_role.id', 'theirs.role_id')
    .select(['mine.id', 'mine.name', 'mine.email', 'mine.role_id', 'mine.tenant_id'])
    .select(['my_account.person_id as account_id', 'my_role.name as role'])
    .select('their_account.person_id as twin_account_id')
    .select(['theirs.id as twin_id', 'theirs.name as twin_name', 'theirs.role_id as twin_role_id'])
    .select(['theirs.tenant_id as twin_tenant_id', 'their_role.name as twin_role'])
    .where('mine.tenant_id', '=', pair.source.id)
    .where('theirs.tenant_id', 'in', holdersOf(pair))
    .orderBy('mine.id')
    .execute()

export type Twin = Awaited<ReturnType<typeof findTwins>>[number]

/** The one with an account stays: no undo brings back what somebody signs in with. */
export const conflictOf = ({ id, name, email, role, account_id, ...twin }: Twin): Conflict => ({
  id: `person:${id}`,
  title: `Person ${email}`,
  source: role ? `${name}, ${role}` : name,
  destination: twin.twin_role ? `${twin.twin_name}, ${twin.twin_role}` : twin.twin_name,
  options: twin.twin_account_id !== null ? [KEEP] : account_id !== null ? [TAKE] : [KEEP, TAKE],
})

/** Why two who both sign in are not made one: one of them could not any more, after an undo either. */
export const refuseAccounts = ({ email, account_id, twin_account_id }: Twin) =>
  account_id !== null && twin_account_id !== null
    ? [
        `${email}: Two people of this address can sign in, one here and one there. Delete one first.`,
      ]
    : []

type Holder = { id: number; tenant_id: number; role_id: number | null }

/** Who stays, and who becomes part of them. */
export function roles(pair: Pair, twin: Twin): { survivor: Holder; loser: Holder } {
  const mine = { id: twin.id, tenant_id: twin.tenant_id, role_id: twin.role_id }
  const theirs = {
    id: twin.twin_id,
    tenant_id: twin.twin_tenant_id,
    role_id: twin.twin_role_id,
  }
  return chosen(pair, conflictOf(twin)) === TAKE.value
    ? { survivor: mine, loser: theirs }
    : { survivor: theirs, loser: mine }
}

/** Why the one may not get what the other was given besides their role. */
export async function refuseAbsorbing(
  db: Reads,
  { asker, at }: Pair,
  { loser }: { survivor: Holder; loser: Holder },
) {
  const groups = everyTenant(db)
    .selectFrom('user_group_member')
    .select('group_id')
    .where('person_id', '=', loser.id)
  const given: Assignment[] = await assignments(db)
    .where((eb) => eb.or([eb('person_id', '=', loser.id), eb('group_id', 'in', groups)]))
    .execute()
  return refuseToGive(db, asker, given, at)
}

/** Points everything that is about the one at the other, and deletes the one. */
export async function absorb(
  tx: Tx,
  pair: Pair,
  { survivor, loser }: { survivor: Holder; loser: Holder },
) {
  const all = everyTenantTx(tx)
  const tenant_id = admittedAt(pair)
  await all
    .updateTable('computer')
    .set((eb) => ({ primary_person_id: survivor.id, version: eb('version', '+', 1) }))
    .where('primary_person_id', '=', loser.id)
    .execute()
  await handOver(tx, 'person_tag', 'tag_id', survivor.id, loser.id, tenant_id)
  await handOver(tx, 'user_group_member', 'group_id', survivor.id, loser.id, tenant_id)
  const given = await assignments(tx).where('person_id', '=', loser.id).execute()
  await rewrite(tx, given, { person_id: survivor.id })
  for (const table of ['access_request', 'identity'] as const)
    await all
      .updateTable(table as 'identity')
      .set({ tenant_id, person_id: survivor.id })
      .where('person_id', '=', loser.id)
      .execute()
  await deleteAccount(tx, loser.id)
  await all.deleteFrom('person').where('id', '=', loser.id).execute()
}

/** Gives the one what the other has, but for what they have both. */
async function handOver(
  tx: Tx,
  table: 'person_tag' | 'user_group_member',
  what: 'tag_id' | 'group_id',
  survivor_id: number,
  loser_id: number,
  tenant_id: ReturnType<typeof admittedAt>,
) {
  const all = everyTenantTx(tx)
  const has_both = everyTenant(tx)
    .selectFrom(table as 'person_tag')
    .select(what as 'tag_id')
    .where('person_id', '=', survivor_id)
  await all
    .deleteFrom(table as 'person_tag')
    .where('person_id', '=', loser_id)
    .where(what as 'tag_id', 'in', has_both)
    .execute()
  await all
    .updateTable(table as 'person_tag')
    .set({ tenant_id, person_id: survivor_id })
    .where('person_id', '=', loser_id)
    .execute()
}
