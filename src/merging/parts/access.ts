import type { Reads } from '../../db/connection.ts'
import { everyTenantTx } from '../../db/scope-guard.ts'
import { assignments, refuseToGive, rewrite } from '../assignments.ts'
import { chosen, type Conflict, type Pair, type Part } from '../part.ts'

const WITHDRAW = { value: 'withdraw', label: 'Withdraw it' }
const GIVE = { value: 'give', label: 'Give it at the destination' }

/**
 * Whoever may work at the source does not come to work at all of the destination, unless somebody
 * chooses so who could give them that. What is denied stays denied, for all of the destination.
 */
export const access: Part = {
  columns: ['role_assignment.tenant_id'],
  needs: ['access.view', 'access.grant'],

  async look(db, pair) {
    const held = await heldAt(db, pair)
    const allowed = held.filter(({ effect }) => effect === 'allow').length
    const conflicts = conflictsOf(pair, allowed)
    const kept = await keptOf(db, pair)
    const given = kept.map((one) => ({ ...one, tenant_id: pair.destination.id }))
    return {
      counts: [
        {
          what: 'Given access',
          number: allowed,
          becomes: 'Is withdrawn, unless you give it there',
          became: { [isGiven(pair) ? 'given at the destination' : 'withdrawn']: allowed },
        },
        {
          what: 'Denied access',
          number: held.length - allowed,
          becomes: 'Stays denied',
          became: 'Stayed denied, at the destination',
        },
      ],
      conflicts,
      refusals: await refuseToGive(db, pair.asker, given, pair.at),
    }
  },

  async move(tx, pair, step) {
    await rewrite(tx, await keptOf(tx, pair), { tenant_id: pair.destination.id })
    await everyTenantTx(tx)
      .deleteFrom('role_assignment')
      .where('tenant_id', '=', pair.source.id)
      .execute()
    await step(0)
  },
}

const heldAt = (db: Reads, { source }: Pair) =>
  assignments(db).where('tenant_id', '=', source.id).execute()

/** Whether it was chosen that what is given at the source is given at the destination. */
export const isGiven = (pair: Pair) =>
  conflictsOf(pair, 1).some((conflict) => chosen(pair, conflict) === GIVE.value)

/** What goes on to hold, at the destination. */
async function keptOf(db: Reads, pair: Pair) {
  const held = await heldAt(db, pair)
  const gives = isGiven(pair)
  return held.filter(({ effect }) => effect === 'deny' || gives)
}

const conflictsOf = ({ source, destination }: Pair, number: number): Conflict[] =>
  number === 0
    ? []
    : [
        {
          id: `access:${source.id}`,
          title: `Access given at ${source.name}`,
          source: number === 1 ? '1 assignment' : `${number} assignments`,
          destination: `Would hold for all of ${destination.name}`,
          options: [WITHDRAW, GIVE],
        },
      ]
