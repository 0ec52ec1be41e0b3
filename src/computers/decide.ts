import { type Asker, requireTenant } from '../access/visible.ts'
import type { Tx } from '../db/operation.ts'
import { ofTenant } from '../db/scope.ts'
import { Invalid } from '../errors.ts'
import { columnsOf } from './commands.ts'
import { factsOf, getUndecided, listCandidates } from './undecided.ts'

/**
 * Says which computer an agent is on: one of those that it may be on, or, with null, one that is not
 * known yet and is created. From then on its integration's reports are about that one. Throws
 * Invalid at `computer`.
 */
export async function decideAgent(tx: Tx, asker: Asker, id: number, computer_id: number | null) {
  const agent = await getUndecided(tx, asker, id)
  const from = await requireTenant(tx, asker, 'computer.edit', agent.tenant_id)
  const place =
    computer_id === null
      ? { tenant_id: from, computer_id: await createFor(tx, asker, agent) }
      : await placeOf(tx, asker, agent, computer_id)
  await tx
    .updateTable('agent')
    .set({ ...place, doubt: null })
    .where('agent.id', '=', id)
    .where(ofTenant('agent.tenant_id', from))
    .execute()
  return place.computer_id
}

type Agent = Awaited<ReturnType<typeof getUndecided>>

async function placeOf(tx: Tx, asker: Asker, agent: Agent, computer_id: number) {
  const candidates = await listCandidates(tx, asker, agent)
  const chosen = candidates.find((candidate) => candidate.id === computer_id)
  if (!chosen) throw new Invalid({ computer: 'Choose one of these computers.' })
  // The agent goes to where its computer is.
  return {
    tenant_id: await requireTenant(tx, asker, 'computer.edit', chosen.tenant_id),
    computer_id,
  }
}

async function createFor(tx: Tx, asker: Asker, agent: Agent) {
  const tenant_id = await requireTenant(tx, asker, 'computer.edit', agent.tenant_id)
  const { last_seen_at } = agent
  const { id } = await tx
    .insertInto('computer')
    .values({
      tenant_id,
      primary_person_id: null,
      state: 'new',
      source: 'reported',
      first_seen_at: last_seen_at,
      last_seen_at,
      ...columnsOf(factsOf(agent)),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
