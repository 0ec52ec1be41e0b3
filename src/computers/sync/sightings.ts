import type { Db } from '../../db/connection.ts'
import { system } from '../../db/operation.ts'
import { rowTable } from '../../db/row-table.ts'
import { type Scope, inScope } from '../../db/scope.ts'

/** When agents and computers were last seen, by their ids. */
export type Sightings = { agents: Map<number, string>; computers: Map<number, string> }

export const noSightings = (): Sightings => ({ agents: new Map(), computers: new Map() })

/** Takes note of a sighting; of several of one computer the last counts. */
export function noteSighting(
  { agents, computers }: Sightings,
  agent_id: number | null,
  computer_id: number | null,
  at: string,
) {
  if (agent_id !== null) agents.set(agent_id, at)
  if (computer_id !== null && (computers.get(computer_id) ?? '') < at)
    computers.set(computer_id, at)
}

/**
 * Writes down when agents and computers were last seen. It only reports, so it is no operation, and
 * never goes back in time. Whether that makes a computer stale, or no longer, is looked at later.
 */
export async function writeSightings(db: Db, scope: Scope, { agents, computers }: Sightings) {
  if (agents.size + computers.size === 0) return
  await system(db, async (tx) => {
    await tx
      .updateTable('agent')
      .from(sightingTable(agents))
      .set((eb) => ({ last_seen_at: eb.ref('given.at') }))
      .whereRef('agent.id', '=', 'given.id')
      .where(inScope(scope, 'agent.tenant_id'))
      .execute()
    await tx
      .updateTable('computer')
      .from(sightingTable(computers))
      .set((eb) => ({
        last_seen_at: eb.ref('given.at'),
        first_seen_at: eb
          .case()
          .when('computer.first_seen_at', '=', '')
          .then(eb.ref('given.at'))
          .else(eb.ref('computer.first_seen_at'))
          .end(),
      }))
      .whereRef('computer.id', '=', 'given.id')
      .whereRef('computer.last_seen_at', '<', 'given.at')
      .where(inScope(scope, 'computer.tenant_id'))
      .execute()
  })
}

const sightingTable = (instants: Map<number, string>) =>
  rowTable(
    Array.from(instants, ([id, at]) => ({ id, at })),
    ['id', 'at'],
  )
