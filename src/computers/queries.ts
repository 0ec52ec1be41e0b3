import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { inScope } from '../db/scope.ts'
import { NotFound } from '../errors.ts'
import { PERSON_NAME } from './rows.ts'

const COLUMNS = [
  'computer.id',
  'computer.tenant_id',
  'computer.name',
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
  'computer.stale',
  'computer.tab',
] as const

/** Every read of whole computers starts here; it has yet to be confined, by `tenant.path`. */
export const selectComputers = (db: Reads) =>
  db
    .selectFrom('computer')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .select([...COLUMNS, PERSON_NAME, 'tenant.path as tenant_path'])

const computerById = preparedInScope((db, scope, { id }: { id: number }) =>
  selectComputers(db).where('computer.id', '=', id).where(inScope(scope, 'tenant.path')),
)

export type Computer = Awaited<ReturnType<typeof computerById>>[number]

/** A computer by id, deleted or not. Throws NotFound when there is none that the asker may see. */
export async function getComputer(db: Reads, asker: Asker, id: number): Promise<Computer> {
  const [computer] = await computerById(db, visibleScope(asker, 'computer.view'), { id })
  if (!computer) throw new NotFound(`computer ${id}`)
  return computer
}

const computersOfPerson = preparedInScope(
  (db, scope, { person_id, limit }: { person_id: number; limit: number }) =>
    db
      .selectFrom('computer')
      .select(['computer.id', 'computer.name', 'computer.tab'])
      .select('computer.operating_system')
      .where('computer.primary_person_id', '=', person_id)
      .where('computer.tab', '!=', 'deleted')
      .where(inScope(scope, 'computer.tenant_id'))
      .orderBy('computer.sort_key')
      .orderBy('computer.id')
      .limit(limit),
)

/** The first of the computers whose primary person somebody is, and whether there are more. */
export async function listComputersOf(db: Reads, asker: Asker, person_id: number, limit: number) {
  const scope = visibleScope(asker, 'computer.view')
  const found = await computersOfPerson(db, scope, { person_id, limit: limit + 1 })
  return { computers: found.slice(0, limit), has_more: found.length > limit }
}

const agentsOf = preparedInScope((db, scope, { id }: { id: number }) =>
  db
    .selectFrom('computer')
    .innerJoin('agent', (join) =>
      join
        .onRef('agent.tenant_id', '=', 'computer.tenant_id')
        .onRef('agent.computer_id', '=', 'computer.id'),
    )
    .select(['agent.id', 'agent.integration', 'agent.external_key', 'agent.name'])
    .select('agent.last_seen_at')
    .where('computer.id', '=', id)
    .where(inScope(scope, 'computer.tenant_id'))
    .orderBy('agent.integration')
    .orderBy('agent.id'),
)

/** An agent as the page of its computer lists it. */
export type ListedAgent = Awaited<ReturnType<typeof agentsOf>>[number]

/** The agents through which a computer is reached. */
export const listAgents = (db: Reads, asker: Asker, id: number): Promise<ListedAgent[]> =>
  agentsOf(db, visibleScope(asker, 'computer.view'), { id })
