import type { Reads } from '../../db/connection.ts'
import { preparedInScope } from '../../db/prepared.ts'
import { type Scope, inScope } from '../../db/scope.ts'
import { idTable, textTable } from '../../db/search.ts'

type Keys = { integration: string; keys: string }

const agentsByKey = preparedInScope((db, scope, { integration, keys }: Keys) =>
  db
    .selectFrom(textTable(keys))
    .crossJoin('agent')
    .select(['agent.id', 'agent.tenant_id', 'agent.computer_id', 'agent.external_key'])
    .select(['agent.name', 'agent.reported', 'agent.doubt', 'agent.last_seen_at'])
    .where('agent.integration', '=', integration)
    .whereRef('agent.external_key', '=', 'listed.text')
    .where(inScope(scope, 'agent.tenant_id')),
)

/** An agent as it was left by the sync before. */
export type KnownAgent = Awaited<ReturnType<typeof agentsByKey>>[number]

/** The agents that an integration has reported before, by what it calls them. */
export async function findAgents(
  db: Reads,
  scope: Scope,
  integration: string,
  external_keys: string[],
) {
  const agents = await agentsByKey(db, scope, { integration, keys: JSON.stringify(external_keys) })
  return new Map(agents.map((agent) => [agent.external_key, agent]))
}

const COLUMNS = [
  'computer.id',
  'computer.tenant_id',
  'computer.name',
  'computer.sort_key',
  'computer.serial_number',
  'computer.manufacturer',
  'computer.model',
  'computer.hardware_uuid',
  'computer.uuid_key',
  'computer.serial_key',
  'computer.operating_system',
  'computer.time_zone',
  'computer.platform',
  'computer.kind',
  'computer.primary_person_id',
  'computer.state',
  'computer.source',
  'computer.version',
  'computer.first_seen_at',
  'computer.last_seen_at',
] as const

const computersById = preparedInScope((db, scope, { ids }: { ids: string }) =>
  db
    .selectFrom(idTable(ids))
    .crossJoin('computer')
    .select(COLUMNS)
    .whereRef('computer.id', '=', 'listed.id')
    .where(inScope(scope, 'computer.tenant_id')),
)

/** A computer as far as a report may change it. */
export type KnownComputer = Awaited<ReturnType<typeof computersById>>[number]

const computersByUuid = preparedInScope((db, scope, { keys }: { keys: string }) =>
  db
    .selectFrom(textTable(keys))
    .crossJoin('computer')
    .select(COLUMNS)
    .whereRef('computer.uuid_key', '=', 'listed.text')
    .where(inScope(scope, 'computer.tenant_id')),
)

const computersBySerial = preparedInScope((db, scope, { keys }: { keys: string }) =>
  db
    .selectFrom(textTable(keys))
    .crossJoin('computer')
    .select(COLUMNS)
    .whereRef('computer.serial_key', '=', 'listed.text')
    .where(inScope(scope, 'computer.tenant_id')),
)

type Wanted = { ids: number[]; uuid_keys: string[]; serial_keys: string[] }

/** The computers with one of the ids, or of the keys that tell hardware. */
export async function findComputersOf(
  db: Reads,
  scope: Scope,
  { ids, uuid_keys, serial_keys }: Wanted,
) {
  const found: KnownComputer[] = []
  if (ids.length > 0) found.push(...(await computersById(db, scope, { ids: JSON.stringify(ids) })))
  if (uuid_keys.length > 0)
    found.push(...(await computersByUuid(db, scope, { keys: JSON.stringify(uuid_keys) })))
  if (serial_keys.length > 0)
    found.push(...(await computersBySerial(db, scope, { keys: JSON.stringify(serial_keys) })))
  return new Map(found.map((computer) => [computer.id, computer]))
}
