import type { FastifyInstance } from 'fastify'
import type { Actor } from '../access/actor.ts'
import { requireAuthorityOver } from '../access/authority.ts'
import { removeFactors } from '../access/factors.ts'
import { requireTenant } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { type Tx, operation } from '../db/operation.ts'
import { Conflict } from '../errors.ts'
import { takesNoFields } from '../web/form.ts'
import { readPersonId } from './head.ts'
import { getPerson } from './queries.ts'

/** Letting a user in again who has lost the phone or the key that is asked for. */
export function personFactorRoutes(app: FastifyInstance, db: Db) {
  app.post<{ Params: { id: string } }>(
    '/people/:id/factors/removal',
    {
      config: { permission: 'user.manage', scope: 'anywhere', fresh: true },
      preHandler: takesNoFields,
    },
    async ({ actor, params }, reply) => {
      const id = readPersonId(params.id)
      const name = await operation(db, actor, 'factors.remove', (tx) =>
        removeFactorsOf(tx, actor, id),
      )
      return reply.done(`/people/${id}`, `The second factors of ${name} were removed.`)
    },
  )
}

/** It weakens the account, so it needs the authority that letting somebody into it does. */
async function removeFactorsOf(tx: Tx, actor: Actor, id: number) {
  const person = await getPerson(tx, actor, id)
  await requireTenant(tx, actor, 'user.manage', person.tenant_id)
  await requireAuthorityOver(tx, actor, person, tx.operation.at)
  if (!person.has_second_factor) throw new Conflict(`${person.name} has no second factor.`)
  await removeFactors(tx, tx.operation.at, id)
  return person.name
}
