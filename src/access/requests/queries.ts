import type { Reads } from '../../db/connection.ts'
import { inScope } from '../../db/scope.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { NotFound } from '../../errors.ts'
import type { Actor } from '../actor.ts'
import { visibleScope } from '../visible.ts'

const SHOWN = 50

/** What the actor has asked for, the newest first. It tells nothing of what there is. */
export const listOwnRequests = (db: Reads, actor: Actor) =>
  everyTenant(db)
    .selectFrom('access_request')
    .select(['id', 'asked_for', 'message', 'asked_at', 'state', 'answer', 'answered_at'])
    .where('person_id', '=', actor.person_id)
    .orderBy('id', 'desc')
    .limit(SHOWN)
    .execute()

export type OwnRequest = Awaited<ReturnType<typeof listOwnRequests>>[number]

/**
 * The open requests for tenants at which the actor may grant access. Whoever asks tells them who
 * they are, so name, address and tenant are shown wherever they belong.
 */
const answerable = (db: Reads, actor: Actor) =>
  everyTenant(db)
    .selectFrom('access_request as request')
    .innerJoin('person', 'person.id', 'request.person_id')
    .innerJoin('tenant as home', 'home.id', 'person.tenant_id')
    .innerJoin('tenant as asked', 'asked.id', 'request.asked_tenant_id')
    .select(['request.id', 'request.message', 'request.asked_at', 'request.asked_for'])
    .select(['person.id as person_id', 'person.name', 'person.email', 'home.name as home_name'])
    .select(['asked.id as tenant_id', 'asked.name as tenant_name'])
    .where('request.state', '=', 'open')
    .where(inScope(visibleScope(actor, 'access.grant'), 'asked.path'))

/** The oldest of them: who waits longest is answered first. */
export const listAnswerable = (db: Reads, actor: Actor) =>
  answerable(db, actor).orderBy('request.id').limit(SHOWN).execute()

export type AnswerableRequest = Awaited<ReturnType<typeof listAnswerable>>[number]

/** One of them. Throws NotFound for any other, also when somebody has answered it meanwhile. */
export async function getAnswerable(db: Reads, actor: Actor, id: number) {
  const request = await answerable(db, actor).where('request.id', '=', id).executeTakeFirst()
  if (!request) throw new NotFound(`request ${id} that waits for an answer of yours`)
  return request
}
