import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { Conflict } from '../../errors.ts'
import { notify, settleNotices } from '../../notifications/commands.ts'
import { nameKey, sortKey } from '../../tenants/names.ts'
import { ROOT_ID } from '../../tenants/queries.ts'
import { formatInstant } from '../../web/time.ts'
import type { Actor } from '../actor.ts'
import { addAssignment } from '../assignments/commands.ts'
import { listReachers } from '../assignments/reachers.ts'
import { nodePath } from '../node-path.ts'
import { getAnswerable } from './queries.ts'

const KIND = 'access_request'
/** So many times can somebody ask within a day: asking is no way of trying names. */
const A_DAY = 10
/** So many administrators are told at most. */
const TOLD = 50

/** Who is to be told by mail of something, besides the bell. */
export type Told = { name: string; email: string }[]

/**
 * Asks for access to the tenant of exactly this slug or name. What is answered is the same whether
 * there is one, and the same is looked up; to tell those who may grant access there takes a little
 * longer, of which ten tries a day say little. Nobody else learns of it. Returns whom to tell by mail.
 */
export async function askForAccess(
  tx: Tx,
  actor: Actor,
  { asked_for, message }: { asked_for: string; message: string },
): Promise<Told> {
  await refuseTooMany(tx, actor, asked_for)
  const asked_tenant_id = await findAskedTenant(tx, asked_for)
  const { id } = await tx
    .insertInto('access_request')
    .values({
      tenant_id: actor.tenant_id,
      person_id: actor.person_id,
      asked_for,
      asked_tenant_id,
      message,
      asked_at: tx.operation.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  // Where there is no such tenant, those of one's own are looked up, and not told.
  const path = await nodePath(tx, asked_tenant_id ?? actor.tenant_id)
  const { people } = await listReachers(tx, path, tx.operation.at, {
    permission: 'access.grant',
    after: null,
    limit: TOLD,
  })
  const told = people.filter((one) => asked_tenant_id !== null && one.id !== actor.person_id)
  await notify(
    tx,
    told.map((one) => one.id),
    tx.operation.at,
    {
      kind: KIND,
      subject_id: id,
      tenant_id: asked_tenant_id,
      title: `${actor.name} asks for access to ${asked_for}`,
      href: `/access-requests/${id}`,
    },
  )
  return told.map(({ name, email }) => ({ name, email }))
}

/** Grants what was asked for: the actor gives a role of theirs. Returns whom to tell by mail. */
export async function grantRequest(
  tx: Tx,
  actor: Actor,
  id: number,
  { role_id, expires_at }: { role_id: number; expires_at: string | null },
): Promise<Told> {
  const request = await getAnswerable(tx, actor, id)
  await addAssignment(tx, actor, {
    subject: { person_id: request.person_id },
    tenant_id: request.tenant_id,
    role_id,
    effect: 'allow',
    expires_at,
    reason: request.message || 'Asked for it',
  })
  const end = expires_at === null ? '' : ` until ${formatInstant(expires_at)}`
  const role = await nameOfRole(tx, role_id)
  await settle(tx, actor, id, 'granted', `As ${role}${end || ', without an end'}`)
  await notify(tx, [request.person_id], tx.operation.at, {
    kind: 'access_answer',
    subject_id: id,
    tenant_id: request.tenant_id,
    title: `You have access to ${request.asked_for}${end}`,
    href: `/tenants/${request.tenant_id}`,
  })
  return [request]
}

/** Denies it, with a reason that is told to whoever asked. Returns whom to tell by mail. */
export async function denyRequest(tx: Tx, actor: Actor, id: number, reason: string): Promise<Told> {
  const request = await getAnswerable(tx, actor, id)
  await settle(tx, actor, id, 'denied', reason)
  await notify(tx, [request.person_id], tx.operation.at, {
    kind: 'access_answer',
    subject_id: id,
    tenant_id: null,
    title: `Your request for ${request.asked_for} was denied: ${reason}`,
    href: '/access-requests',
  })
  return [request]
}

async function nameOfRole(db: Reads, id: number) {
  const role = db.selectFrom('role').select('name').where('id', '=', id)
  return (await role.executeTakeFirstOrThrow()).name
}

async function settle(
  tx: Tx,
  actor: Actor,
  id: number,
  state: 'granted' | 'denied',
  answer: string,
) {
  await everyTenantTx(tx)
    .updateTable('access_request')
    .set({ state, answer, answered_by: actor.name, answered_at: tx.operation.at })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .execute()
  await settleNotices(tx, tx.operation.at, KIND, id)
}

async function refuseTooMany(tx: Tx, actor: Actor, asked_for: string) {
  const since = Temporal.Instant.from(tx.operation.at).subtract({ hours: 24 })
  const own = await everyTenant(tx)
    .selectFrom('access_request')
    .select(['asked_for', 'state', 'asked_at'])
    .where('person_id', '=', actor.person_id)
    .orderBy('id', 'desc')
    .limit(A_DAY)
    .execute()
  const today = own.filter(
    ({ asked_at }) => Temporal.Instant.compare(Temporal.Instant.from(asked_at), since) > 0,
  )
  if (today.length >= A_DAY)
    throw new Conflict('You have asked ten times within a day. Ask again tomorrow.')
  const key = nameKey(asked_for)
  if (own.some((one) => one.state === 'open' && nameKey(one.asked_for) === key))
    throw new Conflict('You have asked for this already, and nobody has answered yet.')
}

/** The tenant of exactly this slug, else of exactly this name if there is only one. */
async function findAskedTenant(db: Reads, asked_for: string) {
  const tenants = everyTenant(db).selectFrom('tenant').select('id').where('id', '<>', ROOT_ID)
  const [by_slug, by_name] = await Promise.all([
    tenants.where('slug', '=', asked_for).execute(),
    tenants
      .where('sort_key', '=', sortKey(asked_for))
      .where('name_key', '=', nameKey(asked_for))
      .limit(2)
      .execute(),
  ])
  const [found, another] = by_slug.length > 0 ? by_slug : by_name
  return found && !another ? found.id : null
}
