import { operation } from '../../src/db/operation.ts'
import { createComputer } from '../../src/computers/commands.ts'
import { syncAgents } from '../../src/computers/sync/sync.ts'
import type { ReportedAgent } from '../../src/computers/sync/report.ts'
import { findPerson } from '../../src/computers/find-person.ts'
import type { ComputerFacts } from '../../src/computers/form.ts'
import { paced } from '../../src/pace.ts'
import { anyTenant } from './any-tenant.ts'
import type { World } from './world.ts'

export const FACTS: Omit<ComputerFacts, 'name'> = {
  kind: 'workstation',
  serial_number: '',
  manufacturer: '',
  model: '',
  hardware_uuid: '',
  operating_system: '',
  time_zone: '',
}

type Given = Partial<ComputerFacts> & { name: string; person?: string }

/** Adds a computer as if somebody had typed it in; returns its id. */
export const addComputer = ({ db, actor }: World, tenant_id: number, { person, ...facts }: Given) =>
  operation(db, actor, 'test.computer', async (tx) => {
    const primary_person_id = await findPerson(tx, actor, tenant_id, person ?? '')
    const input = { ...FACTS, ...facts, primary_person_id }
    return createComputer(tx, anyTenant(tenant_id), input, 'typed')
  })

/** Adds computers with these names; returns their ids. */
export async function addComputers(w: World, tenant_id: number, names: string[]) {
  const ids: number[] = []
  for (const name of names) ids.push(await addComputer(w, tenant_id, { name }))
  return ids
}

/** Adds so many computers with any names, in one operation: for what needs many. */
export const addManyComputers = ({ db, actor }: World, tenant_id: number, count: number) =>
  operation(db, actor, 'test.computers', async (tx) => {
    for (let number = 1; number <= count; number++)
      await createComputer(
        tx,
        anyTenant(tenant_id),
        { ...FACTS, name: `PC-${number}`, primary_person_id: null },
        'typed',
      )
  })

/** Takes in what an integration reports, as the program does. */
export const sync = ({ db, actor }: World, agents: ReportedAgent[], integration = 'MeshCentral') =>
  syncAgents(db, actor, integration, agents, paced())
