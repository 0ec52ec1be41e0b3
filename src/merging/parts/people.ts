import { requireAuthorityOver } from '../../access/authority.ts'
import { endAccess } from '../../access/ending.ts'
import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { Forbidden, NotFound } from '../../errors.ts'
import { chunks } from '../../pace.ts'
import type { Pair, Part } from '../part.ts'
import { admittedAt, countAt, idsAt, listed, WRITTEN_AT_ONCE } from '../rows.ts'
import { absorb, conflictOf, findTwins, refuseAbsorbing, refuseAccounts, roles } from '../unify.ts'

/**
 * People move with their role, which holds for all of the destination then; so whoever merges needs
 * authority over the users among them, there and here. Two of one address become one.
 */
export const people: Part = {
  columns: [
    'person.tenant_id',
    'person_tag.tenant_id',
    'user_group_member.tenant_id',
    'api_token.tenant_id',
    // These follow their person by themselves.
    'access_request.tenant_id',
    'identity.tenant_id',
  ],
  needs: ['person.view', 'person.edit', 'person.create', 'person.delete'],

  async look(db, pair) {
    const { source } = pair
    const twins = await findTwins(db, pair)
    const number = await countAt(db, 'person', source.id)
    const users = await usersAt(db, source.id)
    const becomes = twins.length > 0 ? `Move; ${twins.length} of the same address unite` : 'Move'
    const became = {
      moved: number - twins.length,
      'united with somebody of the same address': twins.length,
    }
    const has_account = users.filter((user) => user.account_id !== null).length
    return {
      counts: [
        { what: 'People', number, becomes, became },
        {
          what: 'Users',
          number: has_account,
          becomes: 'Are signed out, and keep their role',
          became: 'Signed out, with the role they had',
        },
        {
          what: 'Open invitations',
          number: users.filter(({ invited_at }) => invited_at !== null).length,
          becomes: 'Stay open',
          became: 'Stayed open',
        },
        {
          what: 'API tokens',
          number: await countAt(db, 'api_token', source.id),
          becomes: 'Are revoked',
          became: 'Revoked',
        },
      ],
      conflicts: twins.map(conflictOf),
      refusals: [...(await refuseUsers(db, pair, users)), ...(await refuseTwins(db, pair, twins))],
    }
  },

  async move(tx, pair, step) {
    for (const twin of await findTwins(tx, pair)) {
      await absorb(tx, pair, roles(pair, twin))
      await step(1)
    }
    await endSessions(tx, pair, step)
    await movePeople(tx, pair, step)
  },
}

/** Those who could sign in, now or once they accept. */
const usersAt = (db: Reads, tenant_id: number) =>
  everyTenant(db)
    .selectFrom('person')
    .leftJoin('user_account', 'user_account.person_id', 'person.id')
    .select(['person.id', 'person.name', 'person.role_id', 'person.invited_at'])
    .select('user_account.person_id as account_id')
    .where('person.tenant_id', '=', tenant_id)
    .where((eb) =>
      eb.or([eb('person.role_id', 'is not', null), eb('user_account.person_id', 'is not', null)]),
    )
    .orderBy('person.id')
    .execute()

type User = Awaited<ReturnType<typeof usersAt>>[number]

async function refuseUsers(db: Reads, pair: Pair, users: User[]) {
  const refusals: string[] = []
  for (const { id, name, role_id } of users)
    for (const tenant_id of [pair.source.id, pair.destination.id]) {
      const refusal = await refuseUser(db, pair, { id, tenant_id, role_id })
      if (refusal) refusals.push(`${name}: ${refusal}`)
    }
  return refusals
}

/** Why who merges may not change a user of this tenant. */
async function refuseUser(
  db: Reads,
  { asker, at }: Pair,
  user: { id: number; tenant_id: number; role_id: number | null },
) {
  try {
    await requireAuthorityOver(db, asker, user, at)
    return null
  } catch (error) {
    if (error instanceof Forbidden) return error.message
    if (error instanceof NotFound) return 'A user of more than you may see.'
    throw error
  }
}

async function refuseTwins(db: Reads, pair: Pair, twins: Awaited<ReturnType<typeof findTwins>>) {
  const refusals: string[] = []
  for (const twin of twins) {
    const parts = roles(pair, twin)
    const refusal = await refuseUser(db, pair, parts.loser)
    if (refusal) refusals.push(`${twin.name}: ${refusal}`)
    refusals.push(...refuseAccounts(twin), ...(await refuseAbsorbing(db, pair, parts)))
  }
  return refusals
}

/** A session or a token was given for less than its owner may do now. */
async function endSessions(tx: Tx, { source }: Pair, step: (rows: number) => Promise<void>) {
  for (const { id, account_id } of await usersAt(tx, source.id)) {
    if (account_id !== null) await endAccess(tx, id)
    await step(1)
  }
  await everyTenantTx(tx).deleteFrom('api_token').where('tenant_id', '=', source.id).execute()
}

async function movePeople(tx: Tx, pair: Pair, step: (rows: number) => Promise<void>) {
  const all = everyTenantTx(tx)
  const tenant_id = admittedAt(pair)
  const source_id = pair.source.id
  for (const ids of chunks(await idsAt(tx, 'person', source_id), WRITTEN_AT_ONCE)) {
    const moving = () => listed(ids)
    await all
      .updateTable('person')
      .set((eb) => ({ tenant_id, version: eb('version', '+', 1) }))
      .where('id', 'in', (eb) => eb.selectFrom(moving()).select('id'))
      .execute()
    for (const table of ['person_tag', 'user_group_member'] as const)
      await all
        .updateTable(table as 'person_tag')
        .set({ tenant_id: tenant_id })
        .where('tenant_id', '=', source_id)
        .where('person_id', 'in', (eb) => eb.selectFrom(moving()).select('id'))
        .execute()
    await step(ids.length)
  }
}
